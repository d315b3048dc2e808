//! Reads and writes JSON on blocking threads, so that large documents do not delay other bots.

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

/// Parses `bytes` as JSON, on a blocking thread. See [`parse`].
pub(crate) async fn read(bytes: Bytes) -> Result<Value, String> {
    aside(move || parse(&bytes)).await
}

/// Parses `bytes` as JSON. A byte order mark is skipped, and half of a surrogate pair, such as
/// programs write that cut an emoji, becomes U+FFFD.
///
/// # Errors
/// A message that says where the JSON is invalid. It does not contain the text.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    serde_json::from_slice(bytes).or_else(|error| match without_halves(bytes) {
        Some(mended) => serde_json::from_slice(&mended),
        None => Err(error),
    })
}

/// Replaces the escapes of isolated surrogates by those of U+FFFD. Returns `None` if there are
/// none.
fn without_halves(json: &[u8]) -> Option<Vec<u8>> {
    let mut mended: Option<Vec<u8>> = None;
    let mut at = 0;
    while at < json.len() {
        if json[at] != b'\\' {
            at += 1;
            continue;
        }
        match (unit(json, at), unit(json, at + ESCAPE)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => at += 2 * ESCAPE,
            (Some(0xD800..=0xDFFF), _) => {
                let mended = mended.get_or_insert_with(|| json.to_vec());
                mended[at + 2..at + ESCAPE].copy_from_slice(b"FFFD");
                at += ESCAPE;
            }
            // An escape of another form may be of a backslash.
            _ => at += 2,
        }
    }
    mended
}

/// Length of an escape such as `\ud83d`.
const ESCAPE: usize = 6;

/// Returns the UTF-16 code unit of the escape at this position. Returns `None` if there is none.
fn unit(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + ESCAPE)?.strip_prefix(b"\\u")?;
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| is_hex)?;
    u16::from_str_radix(digits, 16).ok()
}

/// Serialises `value` as JSON text.
pub(crate) async fn write(value: impl Serialize + Send + 'static) -> Result<Bytes, String> {
    aside(move || serde_json::to_vec(&value))
        .await
        .map(Bytes::from)
}

async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, serde_json::Error> + Send + 'static,
) -> Result<T, String> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse;

    #[test]
    fn halves_of_pairs_are_replaced() {
        for (text, expected) in [
            (r#""\ud83d""#, "\u{FFFD}"),
            (r#""\uDE00 cut""#, "\u{FFFD} cut"),
            (r#""a\ud83d\ud83d\ude00""#, "a\u{FFFD}😀"),
            (r#""\ud83d\u0041""#, "\u{FFFD}A"),
            (r#""\ud83d\n""#, "\u{FFFD}\n"),
            (r#""\\ud83d \ud83d""#, "\\ud83d \u{FFFD}"),
            (r#""\\\ud83d""#, "\\\u{FFFD}"),
            (r#""\ud83d\ude00""#, "😀"),
            ("\u{FEFF}\"x\"", "x"),
        ] {
            assert_eq!(parse(text.as_bytes()).unwrap(), json!(expected), "{text}");
        }
        for text in [r#""\ud83"#, r#""\ud83d"#, r#""\u+123""#, "\"\\", "\\"] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
