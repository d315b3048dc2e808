//! Successful answers: JSON with `"success": true`.

use actix_web::HttpResponse;
use actix_web::http::header::{ContentType, ETAG, EntityTag, HeaderValue};
use serde::Serialize;
use unicom_core::media::sha256_hex;
use utoipa::ToSchema;

use crate::ApiError;
use crate::conditional::Precondition;
use crate::openapi::constant::always;

/// A body with `"success": true` before its fields.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Success<T> {
    /// True.
    #[schema(schema_with = always::<true>)]
    success: bool,
    #[serde(flatten)]
    fields: T,
}

/// 200 with these fields.
pub(crate) fn ok(fields: impl Serialize) -> HttpResponse {
    HttpResponse::Ok().json(Success {
        success: true,
        fields,
    })
}

/// The same answer with a tag, by which a client that has it may ask whether there is another.
pub(crate) fn tagged(mut response: HttpResponse, tag: Option<EntityTag>) -> HttpResponse {
    let value = tag.and_then(|tag| HeaderValue::try_from(tag.to_string()).ok());
    if let Some(value) = value {
        response.headers_mut().insert(ETAG, value);
    }
    response
}

/// 304: the client has the answer.
pub(crate) fn not_modified(tag: EntityTag) -> HttpResponse {
    tagged(HttpResponse::NotModified().finish(), Some(tag))
}

/// 200 with these fields, or 304 where the client has the same already.
pub(crate) fn ok_unless_unmodified(
    known: &Precondition,
    fields: impl Serialize,
) -> Result<HttpResponse, ApiError> {
    let body = serde_json::to_vec(&Success {
        success: true,
        fields,
    })
    .map_err(ApiError::unexpected)?;
    // Visitors write parts of it, and must not be able to make two bodies with one tag.
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

/// Success, and no more to say.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Empty {}

/// Where a page of a list ends.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PageEnd {
    /// Whether more follow.
    has_more: bool,
    /// What shows them, as `cursor`.
    next_cursor: Option<String>,
}

/// A page of a list: up to `limit` of `found`, which has one more where more follow.
///
/// `cursor` says where the page after an entry begins.
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

/// 201 with these fields.
pub(crate) fn created(fields: impl Serialize) -> HttpResponse {
    HttpResponse::Created().json(Success {
        success: true,
        fields,
    })
}
