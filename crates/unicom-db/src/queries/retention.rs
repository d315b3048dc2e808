//! What is older than it may get: found and deleted, a little at a time.
//!
//! No index is kept for it, which every message would pay for. Chats are walked by their ids, in ranges of bounded size;
//! whether a chat has an old message is one look into the index of its pages.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use unicom_models::schema::{
    unicom_account_chats as account_chats, unicom_accounts as accounts, unicom_chats as chats,
    unicom_deliveries as deliveries, unicom_messages as messages, unicom_requests as requests,
};
use unicom_models::{AccountId, ChannelId, ChatId, MessageId, UtcTime};

use crate::prepared::CachedQuery;
use crate::{Db, DbError, Tx, on_engine};

/// The names of the statements.
struct Old;
struct Due;

/// The messages of the chat in question from before a time, as a part of a query.
macro_rules! before {
    ($before:expr) => {
        messages::table
            .filter(messages::chat_id.eq(chats::id))
            .filter(messages::timestamp.lt($before))
    };
}

/// That nobody works on the message any more: its request has ended or waits for a person, and it is delivered.
macro_rules! is_at_rest {
    () => {
        not(exists(
            requests::table
                .filter(requests::message_id.eq(messages::id))
                .filter(requests::due_at.is_not_null()),
        ))
        .and(not(exists(
            deliveries::table
                .filter(deliveries::message_id.eq(messages::id))
                .filter(deliveries::due_at.is_not_null()),
        )))
    };
}

/// The id of the last of the `number` chats after `after`; none where there is no chat any more.
pub fn end_of_range(
    db: &mut Db,
    after: Option<&ChatId>,
    number: i64,
) -> Result<Option<ChatId>, DbError> {
    let after = after.map_or("", ChatId::as_str);
    let ids: Vec<ChatId> = on_engine!(db, conn => chats::table
        .filter(chats::id.gt(after))
        .order(chats::id)
        .limit(number)
        .select(chats::id)
        .load(conn))?;
    Ok(ids.into_iter().next_back())
}

/// The channel's chats behind `after` and up to `end` that have a message from before `before`, or were last active then
/// and are empty; by id.
pub fn old_chats(
    db: &mut Db,
    channel_id: ChannelId,
    before: UtcTime,
    after: Option<&ChatId>,
    end: &ChatId,
) -> Result<Vec<ChatId>, DbError> {
    let after = after.map_or("", ChatId::as_str);
    Ok(on_engine!(db, conn => chats::table
        .filter(chats::id.gt(after))
        .filter(chats::id.le(end))
        .filter(chats::channel_id.eq(channel_id))
        .filter(chats::last_activity_at.lt(before).or(exists(before!(before))))
        .order(chats::id)
        .select(chats::id)
        .cached_as::<Old>()
        .load(conn))?)
}

/// What of a chat is to be deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExpiredRows {
    /// Messages.
    pub messages: i64,
    /// Files.
    pub files: i64,
    /// Whether the chat itself goes: it was last active before that time, and nothing stays in it.
    pub chat: bool,
}

/// How much of a chat is to be deleted.
pub fn find_expired(
    db: &mut Db,
    chat_id: &ChatId,
    before: UtcTime,
) -> Result<ExpiredRows, DbError> {
    Ok(on_engine!(db, conn => {
        let of_chat = messages::table.filter(messages::chat_id.eq(chat_id));
        let old = of_chat.filter(messages::timestamp.lt(before)).filter(is_at_rest!());
        let messages: i64 = old.count().get_result(conn)?;
        let files = old.filter(messages::media_key.is_not_null()).count().get_result(conn)?;
        // One more than these is enough to know whether any stays.
        let all: Vec<MessageId> = of_chat
            .order((messages::timestamp, messages::id))
            .limit(messages + 1)
            .select(messages::id)
            .load(conn)?;
        let was_active: Option<UtcTime> = chats::table
            .find(chat_id)
            .select(chats::last_activity_at)
            .first(conn)
            .optional()?;
        let chat = i64::try_from(all.len()) == Ok(messages) && was_active.is_some_and(|at| at < before);
        Ok::<_, DbError>(ExpiredRows { messages, files, chat })
    })?)
}

/// Up to `limit` messages of a chat from before `before` on which nobody works any more, the oldest first, with their
/// texts.
pub fn old_messages(
    db: &mut Db,
    chat_id: &ChatId,
    before: UtcTime,
    limit: i64,
) -> Result<Vec<(MessageId, String)>, DbError> {
    Ok(on_engine!(db, conn => messages::table
        .filter(messages::chat_id.eq(chat_id))
        .filter(messages::timestamp.lt(before))
        .filter(is_at_rest!())
        .order((messages::timestamp, messages::id))
        .limit(limit)
        .select((messages::id, messages::text))
        .cached_as::<Due>()
        .load(conn))?)
}

/// Whether there is a message in the chat.
pub fn has_messages(db: &mut Db, chat_id: &ChatId) -> Result<bool, DbError> {
    let one: Option<MessageId> = on_engine!(db, conn => messages::table
        .filter(messages::chat_id.eq(chat_id))
        .order((messages::timestamp, messages::id))
        .select(messages::id)
        .first(conn)
        .optional())?;
    Ok(one.is_some())
}

/// That an account has not changed since a time, nobody is known behind it, it is no bot, and there is no block on it,
/// which must last.
macro_rules! is_nobody {
    ($before:expr) => {
        accounts::updated_at
            .lt($before)
            .and(accounts::member_id.is_null())
            .and(accounts::blocked.eq(false))
            .and(accounts::is_bot.eq(false))
    };
}

/// The same, and that it takes part in nothing any more.
macro_rules! is_idle {
    ($before:expr) => {
        is_nobody!($before)
            .and(not(exists(
                account_chats::table.filter(account_chats::account_id.eq(accounts::id)),
            )))
            .and(not(exists(
                requests::table.filter(requests::account_id.eq(accounts::id)),
            )))
    };
}

/// The id of the last of the `number` accounts after `after`; none where there is no account any more.
pub fn end_of_accounts(
    db: &mut Db,
    after: Option<&AccountId>,
    number: i64,
) -> Result<Option<AccountId>, DbError> {
    let after = after.map_or("", AccountId::as_str);
    let ids: Vec<AccountId> = on_engine!(db, conn => accounts::table
        .filter(accounts::id.gt(after))
        .order(accounts::id)
        .limit(number)
        .select(accounts::id)
        .load(conn))?;
    Ok(ids.into_iter().next_back())
}

/// The channel's accounts behind `after` and up to `end` with which nothing is left, unchanged since `before`; by id.
pub fn idle_accounts(
    db: &mut Db,
    channel_id: ChannelId,
    before: UtcTime,
    after: Option<&AccountId>,
    end: &AccountId,
) -> Result<Vec<AccountId>, DbError> {
    let after = after.map_or("", AccountId::as_str);
    Ok(on_engine!(db, conn => accounts::table
        .filter(accounts::id.gt(after))
        .filter(accounts::id.le(end))
        .filter(accounts::channel_id.eq(channel_id))
        .filter(is_idle!(before))
        .order(accounts::id)
        .select(accounts::id)
        .load(conn))?)
}

/// How many of these accounts will have nothing left once what is from before `before` is gone.
pub fn soon_idle(
    db: &mut Db,
    channel_id: ChannelId,
    before: UtcTime,
    after: Option<&AccountId>,
    end: &AccountId,
) -> Result<i64, DbError> {
    let after = after.map_or("", AccountId::as_str);
    Ok(on_engine!(db, conn => accounts::table
        .filter(accounts::id.gt(after))
        .filter(accounts::id.le(end))
        .filter(accounts::channel_id.eq(channel_id))
        .filter(is_nobody!(before))
        .filter(not(exists(
            account_chats::table
                .inner_join(chats::table)
                .filter(account_chats::account_id.eq(accounts::id))
                .filter(chats::channel_id.ne(channel_id).or(chats::last_activity_at.ge(before))),
        )))
        .filter(not(exists(
            requests::table
                .filter(requests::account_id.eq(accounts::id))
                .filter(requests::due_at.is_not_null()),
        )))
        .count()
        .get_result(conn))?)
}

/// Deletes those of the accounts with which nothing is left still; how many.
pub fn delete_idle(tx: &mut Tx<'_>, ids: &[AccountId], before: UtcTime) -> Result<usize, DbError> {
    let db: &mut Db = tx;
    if let Db::Postgres(conn) = db {
        // Whoever is about to write under one of them writes first, or finds it gone.
        let _: Vec<AccountId> = accounts::table
            .filter(accounts::id.eq_any(ids))
            .order(accounts::id)
            .select(accounts::id)
            .for_update()
            .load(conn)?;
    }
    Ok(on_engine!(db, conn => diesel::delete(
            accounts::table.filter(accounts::id.eq_any(ids)).filter(is_idle!(before)),
        )
        .execute(conn))?)
}
