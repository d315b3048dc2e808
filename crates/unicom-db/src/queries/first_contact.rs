//! The first message of an account: whether the account is new, and its account, chat and
//! membership.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::Serialize;
use unicom_models::schema::{unicom_account_merges, unicom_accounts};
use unicom_models::sql_types::UtcMicros;
use unicom_models::{Account, AccountId, Chat, UtcTime};

use super::{accounts, change_numbers, chats};
use crate::prepared::cached_sql;
use crate::{Db, DbError, Tx, by_engine, on_engine};

/// Returns `true` if there is no account with this id, and no tombstone of one.
///
/// In a transaction that creates the account, call
/// [`lock_account_ids`](super::account_tombstones::lock_account_ids) before.
pub fn is_unknown(db: &mut Db, id: &AccountId) -> Result<bool, DbError> {
    let query = diesel::select((
        exists(unicom_accounts::table.find(id).select(unicom_accounts::id)),
        exists(
            unicom_account_merges::table
                .find(id)
                .select(unicom_account_merges::from_account_id),
        ),
    ));
    let (has_account, has_tombstone): (bool, bool) =
        on_engine!(db, conn => query.get_result(conn))?;
    Ok(!has_account && !has_tombstone)
}

cached_sql! {
    struct Create<'a> {
        "WITH account AS (
        INSERT INTO unicom_accounts SELECT * FROM json_populate_record(NULL::unicom_accounts, " account: &'a str as Text,
        "::json) ON CONFLICT DO NOTHING RETURNING id
    ), chat AS (
        INSERT INTO unicom_chats SELECT * FROM json_populate_record(NULL::unicom_chats, " chat: &'a str as Text,
        "::json) ON CONFLICT DO NOTHING RETURNING id
    ) INSERT INTO unicom_account_chats (account_id, chat_id, unread_count, created_at)
        SELECT account.id, chat.id, 0, " now: UtcTime as UtcMicros,
    } " FROM account, chat"
}

/// Creates an account and a chat in which it takes part. Returns `false` if one of the ids is
/// taken: the transaction must be rolled back then.
pub fn create(tx: &mut Tx<'_>, account: &Account, chat: &Chat) -> Result<bool, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    by_engine!(
        db,
        Postgres(conn) => {
            let create = Create {
                account: &as_json(account)?,
                chat: &as_json(chat)?,
                now,
            };
            let is_created = create.execute(conn)? == 1;
            change_numbers::announce_account(tx, &account.id);
            Ok(is_created)
        },
        Sqlite(_) => {
            let is_created =
                accounts::insert_if_absent(tx, account)? && chats::insert_if_absent(tx, chat)?;
            if is_created {
                chats::join(tx, &account.id, &chat.id)?;
            }
            Ok(is_created)
        },
    )
}

fn as_json(row: &impl Serialize) -> Result<String, DbError> {
    serde_json::to_string(row)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()).into())
}
