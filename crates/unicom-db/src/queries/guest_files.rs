//! The total size of the files of all web chat guests, which triggers keep up to date.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::{Db, DbError, Tx, by_engine, on_engine};

#[derive(QueryableByName)]
struct Total {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

/// Key of the PostgreSQL advisory lock for the total: an arbitrary constant, unique within unicom.
const POSTGRES_LOCK: i64 = 0x756e_6963_6f6d_6766;

/// Returns the total size in bytes of all guests' files.
pub fn total(db: &mut Db) -> Result<i64, DbError> {
    let query = "SELECT CAST(coalesce(sum(bytes), 0) AS BIGINT) AS bytes FROM unicom_guest_files";
    let total: Total = on_engine!(db, conn => diesel::sql_query(query).get_result(conn))?;
    Ok(total.bytes)
}

/// Returns the total size in bytes of all guests' files, and blocks other calls until this
/// transaction ends.
///
/// If two transactions each store a file only if there is room, the second one sees the file of the
/// first.
pub fn lock_total(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    let db: &mut Db = tx;
    by_engine!(
        db,
        Postgres(conn) => {
            diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
                .bind::<BigInt, _>(POSTGRES_LOCK)
                .execute(conn)?;
            // A separate statement sees what was committed while this transaction waited for the
            // lock. It leaves one row, so that the next call adds up only later changes.
            let total: Total = diesel::sql_query(
                "WITH gone AS (DELETE FROM unicom_guest_files RETURNING bytes) \
                 INSERT INTO unicom_guest_files (bytes) SELECT coalesce(sum(bytes), 0) FROM gone RETURNING bytes",
            )
            .get_result(conn)?;
            Ok(total.bytes)
        },
        // SQLite has one writer at a time.
        Sqlite(_) => total(db),
    )
}
