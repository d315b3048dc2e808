//! Reads and writes JSON on blocking threads, so that large documents do not delay other bots.

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

/// Parses `bytes` as JSON.
///
/// # Errors
/// A message that says where the JSON is invalid. It does not contain the text.
pub(crate) async fn read(bytes: Bytes) -> Result<Value, String> {
    aside(move || serde_json::from_slice(&bytes)).await
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
