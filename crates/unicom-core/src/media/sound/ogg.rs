//! Ogg: the codecs in the first pages of its streams, and the position of the last page (RFC 3533).

use std::io::{Read, Seek};

use unicom_models::MediaMeasures;

use super::lasting;
use crate::media::found::{Found, Miss};
use crate::media::kinds::OGG;
use crate::media::scan::{Broken, Scan};
use crate::media::unsupported::Unsupported;

/// Maximum number of streams.
const MOST_STREAMS: usize = 16;

/// Maximum length of a page, in which the end of the file lies.
const LONGEST_PAGE: u64 = 27 + 255 + 255 * 255;

/// A stream of sound.
struct Stream {
    serial: [u8; 4],
    /// Samples per second.
    rate: u64,
    /// Number of samples that are not played.
    skipped: u64,
}

pub(in crate::media) fn read<R: Read + Seek>(scan: &mut Scan<R>) -> Result<Found, Miss> {
    let mut sound = None;
    for _ in 0..MOST_STREAMS {
        let Some(Page { serial, packet }) = first_page(scan)? else {
            break;
        };
        match &*packet {
            packet if packet.starts_with(b"fishead") => {}
            packet if is_video(packet) => {
                return Err(Miss::Unsupported(Unsupported::format("Ogg video", "MP4")));
            }
            packet if packet.starts_with(b"Speex   ") => {
                return Err(Miss::Unsupported(Unsupported::sound("Ogg with Speex")));
            }
            packet => {
                let found = stream(serial, packet);
                sound = sound.or(found);
            }
        }
    }
    let sound = sound.ok_or_else(|| Miss::Unsupported(Unsupported::sound("Ogg without sound")))?;
    Ok((OGG, duration(scan, &sound)?))
}

/// The first page of a stream.
struct Page {
    serial: [u8; 4],
    /// The first packet, or its beginning.
    packet: Vec<u8>,
}

/// Reads the next page if a stream begins with it.
fn first_page<R: Read + Seek>(scan: &mut Scan<R>) -> Result<Option<Page>, Broken> {
    let Ok(header) = scan.take::<27>() else {
        return Ok(None);
    };
    let [b'O', b'g', b'g', b'S', 0, flags, rest @ ..] = header else {
        return Ok(None);
    };
    if flags & 2 == 0 {
        return Ok(None);
    }
    let segments = scan.up_to(rest[20].into())?;
    let length = segments.iter().map(|length| u64::from(*length)).sum();
    let packet = scan.up_to(length)?;
    let serial = [rest[8], rest[9], rest[10], rest[11]];
    Ok(Some(Page { serial, packet }))
}

fn is_video(packet: &[u8]) -> bool {
    const VIDEO: [&[u8]; 4] = [b"\x80theora", b"\x01video", b"OVP80", b"BBCD"];
    VIDEO.iter().any(|codec| packet.starts_with(codec))
}

fn stream(serial: [u8; 4], packet: &[u8]) -> Option<Stream> {
    let four = |at: usize| packet.get(at..at + 4)?.first_chunk::<4>().copied();
    let (rate, skipped) = match packet {
        // Opus counts at 48 kHz, whatever was recorded (RFC 7845, 5.1).
        [
            b'O',
            b'p',
            b'u',
            b's',
            b'H',
            b'e',
            b'a',
            b'd',
            _,
            _,
            low,
            high,
            ..,
        ] => (48_000, u16::from_le_bytes([*low, *high]).into()),
        [1, b'v', b'o', b'r', b'b', b'i', b's', ..] => (u32::from_le_bytes(four(12)?).into(), 0),
        [0x7F, b'F', b'L', b'A', b'C', ..] => (u64::from(u32::from_be_bytes(four(27)?) >> 12), 0),
        _ => return None,
    };
    Some(Stream {
        serial,
        rate,
        skipped,
    })
}

/// Returns how long a stream plays, by the position on its last page.
fn duration<R: Read + Seek>(scan: &mut Scan<R>, stream: &Stream) -> Result<MediaMeasures, Broken> {
    let end = scan.position() + scan.left();
    scan.go_to(end.saturating_sub(LONGEST_PAGE))?;
    let tail = scan.up_to(LONGEST_PAGE)?;
    let last = tail.windows(18).rev().find_map(|page| {
        let [
            b'O',
            b'g',
            b'g',
            b'S',
            0,
            _,
            a,
            b,
            c,
            d,
            e,
            f,
            g,
            h,
            serial @ ..,
        ] = page
        else {
            return None;
        };
        let position = u64::from_le_bytes([*a, *b, *c, *d, *e, *f, *g, *h]);
        // No packet ends on a page with the highest position.
        (*serial == stream.serial && position != u64::MAX).then_some(position)
    });
    Ok(match last {
        Some(position) => lasting(position.saturating_sub(stream.skipped), stream.rate),
        None => MediaMeasures::default(),
    })
}
