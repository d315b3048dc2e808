//! WebP: chunks of a RIFF file (RFC 9649).

use std::io::{Read, Seek};

use super::size::ImageSize;
use crate::media::scan::{Broken, Scan};

pub(super) fn size<R: Read + Seek>(scan: &mut Scan<R>) -> Result<ImageSize, Broken> {
    let [riff, length, webp]: [[u8; 4]; 3] = [scan.take()?, scan.take()?, scan.take()?];
    let length = u64::from(u32::from_le_bytes(length));
    let content = length.saturating_sub(4);
    // The padding of the last chunk may be missing.
    let behind = match scan.left().checked_sub(content) {
        None if scan.left() + 1 == content => Some(0),
        behind => behind,
    };
    let (b"RIFF", b"WEBP", Some(behind)) = (&riff, &webp, behind) else {
        return Err(Broken::Format);
    };
    let (kind, length) = chunk(scan)?;
    if &kind != b"VP8X" {
        let (width, height) = bitstream(scan, kind, length)?;
        return Ok(ImageSize {
            width,
            height,
            frames: 1,
        });
    }
    scan.skip(4)?;
    let (width, height) = (one_less(scan)?, one_less(scan)?);
    skip_rest(scan, length, 10)?;
    let mut frames = 0;
    while scan.left() > behind {
        match chunk(scan)? {
            // A still image must fill the canvas.
            (kind, length) if matches!(&kind, b"VP8 " | b"VP8L") => {
                if bitstream(scan, kind, length)? != (width, height) {
                    return Err(Broken::Format);
                }
                frames += 1;
            }
            (kind, length) if &kind == b"ANMF" => {
                frame(scan, length, (width, height))?;
                frames += 1;
            }
            (_, length) => skip_rest(scan, length, 0)?,
        }
    }
    Ok(ImageSize {
        width,
        height,
        frames,
    })
}

/// Reads a frame of an animation. The frame must lie within the canvas, and its image must fill the
/// frame.
fn frame<R: Read + Seek>(
    scan: &mut Scan<R>,
    length: u32,
    (width, height): (u32, u32),
) -> Result<(), Broken> {
    let behind = match scan.left().checked_sub(padded(length)) {
        // The padding of the image may be missing.
        None if scan.left() + 1 == padded(length) => Some(0),
        behind => behind,
    };
    let behind = behind.ok_or(Broken::Format)?;
    let (left, top) = (2 * three_bytes(scan)?, 2 * three_bytes(scan)?);
    let size = (one_less(scan)?, one_less(scan)?);
    if left + size.0 > width || top + size.1 > height {
        return Err(Broken::Format);
    }
    scan.skip(4)?;
    while scan.left() > behind {
        let (kind, length) = chunk(scan)?;
        match &kind {
            b"VP8 " | b"VP8L" if bitstream(scan, kind, length)? == size => {}
            b"VP8 " | b"VP8L" => return Err(Broken::Format),
            _ => skip_rest(scan, length, 0)?,
        }
    }
    Ok(())
}

/// Reads the type and the length of the next chunk.
fn chunk<R: Read + Seek>(scan: &mut Scan<R>) -> Result<([u8; 4], u32), Broken> {
    Ok((scan.take()?, u32::from_le_bytes(scan.take()?)))
}

/// Reads the width and height stored in a compressed image, and skips the rest of the image.
fn bitstream<R: Read + Seek>(
    scan: &mut Scan<R>,
    kind: [u8; 4],
    length: u32,
) -> Result<(u32, u32), Broken> {
    match &kind {
        b"VP8 " => {
            let [tag, _, _, start @ .., a, b, c, d] = scan.take::<10>()?;
            let is_key_frame = tag & 1 == 0;
            if start != *b"\x9d\x01\x2a" || !is_key_frame {
                return Err(Broken::Format);
            }
            skip_rest(scan, length, 10)?;
            let fourteen_bits = |bytes| u32::from(u16::from_le_bytes(bytes) & 0x3FFF);
            Ok((fourteen_bits([a, b]), fourteen_bits([c, d])))
        }
        b"VP8L" => {
            if scan.byte()? != 0x2F {
                return Err(Broken::Format);
            }
            let bits = u32::from_le_bytes(scan.take()?);
            skip_rest(scan, length, 5)?;
            Ok(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
        }
        _ => Err(Broken::Format),
    }
}

/// Skips the rest of a chunk of which `read` bytes have been read. Chunks are padded to an even
/// length, except for the last one of some files.
fn skip_rest<R: Read + Seek>(scan: &mut Scan<R>, length: u32, read: u64) -> Result<(), Broken> {
    let rest = padded(length).checked_sub(read).ok_or(Broken::Format)?;
    let is_unpadded = length % 2 == 1 && rest == scan.left() + 1;
    scan.skip(if is_unpadded { scan.left() } else { rest })
}

fn padded(length: u32) -> u64 {
    u64::from(length).next_multiple_of(2)
}

/// Reads a length that is stored minus one.
fn one_less<R: Read + Seek>(scan: &mut Scan<R>) -> Result<u32, Broken> {
    Ok(three_bytes(scan)? + 1)
}

fn three_bytes<R: Read + Seek>(scan: &mut Scan<R>) -> Result<u32, Broken> {
    let [a, b, c] = scan.take()?;
    Ok(u32::from_le_bytes([a, b, c, 0]))
}
