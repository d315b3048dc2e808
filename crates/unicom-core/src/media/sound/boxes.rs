//! Boxes of which MP4 consists (ISO/IEC 14496-12, 4.2).

use std::io::{Read, Seek};

use crate::media::scan::{Broken, Scan};

/// The header of a box whose content begins at the present position.
pub(super) struct BoxHeader {
    pub kind: [u8; 4],
    /// The end of the box in the file, which may be cut off.
    pub end: u64,
}

/// Reads the header of the next box. Returns `None` at the end of the file.
///
/// # Errors
/// [`Broken::Format`] if the length is impossible.
pub(super) fn header<R: Read + Seek>(scan: &mut Scan<R>) -> Result<Option<BoxHeader>, Broken> {
    if scan.left() < 8 {
        return Ok(None);
    }
    let start = scan.position();
    let (length, kind) = (u32::from_be_bytes(scan.take()?), scan.take()?);
    let (length, header) = match length {
        // Up to the end of the file.
        0 => (8 + scan.left(), 8),
        1 => (u64::from_be_bytes(scan.take()?), 16),
        length => (length.into(), 8),
    };
    if length < header {
        return Err(Broken::Format);
    }
    let end = start.saturating_add(length);
    Ok(Some(BoxHeader { kind, end }))
}

/// Reads the version of a full box, and its flags.
pub(super) fn version<R: Read + Seek>(scan: &mut Scan<R>) -> Result<(u8, u32), Broken> {
    let [version, flags @ ..] = scan.take::<4>()?;
    let [a, b, c] = flags;
    Ok((version, u32::from_be_bytes([0, a, b, c])))
}

/// Reads a number of 32 bits.
pub(super) fn four<R: Read + Seek>(scan: &mut Scan<R>) -> Result<u32, Broken> {
    Ok(u32::from_be_bytes(scan.take()?))
}

/// Reads a time, which has 64 bits in a box of version 1. Zero if it is not known.
pub(super) fn time<R: Read + Seek>(scan: &mut Scan<R>, version: u8) -> Result<u64, Broken> {
    let (time, unknown) = match version {
        1 => (u64::from_be_bytes(scan.take()?), u64::MAX),
        _ => (four(scan)?.into(), u32::MAX.into()),
    };
    Ok(if time == unknown { 0 } else { time })
}
