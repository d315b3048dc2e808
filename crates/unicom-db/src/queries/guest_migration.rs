//! Moves chats and memberships from a guest's account to a user's.

use diesel::prelude::*;
use unicom_models::schema::{unicom_account_chats as account_chats, unicom_chats as chats};
use unicom_models::{AccountId, Chat, ChatId};

use super::change_numbers;
use crate::{Db, DbError, Tx, by_engine, on_engine};

/// Locks and returns the account's chats whose ids start with the account's id, as those of its
/// default chats do. Other transactions cannot change them until this one ends.
pub fn lock_chats_named_after(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
) -> Result<Vec<Chat>, DbError> {
    let db: &mut Db = tx;
    let last = format!("{account_id}\u{10ffff}");
    macro_rules! theirs {
        () => {
            chats::table
                .filter(chats::id.ge(account_id.as_str()))
                .filter(chats::id.le(&last))
                .filter(
                    chats::id.eq_any(
                        account_chats::table
                            .filter(account_chats::account_id.eq(account_id))
                            .select(account_chats::chat_id),
                    ),
                )
                .order(chats::id)
                .select(Chat::as_select())
        };
    }
    Ok(by_engine!(
        db,
        Postgres(conn) => theirs!().for_no_key_update().load(conn)?,
        Sqlite(conn) => theirs!().load(conn)?,
    ))
}

/// Moves the participations of `from` in all chats to `to`. In chats where `to` already takes part,
/// the unread counts are added.
pub fn move_memberships(tx: &mut Tx<'_>, from: &AccountId, to: &AccountId) -> Result<(), DbError> {
    let theirs = diesel::alias!(account_chats as theirs);
    change_numbers::announce_account(tx, from);
    change_numbers::announce_account(tx, to);
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        let shared: Vec<(ChatId, i64)> = account_chats::table
            .filter(account_chats::account_id.eq(from))
            .filter(account_chats::chat_id.eq_any(
                theirs.filter(theirs.field(account_chats::account_id).eq(to)).select(theirs.field(account_chats::chat_id)),
            ))
            .select((account_chats::chat_id, account_chats::unread_count))
            .load(conn)?;
        for (chat_id, unread) in shared {
            diesel::delete(account_chats::table.find((from, &chat_id))).execute(conn)?;
            diesel::update(account_chats::table.find((to, &chat_id)))
                .set(account_chats::unread_count.eq(account_chats::unread_count + unread))
                .execute(conn)?;
        }
        diesel::update(account_chats::table.filter(account_chats::account_id.eq(from)))
            .set(account_chats::account_id.eq(to))
            .execute(conn)?;
        Ok::<_, DbError>(())
    })
}

/// Moves all participants of one chat to another, in which they may already take part, and deletes
/// the first.
pub fn replace_chat(tx: &mut Tx<'_>, from: &ChatId, to: &ChatId) -> Result<(), DbError> {
    let there = diesel::alias!(account_chats as there);
    change_numbers::announce(tx, from);
    let db: &mut Db = tx;
    let participants: Vec<AccountId> = on_engine!(db, conn => account_chats::table
        .filter(account_chats::chat_id.eq(from))
        .select(account_chats::account_id)
        .load(conn))?;
    // The other chat is new to most of them.
    for account_id in &participants {
        change_numbers::announce_account(tx, account_id);
    }
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        diesel::update(
            account_chats::table.filter(account_chats::chat_id.eq(from)).filter(account_chats::account_id.ne_all(
                there.filter(there.field(account_chats::chat_id).eq(to)).select(there.field(account_chats::account_id)),
            )),
        )
        .set(account_chats::chat_id.eq(to))
        .execute(conn)?;
        // Accounts that take part in both chats get the sum of their unread counts.
        let both: Vec<(AccountId, i64)> = account_chats::table
            .filter(account_chats::chat_id.eq(from))
            .select((account_chats::account_id, account_chats::unread_count))
            .load(conn)?;
        for (account_id, unread) in both {
            diesel::update(account_chats::table.find((account_id, to)))
                .set(account_chats::unread_count.eq(account_chats::unread_count + unread))
                .execute(conn)?;
        }
        diesel::delete(chats::table.find(from)).execute(conn)?;
        Ok::<_, DbError>(())
    })
}
