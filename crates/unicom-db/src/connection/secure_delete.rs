//! Deletion that also removes the deleted data from the SQLite file.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

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
        // The setting belongs to the connection, which serves others after a panic.
        let result = catch_unwind(AssertUnwindSafe(|| f(self)));
        let reset = self.set_secure_delete("OFF");
        let value = result.unwrap_or_else(|panic| resume_unwind(panic))?;
        reset?;
        Ok(value)
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

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use diesel::prelude::*;
    use diesel::sql_types::Integer;

    use crate::{Db, DbError, transaction};

    #[derive(QueryableByName)]
    struct Setting {
        #[diesel(sql_type = Integer)]
        secure_delete: i32,
    }

    fn is_on(db: &mut Db) -> bool {
        let Db::Sqlite(conn) = db else { unreachable!() };
        let setting: Setting = diesel::sql_query("PRAGMA secure_delete")
            .get_result(conn)
            .unwrap();
        setting.secure_delete == 1
    }

    #[test]
    fn setting_is_reset_after_success_errors_and_panics() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let mut db = Db::connect(&url).unwrap();
        let mut run = |f: fn() -> Result<(), DbError>| {
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                transaction(&mut db, |tx| {
                    tx.with_secure_delete(|tx| {
                        assert!(is_on(tx));
                        f()
                    })
                })
            }));
            assert!(!is_on(&mut db));
            outcome.map(|result| result.is_ok()).ok()
        };
        let failed = || {
            Err(DbError::Unavailable {
                reason: "test".to_owned(),
            })
        };
        assert_eq!(run(|| Ok(())), Some(true));
        assert_eq!(run(failed), Some(false));
        assert_eq!(run(|| panic!("inside")), None);
    }
}
