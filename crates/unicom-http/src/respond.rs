//! Successful responses: JSON with `"success": true`.

use actix_web::HttpResponse;
use actix_web::http::header::{ContentType, ETAG, EntityTag, HeaderValue};
use serde::Serialize;
use unicom_content::media::sha256_hex;
use utoipa::ToSchema;

use crate::ApiError;
use crate::conditional::Precondition;
use crate::openapi::constant::always;

/// A body with `"success": true` before its fields.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Success<T> {
    /// Always true.
    #[schema(schema_with = always::<true>)]
    success: bool,
    #[serde(flatten)]
    fields: T,
}

/// Returns a 200 response with these fields.
pub(crate) fn ok(fields: impl Serialize) -> HttpResponse {
    HttpResponse::Ok().json(Success {
        success: true,
        fields,
    })
}

/// Adds an `ETag` to a response, with which a client can later ask for changes.
pub(crate) fn tagged(mut response: HttpResponse, tag: Option<EntityTag>) -> HttpResponse {
    let value = tag.and_then(|tag| HeaderValue::try_from(tag.to_string()).ok());
    if let Some(value) = value {
        response.headers_mut().insert(ETAG, value);
    }
    response
}

/// Returns a 304 response for a client that already has the response with this tag.
pub(crate) fn not_modified(tag: EntityTag) -> HttpResponse {
    tagged(HttpResponse::NotModified().finish(), Some(tag))
}

/// Returns a 200 response with these fields, or 304 if the client already has the same response.
pub(crate) fn ok_unless_unmodified(
    known: &Precondition,
    fields: impl Serialize,
) -> Result<HttpResponse, ApiError> {
    let body = serde_json::to_vec(&Success {
        success: true,
        fields,
    })
    .map_err(ApiError::unexpected)?;
    // A cryptographic digest: visitors write parts of the body and must not be able to create two
    // bodies with the same tag.
    let digest = sha256_hex(body.as_slice()).map_err(ApiError::unexpected)?;
    let tag = EntityTag::new_weak(digest);
    if known.has(&tag) {
        return Ok(not_modified(tag));
    }
    let response = HttpResponse::Ok()
        .content_type(ContentType::json())
        .body(body);
    Ok(tagged(response, Some(tag)))
}

/// A success without further fields.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Empty {}

/// The end of a page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PageEnd {
    /// Whether more entries follow.
    has_more: bool,
    /// The `cursor` of the next page; null on the last page.
    next_cursor: Option<String>,
}

/// Splits off a page of a list: keeps up to `limit` entries of `found`, which has one more entry if
/// further pages follow.
///
/// `cursor` returns the cursor of the page after an entry.
pub(crate) fn page<T>(
    mut found: Vec<T>,
    limit: u32,
    cursor: impl FnOnce(&T) -> String,
) -> (Vec<T>, PageEnd) {
    let limit = limit as usize;
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = found.last().filter(|_| has_more).map(cursor);
    let end = PageEnd {
        has_more,
        next_cursor,
    };
    (found, end)
}

/// Returns a 201 response with these fields.
pub(crate) fn created(fields: impl Serialize) -> HttpResponse {
    HttpResponse::Created().json(Success {
        success: true,
        fields,
    })
}
