//! [`Closing`]: why the server closes a WebSocket (RFC 6455, 7.4).

use actix_http::ws::{CloseCode, CloseReason, ProtocolError};

use crate::ApiError;
use crate::openapi::Kind;

/// The request is invalid.
pub(super) const INVALID: u16 = 4400;

/// The session has ended.
pub(super) const UNAUTHENTICATED: u16 = 4401;

/// The account is blocked, or may not do this.
pub(super) const FORBIDDEN: u16 = 4403;

/// The client does not answer pings.
pub(super) const SILENT: u16 = 4408;

/// The client sends too much.
pub(super) const TOO_MANY: u16 = 4429;

/// Why the server closes a connection.
pub(super) struct Closing(pub CloseReason);

impl Closing {
    pub fn new(code: CloseCode, why: impl Into<String>) -> Self {
        Self((code, why.into()).into())
    }
}

impl From<ApiError> for Closing {
    fn from(error: ApiError) -> Self {
        let code = match error.kind().status().as_u16() {
            // A guest's session ends with the login.
            403 if error.kind() == Kind::CsrfFailed => CloseCode::Other(UNAUTHENTICATED),
            401 => CloseCode::Other(UNAUTHENTICATED),
            403 => CloseCode::Other(FORBIDDEN),
            429 => CloseCode::Other(TOO_MANY),
            503 => CloseCode::Again,
            _ => CloseCode::Error,
        };
        Self::new(code, error.kind().code())
    }
}

/// Returns how a connection is closed whose client breaks the protocol.
pub(super) fn violation(error: &ProtocolError) -> Closing {
    match error {
        ProtocolError::Overflow => Closing::new(CloseCode::Size, "a message is longer than 64 KiB"),
        _ => Closing::new(CloseCode::Protocol, error.to_string()),
    }
}
