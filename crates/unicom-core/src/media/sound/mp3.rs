//! MP3: frames of MPEG audio, layer III (ISO/IEC 11172-3, 2.4.2.3; 13818-3).

use std::io::{Read, Seek};

use super::frames::{Frame, follow};
use super::lasting;
use crate::media::found::{Found, Miss};
use crate::media::kinds::MP3;
use crate::media::scan::{Broken, Scan};

/// How far behind a tag the first frame may be, in bytes.
const MOST_PADDING: u64 = 64 << 10;

/// Maximum number of places where a first frame is looked for.
const MOST_STARTS: usize = 64;

/// Number of bytes at the beginning of the first frame in which it says that it describes the
/// others.
const DESCRIPTION: u64 = 40;

/// Bit rates in kbit/s: of MPEG 1, and of MPEG 2 and 2.5.
const BIT_RATES: [[u64; 14]; 2] = [
    [
        32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

pub(in crate::media) fn read<R: Read + Seek>(scan: &mut Scan<R>) -> Result<Found, Miss> {
    let end = scan.position() + MOST_PADDING;
    for _ in 0..MOST_STARTS {
        let start = scan.position();
        match follow(scan, frame) {
            Ok(frames) => {
                let end = scan.position();
                scan.go_to(start)?;
                let silent = silent_samples(&scan.up_to(DESCRIPTION)?);
                scan.go_to(end)?;
                let played = frames.samples.saturating_sub(silent);
                return Ok((MP3, lasting(played, frames.rate)));
            }
            Err(Broken::Format) => {}
            Err(error) => return Err(error.into()),
        }
        // Some programs leave room between tag and sound.
        scan.go_to(start + 1)?;
        scan.skip_past(0xFF)?;
        if scan.left() == 0 || scan.position() > end {
            break;
        }
        scan.go_to(scan.position() - 1)?;
    }
    Err(Miss::Unknown)
}

/// Returns the number of samples in a first frame that describes the others and is not played.
fn silent_samples(start: &[u8]) -> u64 {
    let is_described = start
        .windows(4)
        .any(|mark| matches!(mark, b"Xing" | b"Info" | b"VBRI"));
    let first = start.first_chunk().copied().and_then(frame);
    first
        .filter(|_| is_described)
        .map_or(0, |frame| frame.samples)
}

/// Returns `true` if the bytes begin with the header of a frame.
pub(in crate::media) fn is_frame(first: &[u8]) -> bool {
    first.first_chunk().copied().and_then(frame).is_some()
}

fn frame(header: [u8; 4]) -> Option<Frame> {
    let [0xFF, second, third, _] = header else {
        return None;
    };
    if second & 0xE6 != 0xE2 {
        return None;
    }
    let (version, slower) = match second >> 3 & 3 {
        3 => (0, 1),
        2 => (1, 2),
        0 => (1, 4),
        _ => return None,
    };
    // A free bit rate, which is number 0, is hardly ever used.
    let bit_rate = BIT_RATES[version].get(usize::from(third >> 4).checked_sub(1)?)?;
    let rate = [44_100, 48_000, 32_000].get(usize::from(third >> 2 & 3))? / slower;
    let samples = if version == 0 { 1152 } else { 576 };
    Some(Frame {
        length: samples / 8 * bit_rate * 1000 / rate + u64::from(third >> 1 & 1),
        samples,
        rate,
    })
}
