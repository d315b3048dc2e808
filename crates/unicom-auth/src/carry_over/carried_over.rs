//! What is carried over, and what can go wrong.

use serde::Serialize;
use unicom_db::DbError;

/// Rows that are looked up in the other database with one statement.
pub(super) const PAGE: i64 = 500;

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

/// Marks an error as one of the replaced database.
pub(super) fn replaced<T>(result: Result<T, DbError>) -> Result<T, CarryOverError> {
    result.map_err(CarryOverError::Replaced)
}
