//! GIF: blocks from the logical screen descriptor to the trailer, which may be missing (GIF89a, 17
//! to 27).

use std::io::{Read, Seek};

use super::size::ImageSize;
use crate::media::scan::{Broken, Scan};

pub(super) fn size<R: Read + Seek>(scan: &mut Scan<R>) -> Result<ImageSize, Broken> {
    let version: [u8; 6] = scan.take()?;
    if !matches!(&version, b"GIF87a" | b"GIF89a") {
        return Err(Broken::Format);
    }
    let (mut width, mut height) = (number(scan)?, number(scan)?);
    skip_colours(scan, 2)?;
    let mut frames = 0;
    loop {
        // Browsers show the frames that are there, whatever follows them.
        match block(scan, &mut width, &mut height) {
            Ok(Block::Frame) => frames += 1,
            Ok(Block::Extension) => {}
            Ok(Block::Trailer) => break,
            Err(Broken::Format) if frames > 0 => break,
            Err(error) => return Err(error),
        }
    }
    Ok(ImageSize {
        width,
        height,
        frames,
    })
}

enum Block {
    Frame,
    Extension,
    Trailer,
}

/// Reads the next block. A frame that does not fit enlarges the canvas, as viewers do.
fn block<R: Read + Seek>(
    scan: &mut Scan<R>,
    width: &mut u32,
    height: &mut u32,
) -> Result<Block, Broken> {
    match scan.byte()? {
        b',' => {
            let [left, top, wide, high] = [(); 4].map(|()| number(scan));
            *width = (*width).max(left?.saturating_add(wide?));
            *height = (*height).max(top?.saturating_add(high?));
            // The initial code size follows the colour table.
            skip_colours(scan, 1)?;
            skip_blocks(scan)?;
            Ok(Block::Frame)
        }
        b'!' => {
            scan.skip(1)?;
            skip_blocks(scan)?;
            Ok(Block::Extension)
        }
        b';' => Ok(Block::Trailer),
        _ => Err(Broken::Format),
    }
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
