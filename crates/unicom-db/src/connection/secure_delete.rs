//! Deleting so that what was deleted is no longer in SQLite's file.

use diesel::connection::SimpleConnection;

use crate::{Db, DbError, Tx};

impl Tx<'_> {
    /// Runs `f`; what it deletes is overwritten in the file of SQLite, where it would otherwise stay until its place is
    /// needed. It costs writes, so it is not done for every deletion.
    ///
    /// Copies that SQLite made while it moved rows about may stay, and so does what the write-ahead log has until it is
    /// written anew: only [`Db::vacuum`] gets rid of all. PostgreSQL has no such switch.
    ///
    /// # Errors
    /// Those of `f`, and why the engine refused.
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
    /// Writes SQLite's file anew, so that nothing that was deleted is left in it or in its log. Whoever else wants to
    /// write waits meanwhile, seconds for each gigabyte; it needs as much space again. PostgreSQL does nothing.
    ///
    /// # Errors
    /// [`DbError`], for example where somebody else writes for so long that it does not get its turn.
    pub fn vacuum(&mut self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(conn) => {
                Ok(conn.batch_execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")?)
            }
            Self::Postgres(_) => Ok(()),
        }
    }
}
