//! Sound and video: the type of a file by its tracks, and how long it plays. Each reader follows
//! the structure of one format and accepts what browsers play.

pub(super) mod aac;
mod boxes;
mod ebml;
pub(super) mod flac;
mod fragments;
mod frames;
pub(super) mod mp3;
pub(super) mod mp4;
pub(super) mod ogg;
pub(super) mod tags;
pub(super) mod wav;
pub(super) mod webm;

use unicom_models::MediaMeasures;

/// Returns the measures of something that plays for `units` of which there are `per_second`.
fn lasting(units: u64, per_second: u64) -> MediaMeasures {
    let milliseconds = u128::from(units) * 1000 / u128::from(per_second.max(1));
    MediaMeasures {
        // Longer than any file can play: the header is wrong.
        duration_ms: i64::try_from(milliseconds)
            .ok()
            .filter(|ms| per_second > 0 && (1..=LONGEST_MS).contains(ms)),
        ..MediaMeasures::default()
    }
}

/// The longest duration that is believed, in milliseconds: 1,000 hours.
const LONGEST_MS: i64 = 1_000 * 60 * 60 * 1_000;
