//! Merges: a guest's account flowing into a user's.

use diesel::prelude::*;
use unicom_models::schema::{
    unicom_account_chats as account_chats, unicom_account_merges as merges, unicom_chats as chats,
};
use unicom_models::{Account, AccountId, Chat, ChatId, Direction};

use super::messages::{Edge, edge};
use crate::{Db, DbError, Tx, on_engine};

/// The account into which `from` has flowed.
pub fn merged_into(db: &mut Db, from: &AccountId) -> Result<Option<Account>, DbError> {
    use unicom_models::schema::unicom_accounts as accounts;
    Ok(on_engine!(db, conn => merges::table
        .inner_join(accounts::table.on(accounts::id.eq(merges::to_account_id)))
        .filter(merges::from_account_id.eq(from))
        .select(Account::as_select())
        .first(conn)
        .optional())?)
}

/// Remembers that `from` has flowed into `to`, so that what was under way under the old name arrives.
pub fn remember(tx: &mut Tx<'_>, from: &AccountId, to: &AccountId) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(merges::table)
        .values((merges::from_account_id.eq(from), merges::to_account_id.eq(to), merges::merged_at.eq(now)))
        .execute(conn))?;
    Ok(())
}

/// Every chat that the account takes part in, by id, kept from changing by others until the transaction ends.
pub fn lock_chats_of(tx: &mut Tx<'_>, account_id: &AccountId) -> Result<Vec<Chat>, DbError> {
    let db: &mut Db = tx;
    macro_rules! theirs {
        () => {
            chats::table
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
    Ok(match db {
        Db::Postgres(conn) => theirs!().for_no_key_update().load(conn)?,
        Db::Sqlite(conn) => theirs!().load(conn)?,
    })
}

/// Gives `from`'s part in a chat to `to`; where `to` takes part already, the unread messages of both add up.
pub fn move_membership(
    tx: &mut Tx<'_>,
    chat_id: &ChatId,
    from: &AccountId,
    to: &AccountId,
    to_chat_id: &ChatId,
) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        let unread: i64 = account_chats::table
            .find((from, chat_id))
            .select(account_chats::unread_count)
            .first(conn)
            .optional()?
            .unwrap_or(0);
        diesel::delete(account_chats::table.find((from, chat_id))).execute(conn)?;
        let joined = diesel::update(account_chats::table.find((to, to_chat_id)))
            .set(account_chats::unread_count.eq(account_chats::unread_count + unread))
            .execute(conn)?;
        if joined == 0 {
            let created_at = chats::table.find(to_chat_id).select(chats::created_at).first::<unicom_models::UtcTime>(conn)?;
            diesel::insert_into(account_chats::table)
                .values((
                    account_chats::account_id.eq(to),
                    account_chats::chat_id.eq(to_chat_id),
                    account_chats::unread_count.eq(unread),
                    account_chats::created_at.eq(created_at),
                ))
                .execute(conn)?;
        }
        Ok::<_, DbError>(())
    })
}

/// Moves what is left of one chat's membership to another chat, and deletes the first chat.
pub fn replace_chat(tx: &mut Tx<'_>, from: &ChatId, to: &ChatId) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        let others: Vec<AccountId> = account_chats::table
            .filter(account_chats::chat_id.eq(from))
            .select(account_chats::account_id)
            .load(conn)?;
        for account_id in others {
            let row: (i64, unicom_models::UtcTime) = account_chats::table
                .find((&account_id, from))
                .select((account_chats::unread_count, account_chats::created_at))
                .first(conn)?;
            diesel::insert_into(account_chats::table)
                .values((
                    account_chats::account_id.eq(&account_id),
                    account_chats::chat_id.eq(to),
                    account_chats::unread_count.eq(row.0),
                    account_chats::created_at.eq(row.1),
                ))
                .on_conflict_do_nothing()
                .execute(conn)?;
        }
        diesel::delete(chats::table.find(from)).execute(conn)?;
        Ok::<_, DbError>(())
    })
}

/// Sets the chat's first and last messages anew from the messages that it has.
pub fn recount_edges(tx: &mut Tx<'_>, chat_id: &ChatId) -> Result<(), DbError> {
    use Direction::{Incoming, Outgoing};
    let mut id_of = |direction, at| {
        edge(tx, chat_id, direction, at).map(|found| found.map(|position| position.id))
    };
    let first = (
        id_of(None, Edge::First)?,
        id_of(Some(Incoming), Edge::First)?,
        id_of(Some(Outgoing), Edge::First)?,
    );
    let last = (
        id_of(None, Edge::Last)?,
        id_of(Some(Incoming), Edge::Last)?,
        id_of(Some(Outgoing), Edge::Last)?,
    );
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(chats::table.find(chat_id))
        .set((
            chats::first_message_id.eq(first.0),
            chats::first_incoming_message_id.eq(first.1),
            chats::first_outgoing_message_id.eq(first.2),
            chats::last_message_id.eq(last.0),
            chats::last_incoming_message_id.eq(last.1),
            chats::last_outgoing_message_id.eq(last.2),
        ))
        .execute(conn))?;
    Ok(())
}

/// Sets when the chat was last active: the later of what it has and `at`.
pub fn note_activity(
    tx: &mut Tx<'_>,
    chat: &Chat,
    at: unicom_models::UtcTime,
) -> Result<(), DbError> {
    let at = chat.last_activity_at.max(at);
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(chats::table.find(&chat.id))
        .set(chats::last_activity_at.eq(at))
        .execute(conn))?;
    Ok(())
}
