//! GIF: blocks from the logical screen descriptor to the trailer (GIF89a, 17 to 27).

use std::io::{Read, Seek};

use super::scan::{Broken, Scan};
use super::size::ImageSize;

pub(super) fn size<R: Read + Seek>(scan: &mut Scan<R>) -> Result<ImageSize, Broken> {
    let version: [u8; 6] = scan.take()?;
    if !matches!(&version, b"GIF87a" | b"GIF89a") {
        return Err(Broken::Format);
    }
    let (mut width, mut height) = (number(scan)?, number(scan)?);
    skip_colours(scan, 2)?;
    let mut frames = 0;
    loop {
        match scan.byte()? {
            b',' => {
                let [left, top, wide, high] = [(); 4].map(|()| number(scan));
                // Viewers enlarge the canvas if a frame does not fit.
                width = width.max(left?.saturating_add(wide?));
                height = height.max(top?.saturating_add(high?));
                // The initial code size follows the colour table.
                skip_colours(scan, 1)?;
                skip_blocks(scan)?;
                frames += 1;
            }
            b'!' => {
                scan.skip(1)?;
                skip_blocks(scan)?;
            }
            b';' => break,
            _ => return Err(Broken::Format),
        }
    }
    Ok(ImageSize {
        width,
        height,
        frames,
    })
}

/// Reads the flags, then skips the colour table, if there is one, and `beside` more bytes.
fn skip_colours<R: Read + Seek>(scan: &mut Scan<R>, beside: u64) -> Result<(), Broken> {
    let flags = scan.byte()?;
    let colours = if flags & 0x80 == 0 {
        0
    } else {
        2_u64 << (flags & 7)
    };
    scan.skip(beside + 3 * colours)
}

fn skip_blocks<R: Read + Seek>(scan: &mut Scan<R>) -> Result<(), Broken> {
    loop {
        match scan.byte()? {
            0 => return Ok(()),
            length => scan.skip(length.into())?,
        }
    }
}

fn number<R: Read + Seek>(scan: &mut Scan<R>) -> Result<u32, Broken> {
    Ok(u16::from_le_bytes(scan.take()?).into())
}
