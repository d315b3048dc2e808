//! Passwords that an earlier `quickstart` gave to its users, and that its documentation named.

use unicom_auth::users;
use unicom_db::{Database, Db, DbError};

/// The users of `quickstart`, and the passwords that they had.
const PUBLISHED: [(&str, &str); 2] = [("alice", "alice-password"), ("bob", "bob-password")];

/// Returns the users who can still log in with a published password. Takes as long as hashing one
/// password for each of these users who exists.
pub(crate) fn users_with_published_passwords(db: &mut Db) -> Result<Vec<&'static str>, DbError> {
    let mut found = Vec::new();
    for (username, password) in PUBLISHED {
        if users::can_log_in(db, username, password)? {
            found.push(username);
        }
    }
    Ok(found)
}

/// Returns the problem with a user who has a published password, and the remedy.
pub(crate) fn warning(username: &str) -> String {
    format!(
        "user `{username}` has the password that an earlier `quickstart` published, so anyone can log in: \
         `unicom user set-password {username} --password-stdin` sets another one"
    )
}

/// Logs a warning for each user with a published password.
pub(crate) fn warn(database: &Database) -> Result<(), DbError> {
    for username in database.read(users_with_published_passwords).wait()? {
        log::warn!("{}", warning(username));
    }
    Ok(())
}
