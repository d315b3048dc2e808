//! The boundary of a form, also as libraries write it that do not quote it.

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

use crate::ApiError;

/// Returns headers that separate the parts of the request's form.
///
/// They do not say `form-data`: that has the parser interpret the disposition of the parts, more
/// strictly than senders write it.
///
/// # Errors
/// [`ApiError::invalid_body`] if the boundary is missing or unusable.
pub(super) fn headers(request: &HttpRequest) -> Result<HeaderMap, ApiError> {
    let value = request.headers().get(CONTENT_TYPE);
    let value = value.and_then(|value| value.to_str().ok());
    let boundary = value.and_then(boundary);
    let mixed = boundary.and_then(|boundary| {
        let mixed = format!("multipart/mixed; boundary=\"{boundary}\"");
        HeaderValue::try_from(mixed).ok()
    });
    let mixed = mixed.ok_or_else(|| {
        ApiError::invalid_body("`multipart/form-data` needs a `boundary` without quotes in it")
    })?;
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, mixed);
    Ok(headers)
}

/// Returns the boundary: between quotes, or everything up to the next `;`.
fn boundary(content_type: &str) -> Option<&str> {
    let mut rest = content_type;
    loop {
        rest = rest.split_once(';')?.1.trim_start();
        let (name, value) = rest.split_once('=')?;
        if !name.trim_end().eq_ignore_ascii_case("boundary") {
            continue;
        }
        let value = value.trim_start();
        let boundary = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?.0,
            None => value.split(';').next().unwrap_or_default().trim_end(),
        };
        let is_usable = !boundary.is_empty() && !boundary.contains(['"', '\\']);
        return is_usable.then_some(boundary);
    }
}
