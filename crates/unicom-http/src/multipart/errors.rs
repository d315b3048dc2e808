//! Errors of forms that cannot be read or exceed a limit.

use actix_multipart::MultipartError;
use actix_web::error::PayloadError;

use crate::body::too_late;
use crate::body_bytes::refusal;
use crate::body_timeout::is_too_late;
use crate::{Api, ApiError};

/// Returns the error for a body that cannot be read as a form.
pub(super) fn refused(error: &MultipartError, api: &Api) -> ApiError {
    match error {
        MultipartError::Payload(error) => match refusal(error) {
            Some(refused) => refused,
            None if matches!(error, PayloadError::Overflow) => too_large(api),
            None if is_too_late(error) => too_late(),
            None => malformed(),
        },
        _ => malformed(),
    }
}

fn malformed() -> ApiError {
    ApiError::invalid_body("the body is not well-formed `multipart/form-data`")
}

/// Returns the error for a file or form that exceeds its limit.
pub(super) fn too_large(api: &Api) -> ApiError {
    ApiError::too_large(format!(
        "`media` must be at most {} bytes long, and everything else at most {}",
        api.limits.file, api.limits.body
    ))
}
