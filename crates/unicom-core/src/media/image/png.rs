//! PNG: chunks from `IHDR` to `IEND`, which may be missing (W3C PNG, third edition, 5).

use std::io::{Read, Seek};

use super::size::ImageSize;
use crate::media::scan::{Broken, Scan};

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Length in bytes of the checksum after each chunk.
const CRC: u64 = 4;

pub(super) fn size<R: Read + Seek>(scan: &mut Scan<R>) -> Result<ImageSize, Broken> {
    if scan.take()? != SIGNATURE || chunk(scan)? != (13, *b"IHDR") {
        return Err(Broken::Format);
    }
    let (width, height) = (number(scan)?, number(scan)?);
    scan.skip(5 + CRC)?;
    let (mut has_data, mut frames) = (false, 0);
    loop {
        let chunk = match chunk(scan) {
            // Browsers show an image whose data is complete.
            Err(Broken::Format) if has_data => break,
            chunk => chunk?,
        };
        match chunk {
            (0, kind) if kind == *b"IEND" => break,
            (_, kind) if kind == *b"IEND" || kind == *b"IHDR" => return Err(Broken::Format),
            // A frame of an animation must lie within the canvas.
            (26, kind) if kind == *b"fcTL" => {
                scan.skip(4)?;
                let [wide, high, left, top] = [(); 4].map(|()| number(scan));
                let fits = |offset: u32, length: u32, whole: u32| {
                    offset.checked_add(length).is_some_and(|end| end <= whole)
                };
                if !fits(left?, wide?, width) || !fits(top?, high?, height) {
                    return Err(Broken::Format);
                }
                scan.skip(6 + CRC)?;
                frames += 1;
            }
            (length, kind) if kind.iter().all(u8::is_ascii_alphabetic) => {
                has_data |= kind == *b"IDAT" && length > 0;
                scan.skip(u64::from(length) + CRC)?;
            }
            _ => return Err(Broken::Format),
        }
    }
    if !has_data {
        return Err(Broken::Format);
    }
    Ok(ImageSize {
        width,
        height,
        frames: frames.max(1),
    })
}

/// Reads the length and the type of the next chunk.
fn chunk<R: Read + Seek>(scan: &mut Scan<R>) -> Result<(u32, [u8; 4]), Broken> {
    Ok((number(scan)?, scan.take()?))
}

fn number<R: Read + Seek>(scan: &mut Scan<R>) -> Result<u32, Broken> {
    Ok(u32::from_be_bytes(scan.take()?))
}
