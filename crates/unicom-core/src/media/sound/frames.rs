//! Sound that consists of frames, each with a header: MP3 and AAC.

use std::io::{Read, Seek};

use crate::media::scan::{Broken, Scan};

/// A frame of sound.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    /// The length with the header, in bytes.
    pub length: u64,
    /// The number of samples.
    pub samples: u64,
    /// Samples per second.
    pub rate: u64,
}

/// What frames make together.
pub(super) struct Frames {
    pub count: u64,
    pub samples: u64,
    pub rate: u64,
}

/// Follows the frames from the present position, while `read` finds a header. The last one may be
/// cut off. Everything else behind the frames is ignored.
///
/// # Errors
/// [`Broken::Format`] if there is not one complete frame, or if something else follows it.
pub(super) fn follow<R: Read + Seek, const N: usize>(
    scan: &mut Scan<R>,
    read: impl Fn([u8; N]) -> Option<Frame>,
) -> Result<Frames, Broken> {
    let mut frames = Frames {
        count: 0,
        samples: 0,
        rate: 0,
    };
    while scan.left() >= N as u64 {
        let start = scan.position();
        let Some(frame) = read(scan.take()?) else {
            break;
        };
        if frame.length < N as u64 || frame.length > scan.left() + N as u64 {
            break;
        }
        scan.go_to(start + frame.length)?;
        frames.count += 1;
        frames.samples += frame.samples;
        frames.rate = frame.rate;
    }
    // A single frame may be chance.
    match frames.count {
        0 => Err(Broken::Format),
        1 if scan.left() >= N as u64 => Err(Broken::Format),
        _ => Ok(frames),
    }
}
