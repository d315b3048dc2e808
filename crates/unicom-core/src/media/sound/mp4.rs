//! MP4: sound or video by its tracks, whatever its brand (ISO/IEC 14496-12).

use std::io::{Read, Seek};

use unicom_models::MediaMeasures;

use super::boxes::{BoxHeader, four, header, time, version};
use super::fragments::Fragments;
use super::lasting;
use crate::media::found::{Found, Miss};
use crate::media::kinds::{M4A, MOV, MP4};
use crate::media::scan::{Broken, Scan};
use crate::media::unsupported::Unsupported;

/// Maximum number of boxes that are visited. The tracks come before the fragments.
const MOST_BOXES: usize = 20_000;

/// Maximum number of tracks.
const MOST_TRACKS: usize = 32;

/// What browsers play, by the name of a track's codec.
const SOUND: [&[u8; 4]; 4] = [b"mp4a", b"Opus", b"fLaC", b".mp3"];

#[derive(Default)]
struct Track {
    id: u32,
    handler: Option<[u8; 4]>,
    codec: Option<[u8; 4]>,
    units_per_second: u32,
    length: u64,
    width: u32,
    height: u32,
    fragments: Fragments,
}

#[derive(Default)]
struct Movie {
    brand: Option<[u8; 4]>,
    units_per_second: u32,
    length: u64,
    /// The length of all fragments, if it was known before they were written.
    fragmented_length: u64,
    is_fragmented: bool,
    tracks: Vec<Track>,
    /// The track of the present fragment.
    current: Option<usize>,
}

/// Returns `true` if a file that begins so may consist of boxes.
pub(in crate::media) fn is_box(first: &[u8]) -> bool {
    const KINDS: [&[u8]; 9] = [
        b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"free", b"skip", b"wide", b"pnot",
    ];
    first.get(4..8).is_some_and(|kind| KINDS.contains(&kind))
}

pub(in crate::media) fn read<R: Read + Seek>(scan: &mut Scan<R>) -> Result<Found, Miss> {
    let mut movie = Movie::default();
    for _ in 0..MOST_BOXES {
        match header(scan).and_then(|found| movie.take(scan, found)) {
            Ok(true) => {}
            Ok(false) | Err(Broken::Format) => break,
            Err(error) => return Err(error.into()),
        }
    }
    movie.found()
}

impl Movie {
    /// Reads a box. Enters those that contain others, and skips those that do not matter. Returns
    /// `false` at the end of the file.
    fn take<R: Read + Seek>(
        &mut self,
        scan: &mut Scan<R>,
        found: Option<BoxHeader>,
    ) -> Result<bool, Broken> {
        let Some(BoxHeader { kind, end }) = found else {
            return Ok(false);
        };
        match &kind {
            b"moov" | b"mdia" | b"minf" | b"stbl" | b"moof" => return Ok(true),
            b"trak" => {
                if self.tracks.len() == MOST_TRACKS {
                    return Err(Broken::Format);
                }
                self.tracks.push(Track::default());
                return Ok(true);
            }
            b"mvex" => {
                self.is_fragmented = true;
                return Ok(true);
            }
            b"traf" => {
                self.current = None;
                return Ok(true);
            }
            b"ftyp" if self.brand.is_none() => self.brand = Some(scan.take()?),
            b"mvhd" => (self.units_per_second, self.length) = times(scan)?,
            b"mehd" => {
                let (version, _) = version(scan)?;
                self.fragmented_length = time(scan, version)?;
            }
            b"trex" | b"tfhd" | b"tfdt" | b"trun" => self.read_fragment(scan, &kind, end)?,
            _ => {
                if let Some(track) = self.tracks.last_mut() {
                    track.read(scan, &kind)?;
                }
            }
        }
        scan.go_to(end)?;
        Ok(true)
    }

    fn read_fragment<R: Read + Seek>(
        &mut self,
        scan: &mut Scan<R>,
        kind: &[u8; 4],
        end: u64,
    ) -> Result<(), Broken> {
        if matches!(kind, b"trex" | b"tfhd") {
            let ((_, flags), id) = (version(scan)?, four(scan)?);
            self.current = self.tracks.iter().position(|track| track.id == id);
            let Some(track) = self.current.and_then(|at| self.tracks.get_mut(at)) else {
                return Ok(());
            };
            if kind == b"tfhd" {
                return track.fragments.begin(scan, flags);
            }
            scan.skip(4)?;
            track.fragments.usual_sample = four(scan)?;
            return Ok(());
        }
        match self.current.and_then(|at| self.tracks.get_mut(at)) {
            Some(track) if kind == b"tfdt" => track.fragments.read_start(scan),
            Some(track) => track.fragments.read_samples(scan, end),
            None => Ok(()),
        }
    }

    fn found(self) -> Result<Found, Miss> {
        let mut measures = self.duration();
        if let Some(video) = self.tracks.iter().find(|track| track.is(b"vide")) {
            (measures.width, measures.height) = (side(video.width), side(video.height));
            let is_mp4 = self.brand.is_some_and(|brand| brand != *b"qt  ");
            return Ok((if is_mp4 { MP4 } else { MOV }, measures));
        }
        let Some(sound) = self.tracks.iter().find(|track| track.is(b"soun")) else {
            return Err(Miss::Unknown);
        };
        match sound.codec {
            Some(codec) if SOUND.contains(&&codec) => Ok((M4A, measures)),
            codec => {
                let codec = codec.unwrap_or(*b"none");
                let name = match &codec {
                    b"samr" | b"sawb" => "AMR in 3GP".to_owned(),
                    b"alac" => "Apple Lossless (ALAC)".to_owned(),
                    codec => format!("MP4 with the codec `{}`", codec.escape_ascii()),
                };
                Err(Miss::Unsupported(Unsupported::sound(&name)))
            }
        }
    }

    fn duration(&self) -> MediaMeasures {
        let longest = |length: fn(&Track) -> u64| {
            let tracks = self.tracks.iter();
            let measures =
                tracks.map(|track| lasting(length(track), track.units_per_second.into()));
            measures
                .max_by_key(|measures| measures.duration_ms)
                .unwrap_or_default()
        };
        let whole = |length| lasting(length, self.units_per_second.into());
        let known = [
            whole(self.fragmented_length),
            longest(|track| track.fragments.length()),
            whole(self.length),
            longest(|track| track.length),
        ];
        let from = if self.is_fragmented { 0 } else { 2 };
        let mut known = known.into_iter().skip(from);
        known
            .find(|measures| measures.duration_ms.is_some())
            .unwrap_or_default()
    }
}

impl Track {
    fn is(&self, handler: &[u8; 4]) -> bool {
        self.handler.as_ref() == Some(handler)
    }

    /// Reads a box that describes the track.
    fn read<R: Read + Seek>(&mut self, scan: &mut Scan<R>, kind: &[u8; 4]) -> Result<(), Broken> {
        match kind {
            b"tkhd" => {
                let (version, _) = version(scan)?;
                scan.skip(if version == 1 { 16 } else { 8 })?;
                self.id = four(scan)?;
                scan.skip(4 + if version == 1 { 8 } else { 4 } + 52)?;
                // With 16 bits behind the point.
                (self.width, self.height) = (four(scan)? >> 16, four(scan)? >> 16);
            }
            b"mdhd" => (self.units_per_second, self.length) = times(scan)?,
            // QuickTime has another one for the data.
            b"hdlr" if self.handler.is_none() => {
                scan.skip(8)?;
                self.handler = Some(scan.take()?);
            }
            b"stsd" if self.codec.is_none() => {
                scan.skip(12)?;
                self.codec = Some(scan.take()?);
            }
            _ => {}
        }
        Ok(())
    }
}

/// Reads the units per second and the length from a `mvhd` or a `mdhd`.
fn times<R: Read + Seek>(scan: &mut Scan<R>) -> Result<(u32, u64), Broken> {
    let (version, _) = version(scan)?;
    scan.skip(if version == 1 { 16 } else { 8 })?;
    Ok((four(scan)?, time(scan, version)?))
}

/// Returns the length of a side in pixels, if it is known.
fn side(pixels: u32) -> Option<i32> {
    i32::try_from(pixels).ok().filter(|pixels| *pixels > 0)
}
