//! What the server stores besides its database: files of messages, and the secret key.

use std::path::Path;

use unicom_auth::SecretKey;
use unicom_backup::LocalFiles;

use crate::Settings;
use crate::paths::{key_file, media_folder};

/// Returns the files and the key that a backup can include.
pub(super) fn local_files(settings: &Settings) -> LocalFiles {
    LocalFiles {
        media: media_folder(settings),
        key: key_file(settings),
        check_key: |text, path| {
            let key = SecretKey::parse(text, path);
            key.map(drop).map_err(|error| error.to_string())
        },
    }
}

/// Returns a description of what a copy of the database alone lacks. Returns `None` if it lacks
/// nothing.
pub(super) fn left_out(settings: &Settings, with_files: bool) -> Option<String> {
    let (media, key) = (media_folder(settings), key_file(settings));
    if media.is_none() {
        let url = settings.media_url.as_deref().unwrap_or_default();
        return Some(format!("not included: files of messages in `{url}`"));
    }
    let there = |path: &Path| path.exists().then(|| format!("`{}`", path.display()));
    let paths = [media, key].into_iter().flatten();
    let left: Vec<_> = paths.filter_map(|path| there(&path)).collect();
    (!with_files && !left.is_empty()).then(|| {
        format!(
            "not included: {} (files of messages, the secret key)",
            left.join(" and ")
        )
    })
}
