//! WebM: sound or video by its tracks (RFC 9559).

use std::io::{Read, Seek};

use unicom_models::MediaMeasures;

use super::ebml::{Element, element, float, unsigned};
use super::lasting;
use crate::media::found::{Found, Miss};
use crate::media::kinds::{WEBM, WEBM_AUDIO};
use crate::media::scan::{Broken, Scan};
use crate::media::unsupported::Unsupported;

/// Maximum number of elements that are visited.
const MOST_ELEMENTS: usize = 10_000;

/// Maximum length of a name, in bytes.
const LONGEST_NAME: u64 = 32;

const EBML: u32 = 0x1A45_DFA3;
const DOC_TYPE: u32 = 0x4282;
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_A966;
const TIMESTAMP_SCALE: u32 = 0x2A_D7B1;
const DURATION: u32 = 0x4489;
const TRACKS: u32 = 0x1654_AE6B;
const TRACK: u32 = 0xAE;
const TRACK_TYPE: u32 = 0x83;
const CODEC: u32 = 0x86;
const VIDEO: u32 = 0xE0;
const PIXEL_WIDTH: u32 = 0xB0;
const PIXEL_HEIGHT: u32 = 0xBA;
const CLUSTER: u32 = 0x1F43_B675;

const VIDEO_TRACK: u64 = 1;
const SOUND_TRACK: u64 = 2;

struct File {
    doc_type: Vec<u8>,
    /// Nanoseconds in a unit of time.
    scale: u64,
    length: f64,
    has_video: bool,
    has_sound: bool,
    /// The codec of the track that was read last, and of the sound.
    codecs: Vec<Vec<u8>>,
    measures: MediaMeasures,
}

pub(in crate::media) fn read<R: Read + Seek>(scan: &mut Scan<R>) -> Result<Found, Miss> {
    let mut file = File {
        doc_type: Vec::new(),
        scale: 1_000_000,
        length: 0.0,
        has_video: false,
        has_sound: false,
        codecs: Vec::new(),
        measures: MediaMeasures::default(),
    };
    for _ in 0..MOST_ELEMENTS {
        match element(scan).and_then(|found| file.take(scan, found)) {
            Ok(true) => {}
            Ok(false) | Err(Broken::Format) => break,
            Err(error) => return Err(error.into()),
        }
    }
    file.found()
}

impl File {
    /// Reads an element. Enters those that contain others, and skips those that do not matter.
    /// Returns `false` where nothing more is of interest.
    fn take<R: Read + Seek>(
        &mut self,
        scan: &mut Scan<R>,
        found: Option<Element>,
    ) -> Result<bool, Broken> {
        let Some(Element { id, length }) = found else {
            return Ok(false);
        };
        if matches!(id, EBML | SEGMENT | INFO | TRACKS | TRACK | VIDEO) {
            return Ok(true);
        }
        if id == CLUSTER && (self.has_video || self.has_sound) {
            return Ok(false);
        }
        let length = length.ok_or(Broken::Format)?;
        let end = scan.position().saturating_add(length);
        match id {
            DOC_TYPE => self.doc_type = scan.up_to(length.min(LONGEST_NAME))?,
            TIMESTAMP_SCALE => self.scale = unsigned(scan, length)?,
            DURATION => self.length = float(scan, length)?,
            TRACK_TYPE => match unsigned(scan, length)? {
                VIDEO_TRACK => self.has_video = true,
                SOUND_TRACK => self.has_sound = true,
                _ => {}
            },
            CODEC => self.codecs.push(scan.up_to(length.min(LONGEST_NAME))?),
            PIXEL_WIDTH => self.measures.width = i32::try_from(unsigned(scan, length)?).ok(),
            PIXEL_HEIGHT => self.measures.height = i32::try_from(unsigned(scan, length)?).ok(),
            _ => {}
        }
        scan.go_to(end)?;
        Ok(true)
    }

    fn found(self) -> Result<Found, Miss> {
        let doc_type = self.doc_type.trim_ascii_end();
        if doc_type != b"webm" {
            let format = if doc_type == b"matroska" {
                "Matroska"
            } else {
                "EBML"
            };
            return Err(Miss::Unsupported(Unsupported::format(
                format,
                "WebM or MP4",
            )));
        }
        // Durations are floating-point numbers; a fraction of a millisecond does not matter.
        let nanoseconds = self.length * self.scale as f64;
        let duration = lasting((nanoseconds / 1e6) as u64, 1_000);
        if self.has_video {
            return Ok((
                WEBM,
                MediaMeasures {
                    duration_ms: duration.duration_ms,
                    ..self.measures
                },
            ));
        }
        let is_played =
            |codec: &Vec<u8>| codec.starts_with(b"A_OPUS") || codec.starts_with(b"A_VORBIS");
        if self.has_sound && self.codecs.iter().all(is_played) {
            return Ok((WEBM_AUDIO, duration));
        }
        let codec = self
            .codecs
            .last()
            .map(|codec| codec.escape_ascii().to_string());
        let codec = codec.unwrap_or_else(|| "none".to_owned());
        let format = format!("WebM with the codec `{codec}`");
        Err(Miss::Unsupported(Unsupported::sound(&format)))
    }
}
