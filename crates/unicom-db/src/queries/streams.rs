//! Streams: replies that bots are writing, as far as they are stored.
//!
//! A stream belongs to one attempt at a request. Its text so far is stored now and then, for
//! readers of other processes and those that come later; each piece is an
//! [`Event::StreamDelta`] and is not stored. What remains is the finished message, which has the id
//! of the stream. A stream changes nothing else in the chat and takes no change number.

use diesel::prelude::*;
use unicom_models::schema::{
    unicom_account_chats as account_chats, unicom_accounts as accounts,
    unicom_requests as requests, unicom_streams as streams,
};
use unicom_models::{AccountId, ChatId, MessageId, Request, RequestId};

use super::queue;
use crate::{Db, DbError, Event, LockedChat, StreamDelta, StreamEnd, Tx, on_engine};

/// A reply that a bot is writing, as far as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct StoredStream {
    /// The id that the finished message gets.
    pub id: MessageId,
    /// The text so far.
    pub text: String,
}

/// Begins the stream of a claimed request with its text so far, in place of an earlier stream of
/// the chat. Returns `true` if the claim holds and no person holds the chat.
pub fn begin(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    request: &Request,
    id: MessageId,
    text: &str,
) -> Result<bool, DbError> {
    if chat.id != request.chat_id || chat.is_held || !queue::lock_claimed(tx, request)? {
        return Ok(false);
    }
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        diesel::delete(streams::table.find(&chat.id)).execute(conn)?;
        diesel::insert_into(streams::table)
            .values((
                streams::chat_id.eq(&chat.id),
                streams::id.eq(id),
                streams::request_id.eq(request.id),
                streams::attempt.eq(request.attempts),
                streams::text.eq(text),
                streams::is_stop_requested.eq(false),
                streams::updated_at.eq(now),
            ))
            .execute(conn)?;
        Ok::<_, DbError>(())
    })?;
    tx.emit(Event::StreamDelta(StreamDelta {
        chat_id: chat.id.clone(),
        stream_id: id,
        offset: 0,
        text: text.to_owned(),
        is_stored: true,
    }));
    Ok(true)
}

/// Stores the text so far. Returns whether the reader has asked to stop it, or `None` if the stream
/// has ended.
pub fn save(tx: &mut Tx<'_>, id: MessageId, text: &str) -> Result<Option<bool>, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => {
        let saved = diesel::update(streams::table.filter(streams::id.eq(id)))
            .set((streams::text.eq(text), streams::updated_at.eq(now)))
            .execute(conn)?;
        if saved == 0 {
            return Ok(None);
        }
        streams::table
            .filter(streams::id.eq(id))
            .select(streams::is_stop_requested)
            .first(conn)
            .optional()
    })?)
}

/// Query part: the streams of the chats in which the account takes part, unless it is blocked.
macro_rules! visible_to {
    ($account_id:expr) => {
        streams::table
            .inner_join(account_chats::table.on(account_chats::chat_id.eq(streams::chat_id)))
            .inner_join(accounts::table.on(accounts::id.eq(account_chats::account_id)))
            .filter(account_chats::account_id.eq($account_id))
            .filter(accounts::blocked.eq(false))
    };
}

/// Returns the stream of a chat in which the account takes part.
pub fn visible_to(
    db: &mut Db,
    account_id: &AccountId,
    chat_id: &ChatId,
) -> Result<Option<StoredStream>, DbError> {
    Ok(on_engine!(db, conn => visible_to!(account_id)
        .filter(streams::chat_id.eq(chat_id))
        .select((streams::id, streams::text))
        .first(conn)
        .optional())?)
}

/// Returns the stream of a chat, for any reader.
pub fn of_chat(db: &mut Db, chat_id: &ChatId) -> Result<Option<StoredStream>, DbError> {
    Ok(on_engine!(db, conn => streams::table
        .filter(streams::chat_id.eq(chat_id))
        .select((streams::id, streams::text))
        .first(conn)
        .optional())?)
}

/// Returns `true` if the stream has not ended.
pub fn is_open(db: &mut Db, id: MessageId) -> Result<bool, DbError> {
    let found: Option<MessageId> = on_engine!(db, conn => streams::table
        .filter(streams::id.eq(id))
        .select(streams::id)
        .first(conn)
        .optional())?;
    Ok(found.is_some())
}

/// Notes that the account, which takes part in the chat, wants the stream to stop, and tells the
/// process that writes it. Returns `false` if there is no such stream in the account's chats.
pub fn request_stop(
    tx: &mut Tx<'_>,
    account_id: &AccountId,
    id: MessageId,
) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    let found: Option<MessageId> = on_engine!(db, conn => visible_to!(account_id)
        .filter(streams::id.eq(id))
        .select(streams::id)
        .first(conn)
        .optional())?;
    if found.is_none() {
        return Ok(false);
    }
    let noted = on_engine!(db, conn => diesel::update(streams::table.filter(streams::id.eq(id)))
        .set(streams::is_stop_requested.eq(true))
        .execute(conn))?;
    if noted > 0 {
        tx.emit(Event::StreamStopRequested { stream_id: id });
    }
    Ok(noted > 0)
}

/// Ends a stream of the chat, and tells its readers. Call it after the finished message was stored,
/// if there is one, so that readers get the message first.
pub fn end(
    tx: &mut Tx<'_>,
    chat_id: &ChatId,
    id: MessageId,
    end: StreamEnd,
) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::delete(streams::table.filter(streams::id.eq(id))).execute(conn))?;
    announce_end(tx, chat_id, id, end);
    Ok(())
}

/// Ends the stream of a chat whose reply will be refused.
pub fn end_of_chat(tx: &mut Tx<'_>, chat: &LockedChat<'_>) -> Result<(), DbError> {
    match of_chat(tx, &chat.id)? {
        Some(stream) => end(tx, &chat.id, stream.id, StreamEnd::Done),
        None => Ok(()),
    }
}

/// Tells the readers of the chat, once the transaction is committed, that a stream has ended.
fn announce_end(tx: &mut Tx<'_>, chat_id: &ChatId, stream_id: MessageId, end: StreamEnd) {
    tx.emit(Event::StreamEnded {
        chat_id: chat_id.clone(),
        stream_id,
        end,
    });
}

/// Ends the streams of earlier attempts at these requests, whose workers have died or lost their
/// claims.
pub fn end_of_requests(tx: &mut Tx<'_>, ids: &[RequestId]) -> Result<(), DbError> {
    let db: &mut Db = tx;
    let left: Vec<(ChatId, MessageId)> = on_engine!(db, conn => streams::table
        .filter(streams::request_id.eq_any(ids))
        .select((streams::chat_id, streams::id))
        .load(conn))?;
    for (chat_id, id) in left {
        end(tx, &chat_id, id, StreamEnd::Done)?;
    }
    Ok(())
}

/// Ends up to `limit` streams whose attempt has ended without ending them, as when the database
/// failed. Returns their number.
pub fn end_orphans(tx: &mut Tx<'_>, limit: i64) -> Result<usize, DbError> {
    let db: &mut Db = tx;
    let orphans: Vec<(ChatId, MessageId)> = on_engine!(db, conn => streams::table
        .inner_join(requests::table.on(requests::id.eq(streams::request_id)))
        .filter(requests::attempts.ne(streams::attempt).or(requests::status.ne_all(queue::CLAIMED)))
        .order(streams::chat_id)
        .limit(limit)
        .select((streams::chat_id, streams::id))
        .load(conn))?;
    let number = orphans.len();
    for (chat_id, id) in orphans {
        end(tx, &chat_id, id, StreamEnd::Done)?;
    }
    Ok(number)
}
