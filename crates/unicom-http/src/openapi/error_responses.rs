//! `ErrorResponses`: the failures of a handler in the OpenAPI document.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::IntoResponses;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::{RefOr, Response, ResponseBuilder};

use crate::error::Kind;

/// The extension that holds a handler's codes until the document is assembled, when the codes of
/// the surrounding middleware are added.
pub(super) const CODES: &str = "x-codes";

/// Packs kinds of failure into a bit set for [`ErrorResponses`].
pub const fn error_kinds(kinds: &[Kind]) -> u64 {
    let (mut set, mut index) = (0, 0);
    while index < kinds.len() {
        set |= 1 << kinds[index] as u32;
        index += 1;
    }
    set
}

/// The failures of a handler, to be listed among its `responses` in `#[utoipa::path]`. Their
/// statuses follow from their kinds.
///
/// Failures of surrounding middleware are not included: see
/// [`RequestContext`](super::RequestContext).
///
/// ```
/// use unicom_http::openapi::{ErrorResponses, Kind, error_kinds};
/// use utoipa::IntoResponses;
/// type OfReading = ErrorResponses<{ error_kinds(&[Kind::InvalidParameter, Kind::NotFound]) }>;
/// assert_eq!(OfReading::responses().into_keys().collect::<Vec<_>>(), ["400", "404"]);
/// ```
#[derive(Debug)]
pub struct ErrorResponses<const KINDS: u64>;

impl<const KINDS: u64> IntoResponses for ErrorResponses<KINDS> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut codes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for kind in kinds(KINDS) {
            let status = kind.status().as_str().to_owned();
            codes.entry(status).or_default().push(kind.code());
        }
        let response = |codes: Vec<&str>| {
            let codes = ExtensionsBuilder::new().add(CODES, json!(codes)).build();
            RefOr::T(ResponseBuilder::new().extensions(Some(codes)).build())
        };
        let all = codes.into_iter();
        all.map(|(status, codes)| (status, response(codes)))
            .collect()
    }
}

/// Returns the kinds in a bit set made by [`error_kinds`].
pub(super) fn kinds(set: u64) -> impl Iterator<Item = Kind> {
    let all = Kind::ALL.iter().copied();
    all.filter(move |kind| set & error_kinds(&[*kind]) != 0)
}

/// The failures of reading a JSON body: see [`read_json`](crate::read_json).
pub const JSON_BODY: u64 = error_kinds(&[
    Kind::InvalidJson,
    Kind::InvalidBody,
    // The sender's session or token may have ended while the body arrived.
    Kind::LoginRequired,
    Kind::RequestTimeout,
    Kind::TooLarge,
    Kind::UnsupportedMediaType,
]);
