//! Deletion that also removes the deleted data from the SQLite file.

use diesel::connection::SimpleConnection;

use crate::{Db, DbError, Tx};

impl Tx<'_> {
    /// Runs `f` and overwrites in the SQLite file whatever it deletes.
    ///
    /// Deleted data otherwise stays in the file until its space is reused. Overwriting costs
    /// additional writes, so it is not done for every deletion. Copies that SQLite made while
    /// moving rows may remain, as may the contents of the write-ahead log until it is overwritten;
    /// only [`Db::vacuum`] removes everything. PostgreSQL has no comparable setting.
    ///
    /// # Errors
    /// Returns the error of `f`, or that of the engine.
    pub fn with_secure_delete<T, E: From<DbError>>(
        &mut self,
        f: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.set_secure_delete("ON")?;
        let result = f(self);
        self.set_secure_delete("OFF")?;
        result
    }

    fn set_secure_delete(&mut self, state: &str) -> Result<(), DbError> {
        match &mut **self {
            Db::Sqlite(conn) => Ok(conn.batch_execute(&format!("PRAGMA secure_delete = {state}"))?),
            Db::Postgres(_) => Ok(()),
        }
    }
}

impl Db {
    /// Rewrites the SQLite file, so that no deleted data remains in it or in its write-ahead log.
    /// Has no effect on PostgreSQL.
    ///
    /// Blocks other writers meanwhile, for seconds per gigabyte, and needs as much free disk space
    /// as the file occupies.
    ///
    /// # Errors
    /// Returns a [`DbError`], for example if another connection writes for so long that the lock is
    /// not available in time.
    pub fn vacuum(&mut self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(conn) => {
                Ok(conn.batch_execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")?)
            }
            Self::Postgres(_) => Ok(()),
        }
    }
}
