//! Uploads in one request or in parts.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path as Location;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt};

use super::disk;

/// Uploads `bytes` in one request.
pub(super) async fn put_bytes(
    store: &dyn ObjectStore,
    location: &Location,
    bytes: Bytes,
) -> Result<(), BoxError> {
    store.put(location, bytes.into()).await?;
    Ok(())
}

/// Uploads a small file in one request and a larger one in parts.
pub(super) async fn put_file(
    store: &Arc<dyn ObjectStore>,
    location: &Location,
    path: PathBuf,
) -> Result<(), BoxError> {
    let (file, first) = disk::open_and_read_chunk(path, UPLOAD_CHUNK).await?;
    if first.len() < UPLOAD_CHUNK {
        return put_bytes(&**store, location, first).await;
    }
    // A separate task continues if the caller is dropped, so that no parts are left behind.
    let upload = put_parts(store.clone(), location.clone(), file, first);
    tokio::spawn(upload).await?
}

/// Bytes of a file held in memory during an upload. S3 accepts no smaller parts.
pub(super) const UPLOAD_CHUNK: usize = 5 * 1024 * 1024;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Uploads the file in parts, and aborts the upload if a part fails.
async fn put_parts(
    store: Arc<dyn ObjectStore>,
    location: Location,
    file: File,
    first: Bytes,
) -> Result<(), BoxError> {
    let mut upload = store.put_multipart(&location).await?;
    let sent = send_parts(&mut *upload, file, first).await;
    if sent.is_err()
        && let Err(error) = upload.abort().await
    {
        log::warn!("failed to abort the upload of `{location}`, parts of it may be left: {error}");
    }
    sent
}

async fn send_parts(
    upload: &mut dyn MultipartUpload,
    mut file: File,
    first: Bytes,
) -> Result<(), BoxError> {
    let mut chunk = first;
    while !chunk.is_empty() {
        upload.put_part(chunk.into()).await?;
        (file, chunk) = disk::read_chunk(file, UPLOAD_CHUNK).await?;
    }
    upload.complete().await?;
    Ok(())
}
