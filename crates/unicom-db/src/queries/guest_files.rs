//! How many bytes the files of all guests of the web chat have together, which triggers keep count of.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::{Db, DbError, Tx, on_engine};

#[derive(QueryableByName)]
struct Total {
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

/// The key of PostgreSQL's advisory lock under which the files of guests are counted: any constant that is unique here.
const POSTGRES_LOCK: i64 = 0x756e_6963_6f6d_6766;

/// Returns how many bytes they have.
pub fn total(db: &mut Db) -> Result<i64, DbError> {
    let query = "SELECT CAST(coalesce(sum(bytes), 0) AS BIGINT) AS bytes FROM unicom_guest_files";
    let total: Total = on_engine!(db, conn => diesel::sql_query(query).get_result(conn))?;
    Ok(total.bytes)
}

/// Returns how many bytes they have, and keeps other transactions from calling this until this one ends: of two that each
/// store a file if there is room, the second one sees the first one's file.
pub fn lock_total(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    let db: &mut Db = tx;
    let Db::Postgres(conn) = db else {
        // SQLite has one writer at a time.
        return total(db);
    };
    diesel::sql_query("SELECT pg_advisory_xact_lock($1)")
        .bind::<BigInt, _>(POSTGRES_LOCK)
        .execute(conn)?;
    // A separate statement, which sees what was committed while the lock was waited for. It leaves one row, so that the
    // next one adds up only what has been stored and deleted meanwhile.
    let total: Total = diesel::sql_query(
        "WITH gone AS (DELETE FROM unicom_guest_files RETURNING bytes) \
         INSERT INTO unicom_guest_files (bytes) SELECT coalesce(sum(bytes), 0) FROM gone RETURNING bytes",
    )
    .get_result(conn)?;
    Ok(total.bytes)
}
