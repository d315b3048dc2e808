//! Successful answers: JSON with `"success": true`.

use actix_web::HttpResponse;
use serde::Serialize;
use serde_json::json;

/// A body with `"success": true` before its fields.
#[derive(Debug, Serialize)]
struct Success<T> {
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

/// 200 with a page of a list: up to `limit` of `found`, which has one more where more follow.
///
/// `cursor` says where the page after an entry begins.
pub(crate) fn page<T: Serialize>(
    plural: &str,
    mut found: Vec<T>,
    limit: u32,
    cursor: impl FnOnce(&T) -> String,
) -> HttpResponse {
    let limit = limit as usize;
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = found.last().filter(|_| has_more).map(cursor);
    ok(json!({ plural: found, "has_more": has_more, "next_cursor": next_cursor }))
}

/// 201 with these fields.
pub(crate) fn created(fields: impl Serialize) -> HttpResponse {
    HttpResponse::Created().json(Success {
        success: true,
        fields,
    })
}
