//! Reads request bodies up to a limit.

use std::time::Duration;

use actix_web::body::{BodyStream, to_bytes_limited};
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::{HttpRequest, web};
use serde::de::DeserializeOwned;

use crate::body_bytes::{announced, count_announced, count_bytes};
use crate::body_timeout::{BodyTimeout, is_too_late};
use crate::{Api, ApiError, Arrival, Limits, json_body};

/// How long a body may take before the sender's proof of identity is checked again. A body that is
/// held back on purpose must not outlive a session that has ended meanwhile.
const PROOF_HOLDS: Duration = Duration::from_secs(1);

/// Reads a JSON object of at most `limit` bytes as `T`, and counts the bytes for the address that
/// sent them. An empty body without a `Content-Type` counts as an empty object. Fields that `T`
/// does not have are ignored.
///
/// # Errors
/// [`ApiError::unsupported_media_type`], [`ApiError::too_large`], [`ApiError::request_timeout`],
/// [`ApiError::rate_limited`], [`ApiError::invalid_json`], and [`ApiError::invalid_body`] for JSON
/// that is not a `T`, with the name of the field that is invalid.
pub async fn read_json<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: web::Payload,
    limit: usize,
) -> Result<T, ApiError> {
    refuse_encoding(request)?;
    parse(request, &read(request, payload, limit).await?)
}

/// Reads a JSON object like [`read_json`], without counting its bytes.
pub(crate) async fn read_json_uncounted<T: DeserializeOwned>(
    request: &HttpRequest,
    payload: web::Payload,
    limit: usize,
) -> Result<T, ApiError> {
    refuse_encoding(request)?;
    parse(request, &read_uncounted(request, payload, limit).await?)
}

/// Refuses a body with a `Content-Encoding`, which would be read as it is.
///
/// # Errors
/// [`ApiError::unsupported_media_type`].
pub(crate) fn refuse_encoding(request: &HttpRequest) -> Result<(), ApiError> {
    let encodings = request.headers().get_all(CONTENT_ENCODING);
    let mut encodings = encodings.map(|value| value.as_bytes().trim_ascii());
    if encodings.all(|value| value.is_empty() || value.eq_ignore_ascii_case(b"identity")) {
        return Ok(());
    }
    Err(ApiError::unsupported_media_type(
        "the body must be sent without a `Content-Encoding`: compressed bodies are not read",
    ))
}

fn parse<T: DeserializeOwned>(request: &HttpRequest, bytes: &[u8]) -> Result<T, ApiError> {
    match content_type(request).as_str() {
        "application/json" => json_body::parse(bytes),
        "" if bytes.is_empty() => json_body::parse(b"{}"),
        _ => Err(ApiError::unsupported_media_type(
            "the body must be `application/json`",
        )),
    }
}

/// Returns the MIME type of the body in lower case, without parameters. Empty if the request has no
/// `Content-Type`.
pub(crate) fn content_type(request: &HttpRequest) -> String {
    let value = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    value
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// Reads a body of at most `limit` bytes and counts the bytes for the address that sent them.
pub(crate) async fn read(
    request: &HttpRequest,
    payload: web::Payload,
    limit: usize,
) -> Result<web::Bytes, ApiError> {
    count_announced(request, limit as u64)?;
    let bytes = read_uncounted(request, payload, limit).await?;
    if announced(request).is_none() {
        count_bytes(request, bytes.len() as u64)?;
    }
    Ok(bytes)
}

async fn read_uncounted(
    request: &HttpRequest,
    payload: web::Payload,
    limit: usize,
) -> Result<web::Bytes, ApiError> {
    let too_large = || ApiError::too_large(format!("the body must be at most {limit} bytes long"));
    let announced = announced(request);
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    // `BodyTimeout` only limits the time here: exceeding the length has a separate error message.
    let body = BodyTimeout::new(payload.into_inner(), usize::MAX, time(request));
    let bytes = to_bytes_limited(BodyStream::new(body), limit)
        .await
        .map_err(|_| too_large())?
        .map_err(|error| {
            if is_too_late(&error) {
                too_late()
            } else {
                ApiError::invalid_body("the body is incomplete")
            }
        })?;
    note_body(request).await?;
    Ok(bytes)
}

/// Returns the configured base time in which the body of the request must arrive.
pub(crate) fn time(request: &HttpRequest) -> Duration {
    let api = request.app_data::<web::Data<Api>>();
    api.map_or_else(Limits::default, |api| api.limits).body_time
}

pub(crate) fn too_late() -> ApiError {
    ApiError::request_timeout("the body took too long to arrive")
}

/// Records that the body of the request has reached the server. If it took longer than a second,
/// asks the host to check the sender's proof of identity again. Everything that reads a body must
/// call this before acting on the body.
///
/// # Errors
/// Returns the error of [`Proof::still_valid`](crate::Proof::still_valid).
pub(crate) async fn note_body(request: &HttpRequest) -> Result<(), ApiError> {
    let Some(api) = request.app_data::<web::Data<Api>>() else {
        return Ok(());
    };
    match Arrival::note_body(request, api.database.now()) {
        Some(took) if took > PROOF_HOLDS => api.identity.proof(request).still_valid().await,
        _ => Ok(()),
    }
}
