//! How long a request's first line and its headers may be.

use actix_web::dev::ServiceRequest;

use crate::ApiError;

/// Bytes of a path with its query at the most. RFC 9112, 3 asks for 8,000 at the least.
const LONGEST_URI: usize = 8 << 10;

/// Bytes of all headers at the most, cookies included.
const LONGEST_HEADERS: usize = 32 << 10;

/// Refuses a head that is too long. actix itself refuses one of 128 KiB or 96 headers, before it gets here.
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
