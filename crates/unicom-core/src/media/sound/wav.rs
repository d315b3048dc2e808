//! WAV: the format and the length of the data in the chunks of a RIFF file.

use std::io::{Read, Seek};

use super::lasting;
use crate::media::found::{Found, Miss};
use crate::media::kinds::WAV;
use crate::media::scan::Scan;
use crate::media::unsupported::Unsupported;

/// Maximum number of chunks before the data.
const MOST_CHUNKS: usize = 1_000;

pub(in crate::media) fn read<R: Read + Seek>(scan: &mut Scan<R>) -> Result<Found, Miss> {
    scan.skip(12)?;
    let mut bytes_per_second = None;
    for _ in 0..MOST_CHUNKS {
        let (kind, length): ([u8; 4], _) = (scan.take()?, u32::from_le_bytes(scan.take()?));
        let padded = u64::from(length).next_multiple_of(2);
        match &kind {
            b"fmt " if length >= 16 => {
                let [low, high, _, _, _, _, _, _, rate @ ..] = scan.take::<12>()?;
                let format = u16::from_le_bytes([low, high]);
                if !is_played(format) {
                    return Err(Miss::Unsupported(Unsupported::sound(&format!(
                        "WAV with the codec {format:#06x}"
                    ))));
                }
                bytes_per_second = Some(u32::from_le_bytes(rate));
                scan.skip(padded - 12)?;
            }
            b"data" => {
                let rate = bytes_per_second.ok_or(Miss::Unknown)?;
                // Recorders that do not know the length yet write a larger one, or none.
                let length = match u64::from(length) {
                    0 => scan.left(),
                    length => length.min(scan.left()),
                };
                return Ok((WAV, lasting(length, rate.into())));
            }
            _ => scan.skip(padded)?,
        }
    }
    Err(Miss::Unknown)
}

/// Returns `true` for PCM, floats, A-law, µ-law and what an extended header describes.
fn is_played(format: u16) -> bool {
    matches!(format, 1 | 3 | 6 | 7 | 0xFFFE)
}
