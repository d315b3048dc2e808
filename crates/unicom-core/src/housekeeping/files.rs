//! The deletion of files in the media store that no message references.

use std::time::Duration;

use unicom_db::Database;

use super::orphans::{OrphanSweep, SweepError, Swept, sweep_orphans};
use crate::media::{MediaError, MediaStore};

/// The pause after every 500 files. A million files take less than ten minutes, and hardly any of
/// the machine's capacity.
const PAUSE: Duration = Duration::from_millis(200);

/// Deletes such files, unless the store cannot list its files.
pub(super) async fn sweep(database: &Database, media: &dyn MediaStore) {
    match sweep_orphans(database, media, OrphanSweep::Delete, PAUSE).await {
        Ok(swept) => log_swept(swept),
        // A custom store of the host, or one that stores no files.
        Err(SweepError::Media(MediaError::NotListed { .. })) => {}
        Err(error) => log::warn!("deleting orphaned files failed: {error}"),
    }
}

fn log_swept(swept: Swept) {
    let Swept {
        files,
        orphans,
        deleted,
        not_deleted,
        unfinished,
    } = swept;
    if not_deleted > 0 {
        log::warn!(
            "the media store failed to delete {not_deleted} files that no message references: the next sweep tries again"
        );
    }
    if swept.is_mostly_orphans() {
        log::warn!(
            "no message references {orphans} of {files} files in the media store, which probably belongs to \
             another database: they are kept; `unicom media sweep --force` deletes them"
        );
    } else if deleted + unfinished > 0 {
        log::info!(
            "deleted {deleted} files that no message references, and {unfinished} unfinished uploads"
        );
    }
}
