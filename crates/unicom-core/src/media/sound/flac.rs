//! FLAC: the number of samples in the first block of metadata (RFC 9639, 8.2).

use std::io::{Read, Seek};

use super::lasting;
use crate::media::found::{Found, Miss};
use crate::media::kinds::FLAC;
use crate::media::scan::Scan;

pub(in crate::media) fn read<R: Read + Seek>(scan: &mut Scan<R>) -> Result<Found, Miss> {
    let [_, _, _, _, kind, length @ ..] = scan.take::<8>()?;
    if kind & 0x7F != 0 || length != [0, 0, 34] {
        return Err(Miss::Unknown);
    }
    scan.skip(10)?;
    let bits = u64::from_be_bytes(scan.take()?);
    let (rate, samples) = (bits >> 44, bits & 0xF_FFFF_FFFF);
    Ok((FLAC, lasting(samples, rate)))
}
