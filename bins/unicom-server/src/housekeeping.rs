//! Periodic housekeeping of the server: that of messages and sessions, which one process of the
//! installation does at a time, and that of logs and metrics, which each process does for itself.

use std::sync::Arc;
use std::time::Duration;

use unicom_auth::{delete_ended_sessions, delete_old_revocations, migrate_pending_guests};
use unicom_core::housekeeping::Housekeeping;
use unicom_core::media::MediaStore;
use unicom_db::{Database, DbError, Tx};
use unicom_http::security_log::Sources;

use crate::Metrics;

/// The time between two sweeps of sessions.
const EVERY: Duration = Duration::from_secs(10 * 60);

/// The number of rows that one write deletes, small enough that no message waits long behind it.
const BATCH: i64 = 500;

/// The time between two checks for lines that the log suppressed, whose number is then logged.
const SUPPRESSED_EVERY: Duration = Duration::from_secs(60);

/// Runs the housekeeping of messages and that of sessions, logs how many lines the log suppressed,
/// and keeps the memory of metrics bounded. Runs until it is dropped.
pub(crate) async fn run_housekeeping(
    database: Database,
    media: Arc<dyn MediaStore>,
    sources: Sources,
    metrics: Metrics,
) {
    let housekeeping = Housekeeping::new(database, media)
        .with_task("sessions", EVERY, sweep_sessions)
        .with_task("guest_migrations", EVERY, migrate_guests);
    tokio::join!(
        housekeeping.run(std::future::pending()),
        log_suppressed(sources),
        metrics.run_upkeep()
    );
}

async fn log_suppressed(sources: Sources) {
    loop {
        tokio::time::sleep(SUPPRESSED_EVERY).await;
        sources.write_suppressed();
    }
}

async fn sweep_sessions(database: Database) {
    match sweep(&database, delete_ended_sessions).await {
        Ok(0) => {}
        Ok(sessions) => log::info!("deleted {sessions} expired sessions"),
        Err(error) => log::warn!("deleting expired sessions failed: {error}"),
    }
    if let Err(error) = sweep(&database, delete_old_revocations).await {
        log::warn!("deleting the revocations of expired visitor tokens failed: {error}");
    }
}

async fn migrate_guests(database: Database) {
    match migrate_pending_guests(&database).await {
        Ok(0) => {}
        Ok(moved) => log::info!("migrated {moved} guests to the users they belong to"),
        Err(error) => log::warn!("migrating guests to users failed: {error}"),
    }
}

/// Deletes all rows of a kind, some of which `delete` deletes. Returns their number.
async fn sweep(
    database: &Database,
    delete: fn(&mut Tx<'_>, i64) -> Result<usize, DbError>,
) -> Result<usize, DbError> {
    let mut swept = 0;
    loop {
        let some = database
            .write_background(move |tx| delete(tx, BATCH))
            .await?;
        swept += some;
        if i64::try_from(some).unwrap_or(i64::MAX) < BATCH {
            return Ok(swept);
        }
    }
}
