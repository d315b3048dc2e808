//! Reading the parts of a form: texts into memory, and the file into a temporary one.

use actix_multipart::Field;
use actix_web::http::header::{CONTENT_TYPE, HeaderName};
use encoding_rs::{Encoding, UTF_8};
use futures_util::TryStreamExt;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;
use unicom_content::media::is_out_of_room;

use super::errors::{refused, too_large};
use crate::storage::Refusal;
use crate::{Api, ApiError};

/// The field that has the file of a form.
pub(super) const MEDIA: &str = "media";

/// A file that was received. It is deleted on drop.
#[derive(Debug)]
pub(crate) struct ReceivedFile {
    pub file: NamedTempFile,
    /// The name that the sender claims.
    pub name: Option<String>,
    /// In bytes.
    pub size: usize,
}

/// Receives the file of a form.
pub(super) async fn file(
    mut part: Field,
    name: Option<String>,
    api: &Api,
) -> Result<ReceivedFile, ApiError> {
    refuse_transfer_encoding(&part, MEDIA)?;
    let failed = |error| not_written(&error, api);
    let file = match api.uploads.path() {
        Some(folder) => NamedTempFile::new_in(folder),
        None => NamedTempFile::new(),
    };
    let file = file.map_err(failed)?;
    let mut written = tokio::fs::File::from_std(file.reopen().map_err(failed)?);
    let mut size = 0;
    while let Some(chunk) = next(&mut part, api).await? {
        size += chunk.len();
        if size > api.limits.file {
            return Err(too_large(api));
        }
        written.write_all(&chunk).await.map_err(failed)?;
    }
    written.flush().await.map_err(failed)?;
    Ok(ReceivedFile { file, name, size })
}

/// Receives a text of at most `left` bytes, and subtracts its length. A byte order mark at its
/// beginning is skipped.
pub(super) async fn text(
    mut part: Field,
    name: &str,
    left: &mut usize,
    api: &Api,
) -> Result<String, ApiError> {
    refuse_transfer_encoding(&part, name)?;
    let encoding = encoding_of(&part, name)?;
    let mut bytes = Vec::new();
    while let Some(chunk) = next(&mut part, api).await? {
        *left = left
            .checked_sub(chunk.len())
            .ok_or_else(|| too_large(api))?;
        bytes.extend_from_slice(&chunk);
    }
    let (text, has_errors) = encoding.decode_with_bom_removal(&bytes);
    if has_errors {
        return Err(ApiError::invalid_body(format!(
            "`{name}` is not valid {}",
            encoding.name()
        )));
    }
    Ok(text.into_owned())
}

async fn next(part: &mut Field, api: &Api) -> Result<Option<actix_web::web::Bytes>, ApiError> {
    part.try_next().await.map_err(|error| refused(&error, api))
}

/// Returns the encoding that a part names in its `charset`. Defaults to UTF-8.
fn encoding_of(part: &Field, name: &str) -> Result<&'static Encoding, ApiError> {
    let value = part.headers().get(CONTENT_TYPE);
    let value = value.and_then(|value| value.to_str().ok()).unwrap_or("");
    let charset = value.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        is_charset.then(|| value.trim().trim_matches('"'))
    });
    let Some(charset) = charset else {
        return Ok(UTF_8);
    };
    Encoding::for_label(charset.as_bytes()).ok_or_else(|| {
        ApiError::invalid_body(format!("`{name}` has an unknown `charset`: use utf-8"))
    })
}

/// Refuses a part whose content is encoded, as in an e-mail (RFC 7578, 4.7).
fn refuse_transfer_encoding(part: &Field, name: &str) -> Result<(), ApiError> {
    const TRANSFER_ENCODING: HeaderName = HeaderName::from_static("content-transfer-encoding");
    let value = part.headers().get(TRANSFER_ENCODING);
    let value = value.map(|value| value.as_bytes().trim_ascii().to_ascii_lowercase());
    match value.as_deref() {
        None | Some(b"" | b"7bit" | b"8bit" | b"binary") => Ok(()),
        Some(_) => Err(ApiError::invalid_body(format!(
            "`{name}` must be sent as it is, without a `Content-Transfer-Encoding`"
        ))),
    }
}

fn not_written(error: &std::io::Error, api: &Api) -> ApiError {
    if is_out_of_room(error.kind()) {
        log::warn!("request refused: a file cannot be received: {error}");
        return api.storage.refuse(Refusal::DiskFull);
    }
    ApiError::unexpected(error)
}
