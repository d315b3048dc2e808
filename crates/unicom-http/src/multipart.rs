//! Reads forms with files (`multipart/form-data`) within size and time limits.

mod boundary;
mod disposition;
mod encoded_words;
mod errors;
mod received;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_DISPOSITION, HeaderMap};
use actix_web::{HttpRequest, web};
use futures_util::{StreamExt, TryStreamExt};

use crate::body::{note_body, refuse_encoding};
use crate::body_bytes::{Metered, announced, count_announced};
use crate::body_timeout::BodyTimeout;
use crate::storage::Held;
use crate::{Api, ApiError, Limits};

use disposition::Disposition;
use errors::refused;
use received::MEDIA;
pub(crate) use received::ReceivedFile;

/// Maximum number of fields in a form.
const MOST_FIELDS: usize = 32;

/// Bytes allowed for multipart framing: boundaries and headers of fields.
const FRAMING: usize = 64 << 10;

/// A form that was read, and the reservation of room for its file until the file is stored.
pub(crate) struct Form {
    texts: HashMap<&'static str, String>,
    file: Option<ReceivedFile>,
    room: Arc<Held>,
}

impl Form {
    /// Takes the value of a field.
    pub fn text(&mut self, name: &str) -> Option<String> {
        self.texts.remove(name)
    }

    /// Takes the file with the room reserved for it. Returns `None` if there is no file.
    pub fn file(&mut self) -> Option<(ReceivedFile, Arc<Held>)> {
        // A browser sends this for a file input that was left empty.
        let file = self.file.take();
        let file = file.filter(|file| file.size > 0 || file.name.is_some());
        file.map(|file| (file, Arc::clone(&self.room)))
    }
}

/// Reads a form with these fields and a file in `media`. It is refused as soon as it exceeds a
/// limit, without reading the rest. It is refused before anything is read if there is no room for
/// a file or if its address has sent too many bytes. Other fields are ignored.
///
/// # Errors
/// [`ApiError::invalid_body`], naming the field that is wrong, if there is one;
/// [`ApiError::unsupported_media_type`] for a body with a `Content-Encoding`, and those of limits.
pub(crate) async fn read_form(
    request: &HttpRequest,
    payload: web::Payload,
    api: &Api,
    fields: &[&'static str],
) -> Result<Form, ApiError> {
    refuse_encoding(request)?;
    let headers = boundary::headers(request)?;
    // Only this limit counts the bytes before the first field and after the last.
    let limit = longest_form(api.limits).saturating_add(FRAMING);
    count_announced(request, limit as u64)?;
    let length = announced(request).unwrap_or(0).min(limit as u64);
    let room = Arc::new(api.storage.hold(length).await?);
    let payload = BodyTimeout::new(payload.into_inner(), limit, api.limits.body_time);
    let payload = Metered::unless_announced(request, payload.boxed());
    let payload = holding(payload, Arc::clone(&room));
    let form = read_fields(&headers, payload, api, fields, room).await?;
    note_body(request).await?;
    Ok(form)
}

/// Wraps a body so that room is reserved for it as it arrives. It ends with an error if there is
/// none.
fn holding(payload: Payload, room: Arc<Held>) -> Payload {
    let held = payload.then(move |bytes| {
        let room = Arc::clone(&room);
        async move {
            let bytes = bytes?;
            let held = room.receive(bytes.len() as u64).await;
            held.map_err(|refused| PayloadError::Io(io::Error::other(refused)))?;
            Ok(bytes)
        }
    });
    Payload::Stream {
        payload: Box::pin(held),
    }
}

/// Returns the maximum size of a form: a file and all other fields.
fn longest_form(limits: Limits) -> usize {
    limits.file.saturating_add(limits.body)
}

async fn read_fields(
    headers: &HeaderMap,
    payload: Payload,
    api: &Api,
    fields: &[&'static str],
    room: Arc<Held>,
) -> Result<Form, ApiError> {
    let mut parts = Multipart::new(headers, payload);
    let mut form = Form {
        texts: HashMap::new(),
        file: None,
        room,
    };
    let mut left = api.limits.body;
    let mut count = 0;
    while let Some(part) = parts
        .try_next()
        .await
        .map_err(|error| refused(&error, api))?
    {
        count += 1;
        if count > MOST_FIELDS {
            return Err(ApiError::invalid_body(format!(
                "a form must have at most {MOST_FIELDS} fields"
            )));
        }
        let disposition = disposition_of(&part)?;
        let name = disposition.name.as_str();
        if name == MEDIA {
            if form.file.is_some() {
                return Err(twice(MEDIA));
            }
            form.file = Some(received::file(part, disposition.file_name, api).await?);
        } else if let Some(name) = fields.iter().find(|field| **field == name) {
            if form.texts.contains_key(name) {
                return Err(twice(name));
            }
            let text = received::text(part, name, &mut left, api).await?;
            form.texts.insert(name, text);
        } else if disposition.file_name.is_some() {
            let name: String = name.chars().take(64).collect();
            return Err(ApiError::invalid_body(format!(
                "`{}` is a file: a form must have its file in `{MEDIA}`",
                name.escape_debug()
            )));
        }
    }
    Ok(form)
}

fn disposition_of(part: &Field) -> Result<Disposition, ApiError> {
    let header = part.headers().get(CONTENT_DISPOSITION);
    let disposition = header.and_then(|header| Disposition::parse(header.as_bytes()));
    disposition.ok_or_else(|| {
        ApiError::invalid_body(
            "each part of a form must have a `Content-Disposition: form-data` with a `name`",
        )
    })
}

fn twice(name: &str) -> ApiError {
    ApiError::invalid_body(format!("`{name}` must not be repeated"))
}
