//! AAC in ADTS, as recorders of phones write it (ISO/IEC 14496-3, 1.A.2.2).

use std::io::{Read, Seek};

use super::frames::{Frame, follow};
use super::lasting;
use crate::media::found::{Found, Miss};
use crate::media::kinds::AAC;
use crate::media::scan::Scan;

const RATES: [u64; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

pub(in crate::media) fn read<R: Read + Seek>(scan: &mut Scan<R>) -> Result<Found, Miss> {
    let frames = follow(scan, frame)?;
    Ok((AAC, lasting(frames.samples, frames.rate)))
}

fn frame(header: [u8; 7]) -> Option<Frame> {
    let [0xFF, second, third, fourth, fifth, sixth, seventh] = header else {
        return None;
    };
    if second & 0xF6 != 0xF0 {
        return None;
    }
    let rate = *RATES.get(usize::from(third >> 2 & 0x0F))?;
    let length = u64::from(fourth & 3) << 11 | u64::from(fifth) << 3 | u64::from(sixth) >> 5;
    Some(Frame {
        length,
        samples: 1024 * (1 + u64::from(seventh & 3)),
        rate,
    })
}
