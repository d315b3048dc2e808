//! A file that somebody sends: told by its content, named safely, put into the media store.

use std::io::{Read, Seek};
use std::path::PathBuf;

use actix_multipart::MultipartError;
use actix_multipart::form::tempfile::TempFile;
use actix_multipart::form::text::Text;
use actix_multipart::form::{MultipartCollect, MultipartForm, MultipartFormConfig};
use actix_web::error::PayloadError;
use actix_web::web::Payload;
use actix_web::{FromRequest, HttpRequest};
use unicom_core::media::{MediaKind, MediaSource, safe_file_name};
use unicom_models::{Id, MediaType, StoredMedia};

use crate::{Api, ApiError, Limits};

/// A file on its way into the media store. Its temporary copy goes when this is dropped.
#[derive(Debug)]
pub(crate) struct Upload {
    file: TempFile,
    kind: MediaKind,
    sha256: String,
}

impl Upload {
    /// Looks a received file over.
    ///
    /// # Errors
    /// [`ApiError::unsupported_media_type`] lists what may be sent.
    pub async fn inspect(file: TempFile) -> Result<Self, ApiError> {
        let mut handle = file.file.reopen().map_err(ApiError::unexpected)?;
        let looked = actix_web::web::block(move || {
            let mut head = Vec::with_capacity(MediaKind::HEAD_BYTES);
            handle
                .by_ref()
                .take(MediaKind::HEAD_BYTES as u64)
                .read_to_end(&mut head)?;
            let Some(kind) = MediaKind::detect(&head) else {
                return Ok(None);
            };
            handle.rewind()?;
            Ok::<_, std::io::Error>(Some((kind, unicom_core::media::sha256_hex(handle)?)))
        });
        match looked
            .await
            .map_err(ApiError::unexpected)?
            .map_err(ApiError::unexpected)?
        {
            Some((kind, sha256)) => Ok(Self { file, kind, sha256 }),
            None => Err(ApiError::unsupported_media_type(format!(
                "`media` must be one of {} by its content",
                MediaKind::CHOICES
            ))),
        }
    }

    /// What a message will say of it, under a key that nothing has yet.
    pub fn stored(&self) -> (MediaType, StoredMedia) {
        let media = StoredMedia {
            key: format!("messages/{}.{}", Id::new(), self.kind.extension),
            name: safe_file_name(self.file.file_name.as_deref(), &self.kind),
            content_type: self.kind.content_type.to_owned(),
            size: i64::try_from(self.file.size).unwrap_or(i64::MAX),
            sha256: self.sha256.clone(),
        };
        (self.kind.media_type, media)
    }

    /// Where its bytes are.
    pub fn source(&self) -> MediaSource {
        MediaSource::File(PathBuf::from(self.file.file.path()))
    }
}

/// How much of a form is read before it is refused.
pub(crate) fn form_config(limits: Limits) -> MultipartFormConfig {
    MultipartFormConfig::default()
        .total_limit(limits.file.saturating_add(limits.body))
        .memory_limit(limits.body)
}

/// The form of a message with a file.
#[derive(Debug, MultipartForm)]
#[multipart(duplicate_field = "deny")]
pub(crate) struct SendForm {
    pub text: Option<Text<String>>,
    pub chat_id: Option<Text<String>>,
    pub channel_id: Option<Text<String>>,
    pub client_message_id: Option<Text<String>>,
    pub reply_to_message_id: Option<Text<String>>,
    pub metadata: Option<Text<String>>,
    pub media: Option<TempFile>,
}

impl SendForm {
    /// Reads the form; it is refused as soon as it is over a limit, before it is read to its end.
    ///
    /// # Errors
    /// [`ApiError::too_large`], [`ApiError::invalid_body`].
    pub async fn read(
        request: &HttpRequest,
        payload: Payload,
        api: &Api,
    ) -> Result<Self, ApiError> {
        let form: Self = read_form(request, payload, api).await?;
        Ok(Self {
            media: checked_file(form.media, api)?,
            ..form
        })
    }

    /// The fields that are texts.
    pub fn texts(&mut self) -> Vec<(String, String)> {
        [
            ("text", self.text.take()),
            ("chat_id", self.chat_id.take()),
            ("channel_id", self.channel_id.take()),
            ("client_message_id", self.client_message_id.take()),
            ("reply_to_message_id", self.reply_to_message_id.take()),
            ("metadata", self.metadata.take()),
        ]
        .into_iter()
        .filter_map(|(name, text)| Some((name.to_owned(), text?.into_inner())))
        .collect()
    }
}

/// Reads a form; it is refused as soon as it is over a limit, before it is read to its end.
pub(crate) async fn read_form<F: MultipartCollect + 'static>(
    request: &HttpRequest,
    payload: Payload,
    api: &Api,
) -> Result<F, ApiError> {
    MultipartForm::from_request(request, &mut payload.into_inner())
        .await
        .map(MultipartForm::into_inner)
        .map_err(|error| refused(error.as_error(), api))
}

/// The file of a form, where there is one and it is not too large.
pub(crate) fn checked_file(
    file: Option<TempFile>,
    api: &Api,
) -> Result<Option<TempFile>, ApiError> {
    match file {
        Some(file) if file.size > api.limits.file => Err(too_large(api)),
        // What a browser sends for a file input that was left empty.
        Some(file)
            if file.size == 0 && file.file_name.as_deref().unwrap_or_default().is_empty() =>
        {
            Ok(None)
        }
        file => Ok(file),
    }
}

/// Deletes files of messages that are not there: nobody would ever see them.
pub(crate) async fn delete_files(api: &Api, keys: impl IntoIterator<Item = String>) {
    for key in keys {
        if let Err(error) = api.media.delete(key).await {
            log::warn!("a file without a message is left: {error}");
        }
    }
}

fn refused(error: Option<&MultipartError>, api: &Api) -> ApiError {
    match error {
        Some(MultipartError::Payload(PayloadError::Overflow)) => too_large(api),
        Some(MultipartError::BoundaryMissing) => {
            ApiError::invalid_body("`multipart/form-data` needs a `boundary`")
        }
        Some(MultipartError::DuplicateField(_)) => {
            ApiError::invalid_body("a field must not be given twice")
        }
        Some(MultipartError::Field { source, .. }) => match source.as_error() {
            Some(inner) => refused(Some(inner), api),
            // The temporary file, which is ours.
            None if source.as_response_error().status_code().is_server_error() => {
                ApiError::unexpected(source)
            }
            None => ApiError::invalid_body("a field of the form could not be read"),
        },
        _ => ApiError::invalid_body("the body is not well-formed `multipart/form-data`"),
    }
}

fn too_large(api: &Api) -> ApiError {
    ApiError::too_large(format!(
        "`media` must be at most {} bytes long, and everything else at most {}",
        api.limits.file, api.limits.body
    ))
}
