//! Housekeeping: now and then, what has ended or is too old is swept away, and what is owed to users is given to them.
//! Every process does it; what one has swept, others do not find.

mod files;

use std::sync::Arc;
use std::time::{Duration, Instant};

use unicom_auth::{delete_ended_sessions, migrate_pending_guests};
use unicom_core::media::MediaStore;
use unicom_core::retention::apply_retention;
use unicom_db::queries::{account_tombstones, guest_files};
use unicom_db::{Database, DbError};
use unicom_http::Sources;

/// How long after a sweep the next one is.
const EVERY: Duration = Duration::from_secs(10 * 60);

/// How long after what is too old was deleted it is looked for again. It is told in days; looking costs a walk through
/// all chats.
const RETENTION_EVERY: Duration = Duration::from_secs(60 * 60);

/// How long it is remembered who was erased: far longer than a message can be under way.
const ERASURES_FOR: Duration = Duration::from_secs(60 * 60);

/// Rows that one write deletes, so that no message waits long behind it.
const AT_ONCE: i64 = 500;

/// How often it is looked for lines that the log did not take, to say how many there were.
const SUPPRESSED_EVERY: Duration = Duration::from_secs(60);

/// Sweeps rows and files, at once and again and again, and says what the log did not take, until it is dropped.
pub(crate) async fn run_housekeeping(
    database: Database,
    media: Arc<dyn MediaStore>,
    sources: Sources,
) {
    let files = files::sweep_files(database.clone(), Arc::clone(&media));
    tokio::join!(sweep_rows(database, media), files, tell_suppressed(sources));
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
            Ok(sessions) => log::info!("swept away {sessions} sessions that had ended"),
            Err(error) => log::warn!("sweeping sessions away did not work: {error}"),
        }
        match migrate_pending_guests(&database).await {
            Ok(0) => {}
            Ok(moved) => {
                log::info!("moved {moved} guests' histories to the users that they are owed to")
            }
            Err(error) => log::warn!("moving histories to users did not work: {error}"),
        }
        let counted = database.write_background(|tx| guest_files::lock_total(tx).map(drop));
        if let Err(error) = counted.await {
            log::warn!("adding up the files of guests did not work: {error}");
        }
        if looked.is_none_or(|at| at.elapsed() >= RETENTION_EVERY) {
            looked = Some(Instant::now());
            apply_retention_rules(&database, media.as_ref()).await;
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Deletes the sessions that have ended; how many there were.
async fn sweep(database: &Database) -> Result<usize, DbError> {
    let mut swept = 0;
    loop {
        let some = database
            .write_background(|tx| delete_ended_sessions(tx, AT_ONCE))
            .await?;
        swept += some;
        // Fewer than could be, or others are sweeping too.
        if i64::try_from(some).unwrap_or(i64::MAX) < AT_ONCE {
            return Ok(swept);
        }
    }
}

/// Deletes what is older than its channel keeps it, and forgets who was erased.
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
        Err(error) => log::warn!("deleting what is too old did not work: {error}"),
    }
    let forgotten = database.write_background(|tx| {
        let before = tx.now().minus(ERASURES_FOR);
        account_tombstones::delete_old_erasures(tx, before, AT_ONCE)
    });
    if let Err(error) = forgotten.await {
        log::warn!("forgetting who was erased did not work: {error}");
    }
}
