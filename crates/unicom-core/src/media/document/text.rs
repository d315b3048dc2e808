//! Plain text and tables: UTF-8 without control characters.

use std::io::{Read, Seek};

use unicom_models::MediaMeasures;

use crate::media::found::{Found, Miss};
use crate::media::kinds::{CSV, TXT};
use crate::media::scan::Scan;

/// Number of bytes that are checked at a time.
const CHUNK: u64 = 64 << 10;

/// Beginnings of what programs run or render, in lower case.
const MARKUP: [&str; 7] = [
    "<!doctype",
    "<html",
    "<head",
    "<body",
    "<svg",
    "<script",
    "<?xml",
];

pub(in crate::media) fn read<R: Read + Seek>(
    scan: &mut Scan<R>,
    name: Option<&str>,
) -> Result<Found, Miss> {
    let mut rest = Vec::new();
    let mut is_first = true;
    let mut is_empty = true;
    while scan.left() > 0 {
        rest.append(&mut scan.up_to(CHUNK)?);
        let text = match std::str::from_utf8(&rest) {
            Ok(text) => text,
            // A character may lie on the end of the chunk.
            Err(error) if error.error_len().is_none() && scan.left() > 0 => {
                std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default()
            }
            Err(_) => return Err(Miss::Unknown),
        };
        if text.contains(is_binary) || (is_first && is_markup(text)) {
            return Err(Miss::Unknown);
        }
        is_empty &= text.trim_start_matches('\u{FEFF}').trim().is_empty();
        is_first = false;
        rest.drain(..text.len());
    }
    if is_empty {
        return Err(Miss::Unknown);
    }
    let is_table = name.is_some_and(|name| name.to_ascii_lowercase().ends_with(".csv"));
    Ok((if is_table { CSV } else { TXT }, MediaMeasures::default()))
}

fn is_binary(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{C}')
}

/// Returns `true` for HTML, SVG and XML.
fn is_markup(text: &str) -> bool {
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    let start = text.bytes().take(16).map(|byte| byte.to_ascii_lowercase());
    let start: Vec<u8> = start.collect();
    MARKUP
        .iter()
        .any(|markup| start.starts_with(markup.as_bytes()))
}
