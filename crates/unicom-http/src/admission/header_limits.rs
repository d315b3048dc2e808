//! Limits on the length of a request's path and headers.

use actix_web::dev::ServiceRequest;

use crate::ApiError;

/// Maximum length of a path with its query in bytes. RFC 9112, 3 recommends support for at least
/// 8,000.
const LONGEST_URI: usize = 8 << 10;

/// Maximum length of all headers in bytes, including cookies.
const LONGEST_HEADERS: usize = 32 << 10;

/// Refuses a head that is too long. actix itself refuses a head of 128 KiB or 96 headers before
/// this check.
pub(super) fn check(request: &ServiceRequest) -> Result<(), ApiError> {
    let uri = request.uri();
    let length = uri.path_and_query().map_or(0, |path| path.as_str().len());
    if length > LONGEST_URI {
        return Err(ApiError::uri_too_long(format!(
            "the address must be at most {LONGEST_URI} bytes long"
        )));
    }
    let headers = request.headers().iter();
    let length: usize = headers
        .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
        .sum();
    if length > LONGEST_HEADERS {
        return Err(ApiError::headers_too_large(format!(
            "the headers must be at most {LONGEST_HEADERS} bytes long, cookies included"
        )));
    }
    Ok(())
}
