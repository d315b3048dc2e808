//! `Upload`: a received file, whose type is detected from its content and whose name is made safe
//! before it is stored.

use std::io::Seek;
use std::path::PathBuf;
use std::sync::Arc;

use unicom_content::media::{
    FileError, MediaKind, examine, new_media_key, safe_file_name, sha256_hex,
};
use unicom_core::media::MediaSource;
use unicom_models::{MediaMeasures, MediaType, StoredMedia};

use crate::multipart::ReceivedFile;
use crate::storage::Held;
use crate::{Api, ApiError, Limits};

/// A file on its way into the media store. Its temporary copy is deleted on drop.
#[derive(Debug)]
pub(crate) struct Upload {
    file: ReceivedFile,
    /// The reserved room, released after the temporary copy is deleted.
    _room: Arc<Held>,
    kind: MediaKind,
    measures: MediaMeasures,
    sha256: String,
}

impl Upload {
    /// Validates a received file and detects its type.
    ///
    /// # Errors
    /// [`ApiError::unsupported_media_type`] if the type is not supported, with what the file seems
    /// to be and what to send instead, or if an image is broken; [`ApiError::too_large`] for an
    /// image with too many pixels or frames.
    pub async fn inspect(
        file: ReceivedFile,
        room: Arc<Held>,
        limits: Limits,
    ) -> Result<Self, ApiError> {
        let mut handle = file.file.reopen().map_err(ApiError::unexpected)?;
        let name = file.name.clone();
        let examined = actix_web::web::block(move || {
            let (kind, measures) = examine(&mut handle, name.as_deref(), limits.image)?;
            handle.rewind()?;
            Ok::<_, FileError>((kind, measures, sha256_hex(handle)?))
        });
        let (kind, measures, sha256) = examined.await.map_err(ApiError::unexpected)??;
        Ok(Self {
            file,
            _room: room,
            kind,
            measures,
            sha256,
        })
    }

    /// Returns the description of the file to be stored with its message, under a new media key.
    pub fn stored(&self) -> (MediaType, StoredMedia) {
        let media = StoredMedia {
            key: new_media_key(&self.kind),
            name: safe_file_name(self.file.name.as_deref(), &self.kind),
            content_type: self.kind.content_type.to_owned(),
            size: i64::try_from(self.file.size).unwrap_or(i64::MAX),
            sha256: self.sha256.clone(),
            measures: self.measures,
        };
        (self.kind.media_type, media)
    }

    /// Returns the source of the file's bytes.
    pub fn source(&self) -> MediaSource {
        MediaSource::File(PathBuf::from(self.file.file.path()))
    }
}

/// Deletes files whose messages were not stored and that are therefore unreachable.
pub(crate) async fn delete_files(api: &Api, keys: impl IntoIterator<Item = String>) {
    for key in keys {
        if let Err(error) = api.media.delete(key).await {
            log::warn!("cannot delete a file that no message references: {error}");
        }
    }
}
