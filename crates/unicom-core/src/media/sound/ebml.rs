//! Elements of which WebM consists (RFC 8794, 4 and 5).

use std::io::{Read, Seek};

use crate::media::scan::{Broken, Scan};

/// The header of an element whose content begins at the present position.
pub(super) struct Element {
    pub id: u32,
    /// The length of the content. `None` if it is not known.
    pub length: Option<u64>,
}

/// Reads the header of the next element. Returns `None` at the end of the file.
pub(super) fn element<R: Read + Seek>(scan: &mut Scan<R>) -> Result<Option<Element>, Broken> {
    if scan.left() < 2 {
        return Ok(None);
    }
    let (id, _) = variable(scan, 4, false)?;
    let (length, is_known) = variable(scan, 8, true)?;
    Ok(Some(Element {
        id: u32::try_from(id).map_err(|_| Broken::Format)?,
        length: is_known.then_some(length),
    }))
}

/// Reads the content of an element as an unsigned number.
pub(super) fn unsigned<R: Read + Seek>(scan: &mut Scan<R>, length: u64) -> Result<u64, Broken> {
    if length > 8 {
        return Err(Broken::Format);
    }
    let bytes = scan.up_to(length)?;
    Ok(bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// Reads the content of an element as a floating-point number.
pub(super) fn float<R: Read + Seek>(scan: &mut Scan<R>, length: u64) -> Result<f64, Broken> {
    match length {
        4 => Ok(f32::from_be_bytes(scan.take()?).into()),
        8 => Ok(f64::from_be_bytes(scan.take()?)),
        _ => Err(Broken::Format),
    }
}

/// Reads a number of variable length, with or without the bits that tell its length. Returns
/// whether it is not the one that means an unknown length.
fn variable<R: Read + Seek>(
    scan: &mut Scan<R>,
    most: u32,
    is_length: bool,
) -> Result<(u64, bool), Broken> {
    let first = scan.byte()?;
    let more = first.leading_zeros();
    if more >= most {
        return Err(Broken::Format);
    }
    let mask = 0x7F_u64 >> more;
    let mut number = u64::from(first) & if is_length { mask } else { 0xFF };
    let mut is_known = u64::from(first) & mask != mask;
    for _ in 0..more {
        let byte = scan.byte()?;
        number = number << 8 | u64::from(byte);
        is_known |= byte != 0xFF;
    }
    Ok((number, is_known))
}
