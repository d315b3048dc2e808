//! Reads and writes JSON on blocking threads, so that large documents do not delay other bots.

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use unicom_core::json_text::repaired;

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
    serde_json::from_slice(&repaired(bytes))
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
