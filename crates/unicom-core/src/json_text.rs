//! JSON as other programs write it, in the form that parsers accept.

use std::borrow::Cow;

/// The byte order mark of UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Returns JSON without a byte order mark at its beginning, and with U+FFFD in place of each
/// surrogate that is not half of a pair.
///
/// JavaScript escapes half of a character that was cut as `\ud83d`. Parsers of Rust refuse the
/// whole text then. The length does not change otherwise, and text that is not JSON stays invalid.
///
/// ```
/// use unicom_core::json_text::repaired;
///
/// assert_eq!(&*repaired(br#"{"a": "cut \ud83d"}"#), br#"{"a": "cut \uFFFD"}"#);
/// assert_eq!(&*repaired(br#""\ud83d\ude00 \\ud83d""#), br#""\ud83d\ude00 \\ud83d""#);
/// assert_eq!(&*repaired(b"\xef\xbb\xbf{}"), b"{}");
/// ```
pub fn repaired(json: &[u8]) -> Cow<'_, [u8]> {
    let json = json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json);
    let mut repaired = Cow::Borrowed(json);
    let mut at = 0;
    // In JSON, backslashes occur only in strings.
    while let Some(found) = json[at..].iter().position(|byte| *byte == b'\\') {
        at += found;
        match surrogate_at(json, at) {
            Some(Surrogate::High) if surrogate_at(json, at + 6) == Some(Surrogate::Low) => at += 12,
            Some(_) => {
                repaired.to_mut()[at + 2..at + 6].copy_from_slice(b"FFFD");
                at += 6;
            }
            // The escaped character may be another backslash.
            None => at = (at + 2).min(json.len()),
        }
    }
    repaired
}

/// Half of a pair in UTF-16.
#[derive(PartialEq, Eq)]
enum Surrogate {
    High,
    Low,
}

/// Returns which surrogate is escaped at this position, if any.
fn surrogate_at(json: &[u8], at: usize) -> Option<Surrogate> {
    let digits = json.get(at..at + 6)?.strip_prefix(br"\u")?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let unit = u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    match unit {
        0xD800..=0xDBFF => Some(Surrogate::High),
        0xDC00..=0xDFFF => Some(Surrogate::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_lone_surrogate_is_replaced() {
        for (json, text) in [
            (r#""\ud83d""#, "\u{fffd}"),
            (r#""\uDE00x""#, "\u{fffd}x"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
            (r#""\ud83d\n""#, "\u{fffd}\n"),
            (r#""\ud83d\\ude00""#, "\u{fffd}\\ude00"),
            (r#""\\\ud83d\"""#, "\\\u{fffd}\""),
            (r#""\u00e9 \ud83d\ude00""#, "é 😀"),
            (r#""plain""#, "plain"),
        ] {
            let read: Value = serde_json::from_slice(&repaired(json.as_bytes())).unwrap();
            assert_eq!(read, text, "{json}");
        }
    }

    #[test]
    fn other_text_is_unchanged() {
        for text in [
            "", "\\", "\\u", "\\ud8", "\\ud83", "{\"a\\", "\\uzzzz", "\\\\", "\u{feff}",
        ] {
            let expected = text.trim_start_matches('\u{feff}').as_bytes();
            assert_eq!(&*repaired(text.as_bytes()), expected, "{text:?}");
        }
        assert!(matches!(
            repaired(br#"{"a": "\ud83d\ude00"}"#),
            Cow::Borrowed(_)
        ));
    }
}
