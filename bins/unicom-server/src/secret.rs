//! The server's secret key, from the settings or from its file.

use std::fs::DirBuilder;
use std::io;
use std::path::{Path, PathBuf};

use unicom_auth::{SecretKey, has_sessions};
use unicom_db::{Database, DbError};

use crate::paths::key_file;
use crate::{Failure, Settings};

/// Loads the key to serve with. Creates its file in the data folder if no setting gives a key and
/// the file does not exist.
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

/// Creates a folder that only its owner can read, and its missing parents. An existing folder keeps
/// its mode.
fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Logs a warning if the database has sessions, because they need another key than the one that has
/// just been created in `path`.
fn warn_of_dead_sessions(database: &Database, path: PathBuf) {
    // Not awaited, because it only logs a warning.
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

/// Returns the key that [`load`] would return. Creates no file: a key that this process creates may
/// not be the server's, which may have other settings or another user.
pub(crate) fn existing(settings: &Settings) -> Result<SecretKey, Failure> {
    let Some(path) = key_file(settings) else {
        return given(settings).map_err(Failure::Usage);
    };
    let key = SecretKey::load(&path).map_err(Failure::failed)?;
    key.ok_or_else(|| {
        Failure::Failed(format!(
            "the secret follows from the server's secret key, and there is no `{}`: run `unicom \
             serve` once, which creates it, or run this command with the settings of the server",
            path.display()
        ))
    })
}

/// Returns what `unicom check` reports about the key that [`load`] would return, or the problem
/// with it. Creates no file.
pub(crate) fn check(settings: &Settings) -> Result<String, String> {
    let Some(path) = key_file(settings) else {
        return given(settings).map(|_| "can be used".to_owned());
    };
    let name = path.display();
    match SecretKey::load(&path).map_err(|error| error.to_string())? {
        None => Ok(format!("`{name}` will be created")),
        Some(_) => Ok(format!("`{name}` can be used")),
    }
}

/// Returns the key that a setting gives, directly or by a file. The file is never created, because
/// it may be the key of another server that is put there later.
fn given(settings: &Settings) -> Result<SecretKey, String> {
    let Some(path) = &settings.secret_key_file else {
        let secret = settings.secret_key.clone().unwrap_or_default();
        return SecretKey::new(secret).map_err(|error| format!("`secret_key`: {error}"));
    };
    let key = SecretKey::load(path).map_err(|error| error.to_string())?;
    key.ok_or_else(|| format!("`secret_key_file`: there is no `{}`", path.display()))
}
