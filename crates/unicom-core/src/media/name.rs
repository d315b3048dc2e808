//! Names of files: safe ones derived from those that senders claim, and the header that carries
//! them.

#[cfg(test)]
mod tests;

use std::fmt::Write;
use std::ops::RangeInclusive;

use super::MediaKind;
use crate::text::is_invisible;

/// Returns a name to display, to save the file under and to put into a URL, derived from the name
/// that a sender `claimed`.
///
/// Letters and digits of any script, `-`, `_` and `.` are kept. Invisible characters and those that
/// change the direction of writing are dropped, and all others become `-`. Folders and leading dots
/// are dropped, and the extension is always that of `kind`, unless the file is one to download. The
/// name has at most 100 characters,
/// which may take up to 400 bytes: do not use it as the key of a stored file. If nothing is left,
/// the name is `image.png` or `audio.ogg`, depending on the kind.
///
/// ```
/// use unicom_core::media::{MediaKind, safe_file_name};
///
/// let gif = MediaKind::detect(b"GIF89a").unwrap();
/// assert_eq!(safe_file_name(Some("../my cat.html"), &gif), "my-cat.gif");
/// assert_eq!(safe_file_name(None, &gif), "image.gif");
/// ```
pub fn safe_file_name(claimed: Option<&str>, kind: &MediaKind) -> String {
    let claimed = claimed.unwrap_or_default();
    let last = claimed.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean = clean(last);
    if *kind == MediaKind::DOWNLOAD {
        return download_name(&clean);
    }
    let room = MAX_NAME_CHARS - 1 - kind.extension.len();
    let stem: String = without_extension(clean.trim_end_matches(EDGE))
        .chars()
        .take(room)
        .collect();
    let stem = match stem.trim_matches(EDGE) {
        "" => kind.media_type.as_str(),
        stem => stem,
    };
    format!("{stem}.{}", kind.extension)
}

/// Returns the name of a file to download. It keeps its extension, by which the person who saves it
/// knows what it is.
fn download_name(clean: &str) -> String {
    let (stem, extension) = match clean.trim_matches(EDGE).rsplit_once('.') {
        Some((stem, extension)) if without_extension(clean.trim_matches(EDGE)) == stem => {
            (stem, Some(extension))
        }
        _ => (clean, None),
    };
    let room = MAX_NAME_CHARS - extension.map_or(0, |extension| 1 + extension.len());
    let stem: String = stem.chars().take(room).collect();
    match (stem.trim_matches(EDGE), extension) {
        ("", _) => MediaKind::DOWNLOAD.media_type.as_str().to_owned(),
        (stem, Some(extension)) => format!("{stem}.{extension}"),
        (stem, None) => stem.to_owned(),
    }
}

/// Returns the value of a `Content-Disposition` header: `inline` to show the file, otherwise
/// `attachment` to save it.
///
/// Any `name` is safe to pass. It is given twice, as RFC 6266 recommends: in ASCII for old clients
/// and percent-encoded according to RFC 5987.
///
/// ```
/// use unicom_core::media::content_disposition;
///
/// assert_eq!(
///     content_disposition("né.png", true),
///     "inline; filename=\"n_.png\"; filename*=UTF-8''n%C3%A9.png",
/// );
/// ```
pub fn content_disposition(name: &str, inline: bool) -> String {
    let disposition = if inline { "inline" } else { "attachment" };
    let fallback = name.replace(|c| !is_plain(c) && c != ' ', "_");
    let mut value = format!("{disposition}; filename=\"{fallback}\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if is_plain(byte.into()) {
            value.push(byte.into());
        } else {
            // Writing to a string cannot fail.
            let _ = write!(value, "%{byte:02X}");
        }
    }
    value
}

/// Maximum length of a name in characters, including its extension.
const MAX_NAME_CHARS: usize = 100;

/// Characters that a name neither begins nor ends with, to rule out hidden files, command-line
/// options and `..`.
const EDGE: [char; 2] = ['.', '-'];

/// Drops or replaces characters that a name must not contain. Collapses repeated `.` and `-`.
fn clean(name: &str) -> String {
    let mut clean = String::new();
    for c in name
        .chars()
        .filter(|c| !(c.is_control() || is_invisible(*c)))
    {
        let kept = if c.is_alphanumeric() || c == '_' || c == '.' || is_in(c, MARKS) {
            c
        } else {
            '-'
        };
        if !(EDGE.contains(&kept) && clean.ends_with(kept)) {
            clean.push(kept);
        }
    }
    clean
}

/// Removes what looks like an extension: a dot and up to eight ASCII letters and digits.
fn without_extension(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, extension))
            if extension.len() <= 8 && extension.chars().all(|c| c.is_ascii_alphanumeric()) =>
        {
            stem
        }
        _ => name,
    }
}

/// Returns `true` if `c` is safe in a quoted string and, without encoding, in RFC 5987.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~')
}

fn is_in(c: char, ranges: &[RangeInclusive<char>]) -> bool {
    ranges.iter().any(|range| range.contains(&c))
}

/// Marks that belong to the letter before them, and that `char::is_alphanumeric` does not include.
const MARKS: &[RangeInclusive<char>] = &[
    // Accents, which macOS writes separately from their letters.
    '\u{300}'..='\u{36F}',
    // Cyrillic, Hebrew, Arabic.
    '\u{483}'..='\u{487}',
    '\u{591}'..='\u{5BD}',
    '\u{64B}'..='\u{65F}',
    // Scripts of India up to the danda, which is a full stop, and after it.
    '\u{900}'..='\u{963}',
    '\u{966}'..='\u{DFF}',
    // Thai, Lao, Tibetan, Burmese, Khmer, Japanese.
    '\u{E31}'..='\u{E3A}',
    '\u{E47}'..='\u{E4E}',
    '\u{EB1}'..='\u{ECE}',
    '\u{F71}'..='\u{F84}',
    '\u{1037}'..='\u{103A}',
    '\u{17B6}'..='\u{17D3}',
    '\u{3099}'..='\u{309A}',
];
