//! `/healthz` and `/readyz`: whether the process is alive, and whether it is ready to work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use actix_web::{HttpResponse, web};
use serde::Serialize;
use tokio::sync::Mutex;
use unicom_db::{Database, DbError};
use unicom_http::openapi::{ErrorResponses, Kind, Routes, error_kinds};
use unicom_http::{ApiError, routes, storage::Storage};
use utoipa::ToSchema;

/// The shortest time between two checks of the database, however often clients ask.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// The bytes that must be free for SQLite to write the database: a checkpoint and a log of some
/// transactions.
const DATABASE_NEEDS: u64 = 1 << 20;

/// A flag that is set once the server is shutting down.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draining(Arc<AtomicBool>);

impl Draining {
    /// Marks the server as shutting down.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn has_begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The readiness of the server, cached for a moment.
pub(crate) struct Readiness {
    database: Database,
    storage: Storage,
    last: Arc<Mutex<Option<Found>>>,
}

/// The time of a check, and its result.
type Found = (Instant, Result<Ready, ApiError>);

impl Readiness {
    /// Creates the readiness of a database and a storage.
    pub fn new(database: Database, storage: Storage) -> Self {
        Self {
            database,
            storage,
            last: Arc::default(),
        }
    }

    /// Returns the readiness of the server, at most a second old. More frequent calls cost nothing,
    /// and the database is asked by one call at a time, however long it takes.
    async fn get(&self) -> Result<Ready, ApiError> {
        let (last, database) = (Arc::clone(&self.last), self.database.clone());
        let storage = self.storage.clone();
        // In a separate task, which continues if the client disconnects.
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
                _ => ApiError::busy_because("the database does not respond"),
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

/// The routes for programs that monitor the process.
pub(crate) const ROUTES: Routes = routes! {
    self => [alive],
    self => [ready],
};

/// The process is alive.
#[derive(Serialize, ToSchema)]
struct Empty {
    /// Always true.
    success: bool,
}

/// The server is ready.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
struct Ready {
    /// Always true.
    success: bool,
    /// Whether the server accepts files: false while less space is free than must stay free.
    /// All other requests still work.
    takes_files: bool,
}

/// Reports whether the process is alive
#[utoipa::path(
    get, path = "/healthz", operation_id = "healthz", tag = "service",
    responses((status = 200, description = "The process responds", body = Empty)),
)]
async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(Empty { success: true })
}

/// Reports whether the server is ready
///
/// The result may be a second old.
#[utoipa::path(
    get, path = "/readyz", operation_id = "readyz", tag = "service",
    responses(
        (status = 200, description = "The database responds and can be written to", body = Ready),
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
