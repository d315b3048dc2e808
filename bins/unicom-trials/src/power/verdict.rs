//! What a disk still has of what was acknowledged before its power was cut.

use std::path::Path;

use unicom_db::Db;

use super::tree::{self, Tree};
use crate::ack_log::Sent;
use crate::database::{client_ids, damage};

/// The database's file on a stage.
pub(super) const DATABASE: &str = "bench.db";

/// What is wrong with a disk.
#[derive(Debug, Default)]
pub struct CutVerdict {
    /// Acknowledged messages that are not there.
    pub lost: u64,
    /// Files of acknowledged messages that are missing or other.
    pub files_lost: u64,
    /// What SQLite's checks find, or why the database cannot be read.
    pub damage: Vec<String>,
    examples: Vec<String>,
}

impl CutVerdict {
    /// What is wrong in words, the first of each kind.
    pub fn words(self) -> impl Iterator<Item = String> {
        self.damage
            .into_iter()
            .take(3)
            .chain(self.examples.into_iter().take(3))
    }
}

/// Looks at what a disk holds, files in its folder `media`, in a folder of its own: looking at a database writes to it.
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
            // Nothing can have been acknowledged before there were tables.
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
