//! The result and the errors of carrying over.

use serde::Serialize;
use unicom_db::DbError;

/// Number of rows that are looked up in the other database with one statement.
pub(super) const PAGE: i64 = 500;

/// What the restored database has taken over from the replaced one, by name or id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CarriedOver {
    /// Names of users who may no longer log in.
    pub deactivated_users: Vec<String>,
    /// Names of users who are no longer admins.
    pub former_staff: Vec<String>,
    /// Names of users whose password was changed after the backup.
    pub newer_passwords: Vec<String>,
    /// Ids of tokens that were revoked after the backup.
    pub revoked_tokens: Vec<i64>,
    /// Number of revocations of visitors' tokens after the backup.
    pub revoked_visitor_tokens: usize,
    /// Ids of accounts that were blocked after the backup.
    pub blocked_accounts: Vec<String>,
    /// People who were erased after the backup, as the audit trail names them. They are in the
    /// restored database, without a way to log in, and have to be erased again.
    pub erased: Vec<String>,
    /// Number of user sessions that were ended.
    pub ended_user_sessions: usize,
    /// Number of guest sessions that had ended after the backup.
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
