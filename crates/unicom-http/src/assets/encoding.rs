//! [`Encoding`]: the compressed form of a file that is sent.

use actix_web::HttpRequest;
use actix_web::http::header::{self, AcceptEncoding, Header};

/// A form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As it is.
    Raw,
    /// Compressed with Brotli (RFC 7932).
    Brotli,
    /// Compressed with gzip (RFC 1952).
    Gzip,
}

impl Encoding {
    /// Returns the smallest form that the client accepts (RFC 9110, 12.5.3). A client that accepts
    /// none gets the file as it is.
    pub fn accepted(request: &HttpRequest) -> Self {
        let Ok(accepted) = AcceptEncoding::parse(request) else {
            return Self::Raw;
        };
        let ours = [
            header::Encoding::brotli(),
            header::Encoding::gzip(),
            header::Encoding::identity(),
        ];
        match accepted.negotiate(ours.iter()) {
            Some(chosen) if chosen == header::Encoding::brotli() => Self::Brotli,
            Some(chosen) if chosen == header::Encoding::gzip() => Self::Gzip,
            _ => Self::Raw,
        }
    }

    /// Returns the value of `Content-Encoding`, if the file is compressed.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Raw => None,
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
        }
    }

    /// Returns what tells the entity tag of this form from those of the others.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Raw => "",
            Self::Brotli => "-br",
            Self::Gzip => "-gz",
        }
    }
}
