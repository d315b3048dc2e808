//! `Precondition`: the answers that a client has already, as it says (`If-None-Match`, RFC 9110, 13.1.2).

use actix_web::HttpRequest;
use actix_web::http::header::{EntityTag, Header, IfNoneMatch};

/// The tags of answers that a client has.
#[derive(Debug)]
pub(crate) enum Precondition {
    /// None, or what the client says makes no sense.
    Nothing,
    /// Whatever there is.
    Anything,
    /// Those with these tags.
    Tagged(Vec<EntityTag>),
}

impl Precondition {
    /// What the client of this request has.
    pub fn of(request: &HttpRequest) -> Self {
        match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => Self::Anything,
            Ok(IfNoneMatch::Items(tags)) => Self::Tagged(tags),
            Err(_) => Self::Nothing,
        }
    }

    /// Whether the client has the answer with this tag.
    pub fn has(&self, tag: &EntityTag) -> bool {
        match self {
            Self::Nothing => false,
            Self::Anything => true,
            Self::Tagged(tags) => tags.iter().any(|known| known.weak_eq(tag)),
        }
    }
}
