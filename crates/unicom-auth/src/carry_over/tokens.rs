//! Tokens that were revoked after the backup.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use unicom_db::{Db, DbError, Tx, by_engine, on_engine};

use super::carried_over::{CarriedOver, CarryOverError, replaced};
use super::users::Users;
use crate::schema::unicom_api_tokens as tokens;
use crate::tokens::revoke;

/// Revokes the tokens that the replaced database created and no longer has.
pub(super) fn revoke_tokens(
    tx: &mut Tx<'_>,
    other: &mut Db,
    users: &Users,
    carried: &mut CarriedOver,
) -> Result<(), CarryOverError> {
    let given = replaced(last_given(other))?;
    let there: BTreeSet<String> = replaced(all(other))?
        .into_iter()
        .map(|(_, _, hash)| hash)
        .collect();
    for (id, user_id, hash) in all(tx)? {
        // A token that the replaced database never had is newer, or belongs to another history.
        if users.has(user_id) && id <= given && !there.contains(&hash) {
            revoke(tx, id)?;
            carried.revoked_tokens.push(id);
        }
    }
    Ok(())
}

fn all(db: &mut Db) -> Result<Vec<(i64, i64, String)>, DbError> {
    Ok(on_engine!(db, conn => tokens::table
        .order(tokens::id)
        .select((tokens::id, tokens::user_id, tokens::token_hash))
        .load(conn))?)
}

/// Returns the highest id that a token of the database ever had, or 0 if there was none.
fn last_given(db: &mut Db) -> Result<i64, DbError> {
    #[derive(QueryableByName)]
    struct Counter {
        #[diesel(sql_type = BigInt)]
        last: i64,
    }
    let row: Counter = by_engine!(
        db,
        Postgres(conn) => diesel::sql_query(
            "SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence('unicom_api_tokens', 'id')::regclass), 0) \
             AS last",
        )
        .get_result(conn)?,
        Sqlite(conn) => diesel::sql_query(
            "SELECT COALESCE(MAX(seq), 0) AS last FROM sqlite_sequence WHERE name = 'unicom_api_tokens'",
        )
        .get_result(conn)?,
    );
    Ok(row.last)
}
