//! `Precondition`: the responses that a client already has, from `If-None-Match` (RFC 9110,
//! 13.1.2).

use actix_web::HttpRequest;
use actix_web::http::header::{EntityTag, Header, IfNoneMatch};

/// The entity tags in a request's `If-None-Match` header.
#[derive(Debug)]
pub(crate) enum Precondition {
    /// The header is missing or malformed.
    Nothing,
    /// `*`: any response matches.
    Anything,
    /// A list of entity tags.
    Tagged(Vec<EntityTag>),
}

impl Precondition {
    /// Reads the precondition of this request.
    pub fn of(request: &HttpRequest) -> Self {
        match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => Self::Anything,
            Ok(IfNoneMatch::Items(tags)) => Self::Tagged(tags),
            Err(_) => Self::Nothing,
        }
    }

    /// Returns `true` if the client already has the response with this tag.
    pub fn has(&self, tag: &EntityTag) -> bool {
        match self {
            Self::Nothing => false,
            Self::Anything => true,
            Self::Tagged(tags) => tags.iter().any(|known| known.weak_eq(tag)),
        }
    }
}
