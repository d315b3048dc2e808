//! `/healthz` and `/readyz`: whether the process lives, and whether it can work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::{HttpResponse, web};
use serde::Serialize;
use unicom_db::Database;
use unicom_http::openapi::{Fails, Kind, Routes, fails};
use unicom_http::{ApiError, routes};
use utoipa::ToSchema;

/// Whether the server is shutting down.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draining(Arc<AtomicBool>);

impl Draining {
    /// From now on it is.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn has_begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The routes for whoever watches over the process.
pub(crate) const ROUTES: Routes = routes! {
    self => [alive],
    self => [ready],
};

/// Yes, and no more to say.
#[derive(Serialize, ToSchema)]
struct Yes {
    /// True.
    success: bool,
}

/// Whether the process lives
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "healthz",
    tag = "service",
    responses((status = 200, description = "It does", body = Yes)),
)]
async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(Yes { success: true })
}

/// Whether the server can work
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "service",
    responses(
        (status = 200, description = "The database answers", body = Yes),
        Fails<{ fails(&[Kind::Busy, Kind::Draining]) }>,
    ),
)]
async fn ready(
    draining: web::Data<Draining>,
    database: web::Data<Database>,
) -> Result<HttpResponse, ApiError> {
    if draining.has_begun() {
        return Err(ApiError::draining("the server is shutting down"));
    }
    database.read(|db| db.ping()).await.map_err(|error| {
        log::warn!("not ready: {error}");
        ApiError::busy_because("the database does not answer")
    })?;
    Ok(HttpResponse::Ok().json(Yes { success: true }))
}
