//! The counters from which the engines generate keys. They are exported, since a key is never
//! reused.

use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{OptionalExtension, QueryResult, QueryableByName, RunQueryDsl};

use unicom_db::tables::{Column, ColumnKind, Table};
use unicom_db::{Db, by_engine};

/// Returns `true` if the engine generates the keys of a table from a counter.
pub(super) fn has_counter(table: &Table) -> bool {
    let is_key = |column: &&Column| *table.key() == [column.name];
    let key = table.columns().iter().find(is_key);
    key.is_some_and(|column| column.kind == ColumnKind::BigInt)
}

#[derive(QueryableByName)]
struct Counter {
    #[diesel(sql_type = Nullable<BigInt>)]
    last: Option<i64>,
}

/// Returns the highest number that was ever generated for a table, or 0 if none was.
pub(super) fn last_number(db: &mut Db, table: &Table) -> QueryResult<i64> {
    let row: Option<Counter> = by_engine!(
        db,
        Postgres(conn) => {
            let query =
                "SELECT pg_sequence_last_value(pg_get_serial_sequence($1, $2)::regclass) AS last";
            diesel::sql_query(query)
                .bind::<Text, _>(table.name())
                .bind::<Text, _>(table.key()[0])
                .get_result(conn)
                .optional()?
        },
        Sqlite(conn) => {
            diesel::sql_query("SELECT seq AS last FROM sqlite_sequence WHERE name = ?")
                .bind::<Text, _>(table.name())
                .get_result(conn)
                .optional()?
        },
    );
    Ok(row.and_then(|row| row.last).unwrap_or(0))
}

/// Sets the counter so that the next number is higher than `last` and than every number generated
/// so far.
pub(super) fn go_on_after(db: &mut Db, table: &Table, last: i64) -> QueryResult<()> {
    let last = last.max(last_number(db, table)?);
    // A sequence begins at 1 and cannot be set to 0.
    if last == 0 {
        return Ok(());
    }
    by_engine!(
        db,
        Postgres(conn) => {
            diesel::sql_query("SELECT setval(pg_get_serial_sequence($1, $2), $3)")
                .bind::<Text, _>(table.name())
                .bind::<Text, _>(table.key()[0])
                .bind::<BigInt, _>(last)
                .execute(conn)?;
        },
        Sqlite(conn) => {
            diesel::sql_query("DELETE FROM sqlite_sequence WHERE name = ?")
                .bind::<Text, _>(table.name())
                .execute(conn)?;
            diesel::sql_query("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)")
                .bind::<Text, _>(table.name())
                .bind::<BigInt, _>(last)
                .execute(conn)?;
        },
    );
    Ok(())
}
