//! `/healthz` and `/readyz`: whether the process lives, and whether it can work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use actix_web::{HttpResponse, web};
use serde::Serialize;
use tokio::sync::Mutex;
use unicom_db::{Database, DbError};
use unicom_http::openapi::{ErrorResponses, Kind, Routes, error_kinds};
use unicom_http::{ApiError, Storage, routes};
use utoipa::ToSchema;

/// However often it is asked whether the server can work, the database is asked no more often.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// Bytes without which SQLite's database cannot be written: a checkpoint and a log of some transactions.
const DATABASE_NEEDS: u64 = 1 << 20;

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

/// Whether the server can work, as it was found a moment ago.
pub(crate) struct Readiness {
    database: Database,
    storage: Storage,
    last: Arc<Mutex<Option<Found>>>,
}

/// When it was asked, and what was found.
type Found = (Instant, Result<Ready, ApiError>);

impl Readiness {
    /// Creates it for a database and a storage.
    pub fn new(database: Database, storage: Storage) -> Self {
        Self {
            database,
            storage,
            last: Arc::default(),
        }
    }

    /// Returns whether it can, or could within the last second: asking more often costs nothing, and however long the
    /// database takes, it is asked once at a time.
    async fn get(&self) -> Result<Ready, ApiError> {
        let (last, database) = (Arc::clone(&self.last), self.database.clone());
        let storage = self.storage.clone();
        // In a separate task, which goes on when the client goes away.
        let asking = actix_web::rt::spawn(async move {
            let mut last = last.lock().await;
            if let Some((at, found)) = &*last
                && at.elapsed() < ASK_EVERY
            {
                return found.clone();
            }
            let found = look(&database, storage).await;
            *last = Some((Instant::now(), found.clone()));
            found
        });
        asking.await.map_err(ApiError::unexpected)?
    }
}

async fn look(database: &Database, storage: Storage) -> Result<Ready, ApiError> {
    let cannot_be_written = || ApiError::storage_full("the database cannot be written");
    database
        .read(|db| db.ping_to_write())
        .await
        .map_err(|error| {
            log::warn!("not ready: {error}");
            match error {
                DbError::NotWritable { .. } => cannot_be_written(),
                _ => ApiError::busy_because("the database does not answer"),
            }
        })?;
    let found = web::block(move || (storage.spaces(), storage.takes_files())).await;
    let (spaces, takes_files) = found.map_err(ApiError::unexpected)?;
    let database_is_full = spaces.iter().any(|(place, space)| {
        *place == "database" && (space.is_read_only || space.free_bytes < DATABASE_NEEDS)
    });
    if database_is_full {
        log::warn!("not ready: there is no room left for the database");
        return Err(cannot_be_written());
    }
    Ok(Ready {
        success: true,
        takes_files,
    })
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

/// The server can work.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
struct Ready {
    /// True.
    success: bool,
    /// Whether it takes files; false while less space is free than must stay free. Everything else goes on.
    takes_files: bool,
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
///
/// The answer may be a second old.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "service",
    responses(
        (status = 200, description = "The database answers and can be written", body = Ready),
        ErrorResponses<{ error_kinds(&[Kind::Busy, Kind::StorageFull, Kind::Draining]) }>,
    ),
)]
async fn ready(
    draining: web::Data<Draining>,
    readiness: web::Data<Readiness>,
) -> Result<HttpResponse, ApiError> {
    if draining.has_begun() {
        return Err(ApiError::draining("the server is shutting down"));
    }
    Ok(HttpResponse::Ok().json(readiness.get().await?))
}
