//! Queries that find and delete data past its retention period, in small steps.
//!
//! There is no index for this, since every message would pay for it. Chats are walked by id in
//! ranges of bounded size; checking whether a chat has an old message is one look-up in the index
//! of its pages.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use unicom_models::schema::{
    unicom_account_chats as account_chats, unicom_accounts as accounts, unicom_chats as chats,
    unicom_deliveries as deliveries, unicom_files as files, unicom_messages as messages,
    unicom_requests as requests,
};
use unicom_models::{AccountId, ChannelId, ChatId, MessageId, UtcTime};

use crate::prepared::CachedQuery;
use crate::{Db, DbError, Tx, by_engine, on_engine};

/// The names under which the statements are cached.
struct Old;
struct Due;

/// Query part: the messages of the current chat from before a time.
macro_rules! before {
    ($before:expr) => {
        messages::table
            .filter(messages::chat_id.eq(chats::id))
            .filter(messages::timestamp.lt($before))
    };
}

/// Condition: the message is not in use. Its request has ended or waits for a person, and it has no
/// open delivery.
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

/// Returns the id of the last of the `number` chats after `after`. Returns `None` if no chat is
/// left.
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

/// Returns the ids of the channel's chats after `after` up to and including `end` that have a
/// message from before `before`, or that are empty and were last active before it. Ordered by id.
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

/// The data of a chat to delete.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExpiredRows {
    /// The number of messages.
    pub messages: i64,
    /// The number of files.
    pub files: i64,
    /// Whether the chat itself is deleted: it was last active before the given time, and no message
    /// stays in it.
    pub chat: bool,
}

/// Counts the data of a chat to delete.
pub fn find_expired(
    db: &mut Db,
    chat_id: &ChatId,
    before: UtcTime,
) -> Result<ExpiredRows, DbError> {
    Ok(on_engine!(db, conn => {
        let of_chat = messages::table.filter(messages::chat_id.eq(chat_id));
        let old = of_chat.filter(messages::timestamp.lt(before)).filter(is_at_rest!());
        let messages: i64 = old.count().get_result(conn)?;
        let files: i64 = old.filter(messages::media_key.is_not_null()).count().get_result(conn)?;
        let more: i64 = files::table
            .filter(files::key.is_not_null())
            .filter(files::message_id.eq_any(old.select(messages::id)))
            .count()
            .get_result(conn)?;
        // Reading one message more is enough to know whether any stays.
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
        Ok::<_, DbError>(ExpiredRows { messages, files: files + more, chat })
    })?)
}

/// Returns up to `limit` messages of a chat from before `before` that are no longer in use, oldest
/// first, with their texts.
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

/// Returns `true` if the chat has a message.
pub fn has_messages(db: &mut Db, chat_id: &ChatId) -> Result<bool, DbError> {
    let one: Option<MessageId> = on_engine!(db, conn => messages::table
        .filter(messages::chat_id.eq(chat_id))
        .order((messages::timestamp, messages::id))
        .select(messages::id)
        .first(conn)
        .optional())?;
    Ok(one.is_some())
}

/// Condition: the account has not changed since a time, has no member, is no bot and is not
/// blocked. Blocks must last.
macro_rules! has_no_member {
    ($before:expr) => {
        accounts::updated_at
            .lt($before)
            .and(accounts::member_id.is_null())
            .and(accounts::blocked.eq(false))
            .and(accounts::is_bot.eq(false))
    };
}

/// Condition: as `has_no_member`, and the account has no chats and no requests.
macro_rules! is_idle {
    ($before:expr) => {
        has_no_member!($before)
            .and(not(exists(
                account_chats::table.filter(account_chats::account_id.eq(accounts::id)),
            )))
            .and(not(exists(
                requests::table.filter(requests::account_id.eq(accounts::id)),
            )))
    };
}

/// Returns the id of the last of the `number` accounts after `after`. Returns `None` if no account
/// is left.
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

/// Returns the ids of the channel's idle accounts after `after` up to and including `end`,
/// unchanged since `before`. Ordered by id.
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

/// Counts the channel's accounts after `after` up to and including `end` that will be idle once the
/// data from before `before` is deleted.
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
        .filter(has_no_member!(before))
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

/// Deletes those of the accounts that are still idle. Returns the number of deleted accounts.
pub fn delete_idle(tx: &mut Tx<'_>, ids: &[AccountId], before: UtcTime) -> Result<usize, DbError> {
    let db: &mut Db = tx;
    by_engine!(db, Postgres(conn) => {
        // A transaction that is about to write for one of these accounts writes first or finds it
        // deleted.
        let _: Vec<AccountId> = accounts::table
            .filter(accounts::id.eq_any(ids))
            .order(accounts::id)
            .select(accounts::id)
            .for_update()
            .load(conn)?;
    });
    Ok(on_engine!(db, conn => diesel::delete(
            accounts::table.filter(accounts::id.eq_any(ids)).filter(is_idle!(before)),
        )
        .execute(conn))?)
}
