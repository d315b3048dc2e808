//! What had ended in a database that a backup takes the place of, and must not begin again in it.

mod accounts;
mod erased;
mod sessions;
mod tokens;
mod users;

use serde::Serialize;
use unicom_db::{Db, DbError, Tx};

use accounts::block_accounts;
use erased::shut_out_erased;
use sessions::{end_guest_sessions, end_sessions_that_had_ended};
pub use sessions::{end_sessions_of_guests, end_user_sessions};
use tokens::revoke_tokens;
use users::{Users, restrict_users};

/// Rows that are looked up in the other database with one statement.
const PAGE: i64 = 500;

/// What the restored database has taken over from the replaced one, by name or number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CarriedOver {
    /// Names of users who may no longer log in.
    pub deactivated_users: Vec<String>,
    /// Names of users who are no longer staff.
    pub former_staff: Vec<String>,
    /// Names of users whose password was changed after the backup.
    pub newer_passwords: Vec<String>,
    /// Numbers of tokens that were revoked after the backup.
    pub revoked_tokens: Vec<i64>,
    /// Ids of accounts that were blocked after the backup.
    pub blocked_accounts: Vec<String>,
    /// People who were erased after the backup, as the audit trail names them. They are in the
    /// restored database, without a way to log in, and have to be erased again.
    pub erased: Vec<String>,
    /// Sessions of users that were ended.
    pub ended_user_sessions: usize,
    /// Sessions of guests that had ended after the backup.
    pub ended_guest_sessions: usize,
    /// What could not be carried over, as clauses.
    #[serde(skip)]
    pub left_out: Vec<String>,
}

/// Why not everything was carried over.
#[derive(Debug)]
pub enum CarryOverError {
    /// The replaced database cannot be read. What was found until then is carried over.
    Replaced(DbError),
    /// The restored database failed.
    Restored(DbError),
}

impl From<DbError> for CarryOverError {
    fn from(error: DbError) -> Self {
        Self::Restored(error)
    }
}

/// Takes over into the database of `tx`, which was restored from a backup, what had ended in the
/// `replaced` one since the backup was made, and notes it in `carried`: users who were deactivated,
/// or are no longer staff, newer passwords, revoked tokens, blocked accounts, sessions. Of people who
/// were erased, users and sessions are shut out.
///
/// Nothing is taken over that was not the same person's or token's: both databases must agree on
/// its number and name and on when it was made, since numbers may have been given a second time.
/// What the backup has newer stays.
///
/// # Errors
/// [`CarryOverError`] says which of the databases failed.
pub fn carry_over(
    tx: &mut Tx<'_>,
    replaced: &mut Db,
    carried: &mut CarriedOver,
) -> Result<(), CarryOverError> {
    shut_out_erased(tx, replaced, carried)?;
    let users = Users::in_both(tx, replaced)?;
    restrict_users(tx, &users, carried)?;
    revoke_tokens(tx, replaced, &users, carried)?;
    block_accounts(tx, replaced, &users, carried)?;
    end_sessions_that_had_ended(tx, replaced, &users, carried)?;
    end_guest_sessions(tx, replaced, carried)
}

/// Marks an error as one of the replaced database.
fn replaced<T>(result: Result<T, DbError>) -> Result<T, CarryOverError> {
    result.map_err(CarryOverError::Replaced)
}
