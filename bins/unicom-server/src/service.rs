//! `/healthz` and `/readyz`: whether the process lives, and whether it can work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::{HttpResponse, web};
use serde_json::json;
use unicom_db::Database;
use unicom_http::{ApiError, at};

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
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            at("/healthz")
                .route(web::get().to(alive))
                .route(web::head().to(alive)),
        )
        .service(
            at("/readyz")
                .route(web::get().to(ready))
                .route(web::head().to(ready)),
        );
}

async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "success": true }))
}

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
    Ok(HttpResponse::Ok().json(json!({ "success": true })))
}
