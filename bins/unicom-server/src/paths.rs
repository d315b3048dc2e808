//! The paths of local data: the database file, the files of messages and the secret key.

use std::path::{Path, PathBuf};

use unicom_db::Db;
use unicom_db::files::check_as_root;
use url::Url;

use crate::{Failure, Settings};

/// The name of the secret key's file in the data folder.
pub(crate) const KEY_FILE: &str = "unicom.key";

/// Returns the path of the database file. Returns `None` if the database is not SQLite.
pub(crate) fn sqlite_file(settings: &Settings) -> Option<&Path> {
    settings
        .database_url
        .strip_prefix("sqlite://")
        .map(Path::new)
}

/// Connects to an existing database. Creates no SQLite file and no tables.
pub(crate) fn existing_database(settings: &Settings) -> Result<Db, Failure> {
    match sqlite_file(settings) {
        Some(path) if !path.exists() => Err(Failure::Failed(format!(
            "`{}` does not exist: `unicom migrate` creates it",
            path.display()
        ))),
        _ => Ok(Db::connect(&settings.database_url)?),
    }
}

/// Returns the folder with the files of messages. Returns `None` if they are not in a local folder.
pub(crate) fn media_folder(settings: &Settings) -> Option<PathBuf> {
    match &settings.media_url {
        None => Some(settings.data_dir.join("media")),
        Some(url) => Url::parse(url)
            .ok()
            .filter(|url| url.scheme() == "file")
            .and_then(|url| url.to_file_path().ok()),
    }
}

/// Returns the path of the secret key's file in the data folder. Returns `None` if a setting gives
/// the key or another file.
pub(crate) fn key_file(settings: &Settings) -> Option<PathBuf> {
    let given = settings.secret_key.is_some() || settings.secret_key_file.is_some();
    (!given).then(|| settings.data_dir.join(KEY_FILE))
}

/// Checks, if root runs the command, that none of the service's data is a link that the service's
/// user may have made.
pub(crate) fn check_links(settings: &Settings) -> Result<(), Failure> {
    let key = key_file(settings);
    let media = media_folder(settings);
    let messages = media.as_ref().map(|media| media.join("messages"));
    let uploads = settings.data_dir.join("uploads");
    let folders = [
        Some(settings.data_dir.clone()),
        media,
        messages,
        Some(uploads),
    ];
    let folders: Vec<&Path> = folders.iter().filter_map(Option::as_deref).collect();
    let files: Vec<&Path> = key.as_deref().into_iter().collect();
    // SQLite takes these values for an in-memory database or a URI, not for a path.
    let database = sqlite_file(settings).filter(|path| {
        let text = path.to_string_lossy();
        !text.is_empty() && !text.starts_with(':') && !text.starts_with("file:")
    });
    check_as_root(database, &files, &folders).map_err(Failure::failed)
}
