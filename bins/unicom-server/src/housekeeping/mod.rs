//! Periodic housekeeping: deletes what has ended or expired, and completes the pending migrations
//! of guests. Every process runs it. What one process has deleted, the others no longer find.

mod files;

use std::sync::Arc;
use std::time::{Duration, Instant};

use unicom_auth::{delete_ended_sessions, migrate_pending_guests};
use unicom_core::media::MediaStore;
use unicom_core::retention::apply_retention;
use unicom_db::queries::{account_tombstones, guest_files};
use unicom_db::{Database, DbError};
use unicom_http::security_log::Sources;

use crate::Metrics;

/// The time between two sweeps.
const EVERY: Duration = Duration::from_secs(10 * 60);

/// The time between two deletions of expired data. Retention is set in days, and each deletion
/// walks through all chats.
const RETENTION_EVERY: Duration = Duration::from_secs(60 * 60);

/// How long an erasure is remembered: far longer than a message can be in transit.
const ERASURES_FOR: Duration = Duration::from_secs(60 * 60);

/// The number of rows that one write deletes, small enough that no message waits long behind it.
const BATCH: i64 = 500;

/// The time between two checks for lines that the log suppressed, whose number is then logged.
const SUPPRESSED_EVERY: Duration = Duration::from_secs(60);

/// Sweeps rows and files, immediately and then periodically, logs how many lines the log
/// suppressed, and keeps the memory of metrics bounded. Runs until it is dropped.
pub(crate) async fn run_housekeeping(
    database: Database,
    media: Arc<dyn MediaStore>,
    sources: Sources,
    metrics: Metrics,
) {
    let files = files::sweep_files(database.clone(), Arc::clone(&media));
    tokio::join!(
        sweep_rows(database, media),
        files,
        tell_suppressed(sources),
        metrics.run_upkeep()
    );
}

async fn tell_suppressed(sources: Sources) {
    loop {
        tokio::time::sleep(SUPPRESSED_EVERY).await;
        sources.write_suppressed();
    }
}

async fn sweep_rows(database: Database, media: Arc<dyn MediaStore>) {
    let mut looked: Option<Instant> = None;
    loop {
        match sweep(&database).await {
            Ok(0) => {}
            Ok(sessions) => log::info!("deleted {sessions} expired sessions"),
            Err(error) => log::warn!("deleting expired sessions failed: {error}"),
        }
        match migrate_pending_guests(&database).await {
            Ok(0) => {}
            Ok(moved) => {
                log::info!("migrated {moved} guests to the users they belong to")
            }
            Err(error) => log::warn!("migrating guests to users failed: {error}"),
        }
        let counted = database.write_background(|tx| guest_files::lock_total(tx).map(drop));
        if let Err(error) = counted.await {
            log::warn!("adding up the files of guests failed: {error}");
        }
        if looked.is_none_or(|at| at.elapsed() >= RETENTION_EVERY) {
            looked = Some(Instant::now());
            apply_retention_rules(&database, media.as_ref()).await;
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Deletes the sessions that have ended. Returns their number.
async fn sweep(database: &Database) -> Result<usize, DbError> {
    let mut swept = 0;
    loop {
        let some = database
            .write_background(|tx| delete_ended_sessions(tx, BATCH))
            .await?;
        swept += some;
        // There are no more, or other processes are sweeping too.
        if i64::try_from(some).unwrap_or(i64::MAX) < BATCH {
            return Ok(swept);
        }
    }
}

/// Deletes data that is older than its channel's retention period, and old records of erasures.
async fn apply_retention_rules(database: &Database, media: &dyn MediaStore) {
    match apply_retention(database, media).await {
        Ok(expired) => {
            for of in expired.channels {
                let (channel, days) = (of.channel_id, of.days);
                if of.messages + of.chats + of.accounts > 0 {
                    log::info!(
                        "channel {channel}: deleted what is older than {days} days: {} messages, {} files, {} chats, {} accounts",
                        of.messages,
                        of.files,
                        of.chats,
                        of.accounts,
                    );
                }
            }
        }
        Err(error) => log::warn!("applying retention failed: {error}"),
    }
    let forgotten = database.write_background(|tx| {
        let before = tx.now().minus(ERASURES_FOR);
        account_tombstones::delete_old_erasures(tx, before, BATCH)
    });
    if let Err(error) = forgotten.await {
        log::warn!("deleting old records of erasures failed: {error}");
    }
}
