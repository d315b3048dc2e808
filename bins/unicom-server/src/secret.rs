//! The server's secret key: what the settings give, else what its file holds.

use std::fs::DirBuilder;
use std::io;
use std::path::{Path, PathBuf};

use unicom_auth::{SecretKey, has_sessions};
use unicom_db::{Database, DbError};

use crate::paths::key_file;
use crate::{Failure, Settings};

/// The key to serve with. Makes its file in the data folder where there is none.
pub(crate) fn load(settings: &Settings, database: &Database) -> Result<SecretKey, Failure> {
    let Some(path) = key_file(settings) else {
        return given(settings).map_err(Failure::Usage);
    };
    if let Some(key) = SecretKey::load(&path).map_err(Failure::failed)? {
        return Ok(key);
    }
    let folder = &settings.data_dir;
    create_private(folder)
        .map_err(|error| Failure::Failed(format!("the folder `{}`: {error}", folder.display())))?;
    let key = SecretKey::load_or_create(&path).map_err(Failure::failed)?;
    warn_of_dead_sessions(database, path);
    Ok(key)
}

/// Creates a folder that only its owner reads, and those above it. One that is there keeps its mode.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
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
        Some(_) => Ok(format!("`{name}` can be used")),
    }
}

/// The key that a setting gives, itself or by a file. That file is never made: it may be one of another server that is
/// still to come.
fn given(settings: &Settings) -> Result<SecretKey, String> {
    let Some(path) = &settings.secret_key_file else {
        let secret = settings.secret_key.clone().unwrap_or_default();
        return SecretKey::new(secret).map_err(|error| format!("`secret_key`: {error}"));
    };
    let key = SecretKey::load(path).map_err(|error| error.to_string())?;
    key.ok_or_else(|| format!("`secret_key_file`: there is no `{}`", path.display()))
}
