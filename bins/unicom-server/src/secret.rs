//! The server's secret key: what the settings give, else what its file holds.

use std::fs;
use std::path::{Path, PathBuf};

use unicom_auth::{SecretKey, has_sessions};
use unicom_db::{Database, DbError};

use crate::places::key_file;
use crate::{Failure, Settings};

/// The key to serve with. Makes its file where there is none, and logs what is amiss with it.
pub(crate) fn load(settings: &Settings, database: &Database) -> Result<SecretKey, Failure> {
    let Some(path) = key_file(settings) else {
        return given(settings).map_err(Failure::Usage);
    };
    if let Some(key) = SecretKey::load(&path).map_err(Failure::failed)? {
        if let Some(warning) = exposed(&path) {
            log::warn!("`{}`: {warning}", path.display());
        }
        return Ok(key);
    }
    let folder = &settings.data_dir;
    fs::create_dir_all(folder)
        .map_err(|error| Failure::Failed(format!("the folder `{}`: {error}", folder.display())))?;
    let key = SecretKey::load_or_create(&path).map_err(Failure::failed)?;
    warn_of_dead_sessions(database, path);
    Ok(key)
}

/// Logs, where it is so, that the key that has just been made in `path` is not the one that the database's sessions need.
fn warn_of_dead_sessions(database: &Database, path: PathBuf) {
    // Nobody waits for it: it is a warning and no more.
    let _reply = database.read(move |db| -> Result<(), DbError> {
        if has_sessions(db)? {
            log::warn!(
                "`{}` was not there and is made anew: no session that the database has holds any longer; where the former \
                 key is left, in the folder of `unicom backup --files` or on another server of this database, put it in its \
                 place and start again",
                path.display()
            );
        }
        Ok(())
    });
}

/// What `unicom check` says of the key that [`load`] would give. Makes none.
pub(crate) fn look(settings: &Settings) -> Result<String, String> {
    let Some(path) = key_file(settings) else {
        return given(settings).map(|_| "can be used".to_owned());
    };
    let name = path.display();
    match SecretKey::load(&path).map_err(|error| error.to_string())? {
        None => Ok(format!("`{name}` will be made")),
        Some(_) => Ok(match exposed(&path) {
            None => format!("`{name}` can be used"),
            Some(warning) => format!("`{name}` can be used, but {warning}"),
        }),
    }
}

fn given(settings: &Settings) -> Result<SecretKey, String> {
    let secret = settings.secret_key.clone().unwrap_or_default();
    SecretKey::new(secret).map_err(|error| error.to_string())
}

/// What to say of a file that others than its owner may read. A warning and no more: what mounts it may want it so.
#[cfg(unix)]
fn exposed(path: &Path) -> Option<String> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().ok()?.permissions());
    (mode & 0o044 != 0).then(|| {
        format!(
            "others than its owner may read it (mode {:o}), and make sessions with it: `chmod 600` ends that",
            mode & 0o777
        )
    })
}

#[cfg(not(unix))]
fn exposed(_path: &Path) -> Option<String> {
    None
}
