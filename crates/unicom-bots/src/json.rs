//! JSON that may be large, read and written where it does not hold up other bots.

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

/// What the text `bytes` says, or where it stops being JSON: never what stands there.
pub(crate) async fn read(bytes: Bytes) -> Result<Value, String> {
    aside(move || serde_json::from_slice(&bytes)).await
}

/// `value` as a text.
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
