//! Successful answers: JSON with `"success": true`.

use actix_web::HttpResponse;
use serde::Serialize;

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

/// 201 with these fields.
pub(crate) fn created(fields: impl Serialize) -> HttpResponse {
    HttpResponse::Created().json(Success {
        success: true,
        fields,
    })
}
