//! JPEG: segments from the start of the image to its end, which may be missing (ITU-T T.81, annex
//! B).

use std::io::{Read, Seek};

use super::size::ImageSize;
use crate::media::scan::{Broken, Scan};

pub(super) fn size<R: Read + Seek>(scan: &mut Scan<R>) -> Result<ImageSize, Broken> {
    const START: [u8; 2] = [0xFF, 0xD8];
    if scan.take()? != START {
        return Err(Broken::Format);
    }
    let (mut size, mut has_scan) = (None, false);
    loop {
        let marker = match marker(scan) {
            // Browsers show what is there of the compressed data.
            Err(Broken::Format) if has_scan => break,
            marker => marker?,
        };
        match marker {
            // End of image.
            0xD9 => break,
            // A second start of image.
            0xD8 => return Err(Broken::Format),
            // Tables and a reserved marker, whose codes lie between those of frames.
            0xC4 | 0xC8 | 0xCC => {}
            // Frame header: length, precision, height and width.
            0xC0..=0xCF if size.is_none() => {
                let [long, length, _, high, low, wide, narrow] = scan.take()?;
                size = Some(ImageSize {
                    width: u16::from_be_bytes([wide, narrow]).into(),
                    height: u16::from_be_bytes([high, low]).into(),
                    frames: 1,
                });
                let length = u64::from(u16::from_be_bytes([long, length]));
                scan.skip(length.checked_sub(7).ok_or(Broken::Format)?)?;
                continue;
            }
            0xC0..=0xCF => return Err(Broken::Format),
            // A scan must come after the frame header.
            0xDA if size.is_none() => return Err(Broken::Format),
            _ => {}
        }
        match skip_segment(scan) {
            Err(Broken::Format) if has_scan => break,
            skipped => skipped?,
        }
        has_scan |= marker == 0xDA;
    }
    size.filter(|_| has_scan).ok_or(Broken::Format)
}

/// Returns the next marker that stands alone or begins a segment. Skips the compressed data before
/// it.
fn marker<R: Read + Seek>(scan: &mut Scan<R>) -> Result<u8, Broken> {
    loop {
        scan.skip_past(0xFF)?;
        let mut byte = scan.byte()?;
        while byte == 0xFF {
            byte = scan.byte()?;
        }
        // 0x00 marks an 0xFF in compressed data; the others are markers within that data. Like
        // libjpeg, expect no length after them anywhere, since it would hide the next header.
        if !matches!(byte, 0x00 | 0x01 | 0xD0..=0xD7) {
            return Ok(byte);
        }
    }
}

fn skip_segment<R: Read + Seek>(scan: &mut Scan<R>) -> Result<(), Broken> {
    let length = u64::from(u16::from_be_bytes(scan.take()?));
    scan.skip(length.checked_sub(2).ok_or(Broken::Format)?)
}
