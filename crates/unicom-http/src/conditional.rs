//! `Precondition`: the responses that a client already has, from `If-None-Match` (RFC 9110,
//! 13.1.2).

use actix_web::HttpRequest;
use actix_web::http::header::{EntityTag, Header, IfNoneMatch};

/// The entity tags in a request's `If-None-Match` header.
#[derive(Debug)]
pub enum Precondition {
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

    /// Returns `true` if the client already has the response with this tag, also if a proxy that
    /// compresses has appended its coding to the tag.
    pub fn has(&self, tag: &EntityTag) -> bool {
        match self {
            Self::Nothing => false,
            Self::Anything => true,
            Self::Tagged(tags) => tags.iter().any(|known| is_same(known, tag)),
        }
    }
}

/// Returns `true` if `known` is this tag, or what a proxy has made of it that compresses: Apache
/// appends `-gzip` to the tag, Jetty `--gzip`, others `;gzip`.
fn is_same(known: &EntityTag, tag: &EntityTag) -> bool {
    let coding = known.tag().strip_prefix(tag.tag());
    coding.is_some_and(|coding| {
        let name = coding.trim_start_matches(['-', ';']);
        let is_coding = matches!(name, "gzip" | "br" | "zstd" | "deflate");
        coding.is_empty() || (is_coding && name != coding)
    })
}
