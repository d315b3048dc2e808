//! Checks which acknowledged messages a disk still holds after a power cut.

use std::path::Path;

use unicom_db::Db;

use super::tree::{self, Tree};
use crate::ack_log::Sent;
use crate::database::{client_ids, damage};

/// The file name of the test database.
pub(super) const DATABASE: &str = "bench.db";

/// The problems of a disk.
#[derive(Debug, Default)]
pub struct CutVerdict {
    /// The number of acknowledged messages that are missing.
    pub lost: u64,
    /// The number of files of acknowledged messages that are missing or altered.
    pub files_lost: u64,
    /// The findings of SQLite's checks, or the reason why the database cannot be read.
    pub damage: Vec<String>,
    examples: Vec<String>,
}

impl CutVerdict {
    /// Describes the problems in words, the first three of each kind.
    pub fn words(self) -> impl Iterator<Item = String> {
        self.damage
            .into_iter()
            .take(3)
            .chain(self.examples.into_iter().take(3))
    }
}

/// Checks the content of a disk, whose media files are below `media`.
///
/// Writes the content to `folder` first, because even reading a database writes to it.
pub fn judge(
    folder: &Path,
    disk: &Tree,
    media: &Path,
    sent: &[Sent],
) -> anyhow::Result<CutVerdict> {
    tree::write(folder, disk)?;
    let mut verdict = CutVerdict::default();
    let url = format!("sqlite://{}", folder.join(DATABASE).display());
    let stored = match Db::connect(&url)
        .map_err(anyhow::Error::from)
        .and_then(|mut db| {
            verdict.damage = damage(&mut db)?;
            // No message can be acknowledged before the tables exist.
            if sent.is_empty() {
                return Ok(Default::default());
            }
            Ok(client_ids(&mut db)?)
        }) {
        Ok(stored) => stored,
        Err(error) => {
            verdict
                .damage
                .push(format!("the database cannot be read: {error}"));
            Default::default()
        }
    };
    for sent in sent {
        let Some(key) = stored.get(&sent.client_id) else {
            verdict.lost += 1;
            verdict
                .examples
                .push(format!("lost by a power cut: {}", sent.client_id));
            continue;
        };
        let Some(file) = &sent.file else { continue };
        let kept = key.as_ref().and_then(|key| disk.get(&media.join(key)));
        if kept.is_none_or(|kept| kept.as_deref() != Some(&**file)) {
            verdict.files_lost += 1;
            verdict
                .examples
                .push(format!("its file lost by a power cut: {}", sent.client_id));
        }
    }
    Ok(verdict)
}
