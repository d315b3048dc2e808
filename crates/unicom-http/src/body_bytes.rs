//! `Metered`: a body of unannounced length that is counted for its address while it arrives.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{self, Bytes};
use futures_util::Stream;

use crate::{ApiError, admission::Admission};

/// Bytes that arrive before they are counted. A bucket counts in units of 1 KiB, and a body may
/// arrive in chunks of a few bytes.
const PART: u64 = 64 << 10;

/// Counts a body of at most `limit` bytes for its address if the request announces its length.
/// Otherwise the body is counted while it is read: see [`count_bytes`] and [`Metered`].
///
/// # Errors
/// [`ApiError::rate_limited`] if the address has sent too many bytes.
pub(crate) fn count_announced(request: &HttpRequest, limit: u64) -> Result<(), ApiError> {
    match announced(request) {
        // At most `limit` bytes are read.
        Some(length) => count_bytes(request, length.min(limit)),
        None => Ok(()),
    }
}

/// Returns the body's length from `Content-Length`, or `None` if it is missing or malformed.
pub(crate) fn announced(request: &HttpRequest) -> Option<u64> {
    let value = request.headers().get(CONTENT_LENGTH)?;
    value.to_str().ok()?.parse().ok()
}

/// Counts bytes of a body for the address that sent them.
///
/// # Errors
/// [`ApiError::rate_limited`] if the address has sent too many bytes.
pub(crate) fn count_bytes(request: &HttpRequest, bytes: u64) -> Result<(), ApiError> {
    match request.app_data::<web::Data<Admission>>() {
        Some(admission) => admission.check_bytes(request, bytes),
        None => Ok(()),
    }
}

/// A body that is counted for its address while it arrives. It ends with an error if the address
/// has sent too many bytes.
pub(crate) struct Metered {
    payload: Payload,
    request: HttpRequest,
    uncounted: u64,
}

impl Metered {
    /// Wraps a body, unless its length was announced.
    pub fn unless_announced(request: &HttpRequest, payload: Payload) -> Payload {
        if announced(request).is_some() {
            return payload;
        }
        Payload::Stream {
            payload: Box::pin(Self {
                payload,
                request: request.clone(),
                uncounted: 0,
            }),
        }
    }

    fn count(&mut self) -> Result<(), PayloadError> {
        let bytes = std::mem::take(&mut self.uncounted);
        count_bytes(&self.request, bytes)
            .map_err(|refused| PayloadError::Io(io::Error::other(refused)))
    }
}

impl Stream for Metered {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut self.payload).poll_next(context);
        let counted = match &polled {
            Poll::Ready(Some(Ok(bytes))) => {
                self.uncounted += bytes.len() as u64;
                if self.uncounted >= PART {
                    self.count()
                } else {
                    Ok(())
                }
            }
            Poll::Ready(None) if self.uncounted > 0 => self.count(),
            _ => Ok(()),
        };
        match counted {
            Ok(()) => polled,
            Err(refused) => Poll::Ready(Some(Err(refused))),
        }
    }
}

/// Returns the refusal that ended a body whose address has sent too many bytes. Returns `None` for
/// other errors.
pub(crate) fn refusal(error: &PayloadError) -> Option<ApiError> {
    match error {
        PayloadError::Io(error) => error.get_ref()?.downcast_ref().cloned(),
        _ => None,
    }
}
