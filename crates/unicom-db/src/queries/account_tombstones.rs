//! Merges: a guest's account flowing into a user's; and accounts that have flowed into nobody, since they were erased.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use unicom_models::schema::{
    unicom_account_chats as account_chats, unicom_account_merges as merges, unicom_chats as chats,
    unicom_messages as messages,
};
use unicom_models::{Account, AccountId, Chat, ChatId, Direction, UtcTime};

use super::messages::{Edge, edge};
use crate::{Db, DbError, Tx, on_engine};

/// What became of an account that is gone.
#[derive(Debug, Clone, PartialEq)]
pub enum Tombstone {
    /// It has flowed into another one.
    MergedInto {
        /// The account that it has flowed into.
        account: Account,
        /// When that happened: shortly before it was committed.
        at: UtcTime,
    },
    /// Its person was erased.
    Erased,
}

/// What became of the account `from`, if that was at `since` or later.
pub fn tombstone(
    db: &mut Db,
    from: &AccountId,
    since: UtcTime,
) -> Result<Option<Tombstone>, DbError> {
    use unicom_models::schema::unicom_accounts as accounts;
    let found: Option<(Option<Account>, UtcTime)> = on_engine!(db, conn => merges::table
        .left_join(accounts::table.on(accounts::id.nullable().eq(merges::to_account_id)))
        .filter(merges::from_account_id.eq(from))
        .filter(merges::merged_at.ge(since))
        .select((Option::<Account>::as_select(), merges::merged_at))
        .first(conn)
        .optional())?;
    Ok(found.map(|(into, at)| match into {
        Some(account) => Tombstone::MergedInto { account, at },
        None => Tombstone::Erased,
    }))
}

/// The account into which `from` has flowed, if that was at `since` or later.
pub fn merged_into(
    db: &mut Db,
    from: &AccountId,
    since: UtcTime,
) -> Result<Option<Account>, DbError> {
    Ok(match tombstone(db, from, since)? {
        Some(Tombstone::MergedInto { account, .. }) => Some(account),
        Some(Tombstone::Erased) | None => None,
    })
}

/// The accounts that have flowed into any of these, by id.
pub fn merged_from(
    db: &mut Db,
    into: &[AccountId],
) -> Result<Vec<(AccountId, AccountId, UtcTime)>, DbError> {
    Ok(on_engine!(db, conn => merges::table
        .filter(merges::to_account_id.eq_any(into))
        .order(merges::from_account_id)
        .select((merges::from_account_id, merges::to_account_id.assume_not_null(), merges::merged_at))
        .load(conn))?)
}

/// Remembers that `from` has flowed into `to`, so that what was under way under the old name arrives.
///
/// The time that is kept is [`Tx::current_time`]: what arrived while the transaction waited for its
/// locks arrived before the merge.
pub fn record_merge(tx: &mut Tx<'_>, from: &AccountId, to: &AccountId) -> Result<(), DbError> {
    insert_tombstone(tx, from, Some(to))
}

/// Remembers that these accounts were erased, and with them those that have flowed into them, so that what is under way
/// under these names is refused.
pub fn record_erasures(tx: &mut Tx<'_>, ids: &[AccountId]) -> Result<(), DbError> {
    let now = tx.now();
    for id in ids {
        insert_tombstone(tx, id, None)?;
    }
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(merges::table.filter(merges::to_account_id.eq_any(ids)))
        .set((merges::to_account_id.eq(None::<AccountId>), merges::merged_at.eq(now)))
        .execute(conn))?;
    Ok(())
}

/// Forgets up to `limit` erasures from before `before`: nothing can be under way any more. How many there were.
pub fn delete_old_erasures(tx: &mut Tx<'_>, before: UtcTime, limit: i64) -> Result<usize, DbError> {
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => {
        let old: Vec<AccountId> = merges::table
            .filter(merges::to_account_id.is_null())
            .filter(merges::merged_at.lt(before))
            .order(merges::from_account_id)
            .limit(limit)
            .select(merges::from_account_id)
            .load(conn)?;
        diesel::delete(merges::table
            .filter(merges::from_account_id.eq_any(old))
            .filter(merges::to_account_id.is_null()))
        .execute(conn)
    })?)
}

fn insert_tombstone(
    tx: &mut Tx<'_>,
    from: &AccountId,
    to: Option<&AccountId>,
) -> Result<(), DbError> {
    let now = tx.current_time();
    let db: &mut Db = tx;
    let merge = (merges::to_account_id.eq(to), merges::merged_at.eq(now));
    on_engine!(db, conn => diesel::insert_into(merges::table)
        .values((merges::from_account_id.eq(from), merge))
        // A host may use a guest's name again, and that guest may become somebody else.
        .on_conflict(merges::from_account_id)
        .do_update()
        .set(merge)
        .execute(conn))?;
    Ok(())
}

/// Any constant of our own: the class of PostgreSQL's advisory locks under which accounts are made and erased.
const NAMES: i32 = 0x756e_6963;

/// Keeps accounts of these ids from being made or erased by others until the transaction ends, whether they are there or
/// not: a row that is not there cannot be locked. Whoever looks for their [`tombstone`] afterwards sees it. To be called
/// before any of the accounts is locked. SQLite has one writer at a time.
pub fn lock_account_ids(tx: &mut Tx<'_>, ids: &[AccountId]) -> Result<(), DbError> {
    let db: &mut Db = tx;
    let Db::Postgres(conn) = db else {
        return Ok(());
    };
    // In the same order everywhere.
    let ids: BTreeSet<&AccountId> = ids.iter().collect();
    for id in ids {
        diesel::sql_query("SELECT pg_advisory_xact_lock($1, hashtext($2))")
            .bind::<Integer, _>(NAMES)
            .bind::<Text, _>(id)
            .execute(conn)?;
    }
    Ok(())
}

/// The account's chats whose ids begin with its own, as those of its default chats do, kept from changing by others
/// until the transaction ends.
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
    Ok(match db {
        Db::Postgres(conn) => theirs!().for_no_key_update().load(conn)?,
        Db::Sqlite(conn) => theirs!().load(conn)?,
    })
}

/// Gives `from`'s part in every chat to `to`; where `to` takes part already, the unread messages of both add up.
pub fn move_memberships(tx: &mut Tx<'_>, from: &AccountId, to: &AccountId) -> Result<(), DbError> {
    let theirs = diesel::alias!(account_chats as theirs);
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

/// Moves everyone who takes part in one chat to another, where they may take part already, and deletes the first.
pub fn replace_chat(tx: &mut Tx<'_>, from: &ChatId, to: &ChatId) -> Result<(), DbError> {
    let there = diesel::alias!(account_chats as there);
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        diesel::update(
            account_chats::table.filter(account_chats::chat_id.eq(from)).filter(account_chats::account_id.ne_all(
                there.filter(there.field(account_chats::chat_id).eq(to)).select(there.field(account_chats::account_id)),
            )),
        )
        .set(account_chats::chat_id.eq(to))
        .execute(conn)?;
        // Whoever takes part in both keeps the messages that are unread in both.
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

/// Takes back what counts as unread though the account has written after it, now that two chats are one.
pub fn recount_unread(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
    chat_id: &ChatId,
) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        let of_chat = messages::table
            .filter(messages::chat_id.eq(chat_id))
            .filter(messages::direction.ne(Direction::Internal));
        let last_own: Option<UtcTime> = of_chat
            .filter(messages::sender_id.eq(account_id))
            .select(diesel::dsl::max(messages::timestamp))
            .first(conn)?;
        let later: i64 = of_chat
            .filter(messages::timestamp.gt(last_own.unwrap_or(UtcTime::BEGINNING)))
            .count()
            .get_result(conn)?;
        diesel::update(account_chats::table.find((account_id, chat_id)).filter(account_chats::unread_count.gt(later)))
            .set(account_chats::unread_count.eq(later))
            .execute(conn)?;
        Ok::<_, DbError>(())
    })
}

/// Notes that the chat has taken another one up, which was last active `at`.
pub fn note_activity(tx: &mut Tx<'_>, chat: &Chat, at: UtcTime) -> Result<(), DbError> {
    let (at, now) = (chat.last_activity_at.max(at), tx.now());
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(chats::table.find(&chat.id))
        .set((chats::last_activity_at.eq(at), chats::updated_at.eq(now)))
        .execute(conn))?;
    Ok(())
}
