//! How far participants have got and read the messages of a chat.

use std::ops::Range;

use diesel::prelude::*;
use unicom_models::schema::{
    unicom_account_chats as account_chats, unicom_accounts as accounts,
    unicom_messages as messages, unicom_read_positions as positions,
};
use unicom_models::{ChatId, Direction, ReadPosition, UtcTime};

use super::change_numbers;
use crate::{ChatAccess, Db, DbError, LockedChat, Tx, on_engine};

/// What a participant has done with messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// A client of the participant has received them.
    Delivered,
    /// The participant has read them.
    Read,
}

/// A position of a participant, with what readers of the chat see of the participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParticipantPosition {
    /// The participant's name.
    pub name: String,
    /// The position.
    pub position: ReadPosition,
}

/// Advances the position of the participant in the locked chat to the messages up to `time`, and
/// counts the messages that are unread after it. A position never goes back. Returns `true` if
/// something has changed.
pub fn advance(
    tx: &mut Tx<'_>,
    access: &ChatAccess,
    progress: Progress,
    time: UtcTime,
) -> Result<bool, DbError> {
    let (account_id, chat_id) = (&access.account.id, &access.chat.id);
    let before = own(tx, access)?;
    let db: &mut Db = tx;
    let (delivered, read) = before.map_or((None, None), |before| {
        (before.delivered_message_at, before.read_message_at)
    });
    let now = (
        delivered.max(Some(time)),
        match progress {
            Progress::Delivered => read,
            Progress::Read => read.max(Some(time)),
        },
    );
    let unread = match now.1 {
        Some(read_at) if progress == Progress::Read && access.unread_count > 0 => {
            unread_after(db, access, read_at)?.min(access.unread_count)
        }
        _ => access.unread_count,
    };
    if now == (delivered, read) && unread == access.unread_count {
        return Ok(false);
    }
    let position = ReadPosition {
        chat_id: chat_id.clone(),
        account_id: account_id.clone(),
        delivered_message_at: now.0,
        read_message_at: now.1,
        change: change_numbers::next(tx, &LockedChat::of(&access.chat))?,
    };
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        diesel::insert_into(positions::table)
            .values(&position)
            .on_conflict((positions::chat_id, positions::account_id))
            .do_update()
            .set(&position)
            .execute(conn)?;
        if unread != access.unread_count {
            diesel::update(account_chats::table.find((account_id, chat_id)))
                .set(account_chats::unread_count.eq(unread))
                .execute(conn)?;
        }
        Ok::<_, DbError>(())
    })?;
    Ok(true)
}

/// Counts the messages of others after `time`.
fn unread_after(db: &mut Db, access: &ChatAccess, time: UtcTime) -> Result<i64, DbError> {
    if time >= access.chat.last_activity_at {
        return Ok(0);
    }
    let others = messages::sender_id
        .is_null()
        .or(messages::sender_id.ne(&access.account.id));
    Ok(on_engine!(db, conn => messages::table
        .filter(messages::chat_id.eq(&access.chat.id))
        .filter(messages::timestamp.gt(time))
        .filter(messages::direction.ne(Direction::Internal))
        .filter(others)
        .count()
        .get_result(conn))?)
}

impl Progress {
    /// Returns up to which time the position has come.
    pub fn of(self, position: &ReadPosition) -> Option<UtcTime> {
        match self {
            Self::Delivered => position.delivered_message_at,
            Self::Read => position.read_message_at,
        }
    }
}

/// Returns the position of the account of `access`. Returns `None` if it has none yet.
pub fn own(db: &mut Db, access: &ChatAccess) -> Result<Option<ReadPosition>, DbError> {
    Ok(on_engine!(db, conn => positions::table
        .find((&access.chat.id, &access.account.id))
        .select(ReadPosition::as_select())
        .first(conn)
        .optional())?)
}

/// Returns up to `limit` positions in the chat that were stored by changes after the start of
/// `changes`, up to its end. The caller has access to the chat.
pub fn changed(
    db: &mut Db,
    chat_id: &ChatId,
    changes: Range<i64>,
    limit: i64,
) -> Result<Vec<ParticipantPosition>, DbError> {
    let found: Vec<(String, ReadPosition)> = on_engine!(db, conn => positions::table
        .inner_join(accounts::table.on(accounts::id.eq(positions::account_id)))
        .filter(positions::chat_id.eq(chat_id))
        .filter(positions::change.gt(changes.start))
        .filter(positions::change.le(changes.end))
        .order(positions::account_id)
        .limit(limit)
        .select((accounts::name, ReadPosition::as_select()))
        .load(conn))?;
    let positions = found
        .into_iter()
        .map(|(name, position)| ParticipantPosition { name, position });
    Ok(positions.collect())
}

/// Maximum number of participants whose positions are read: those that have changed last.
pub(super) const MOST: usize = 100;

/// Returns the positions in the chat of `access`, those that have changed last first.
pub fn all(db: &mut Db, access: &ChatAccess) -> Result<Vec<ParticipantPosition>, DbError> {
    let found: Vec<(String, ReadPosition)> = on_engine!(db, conn => positions::table
        .inner_join(accounts::table.on(accounts::id.eq(positions::account_id)))
        .filter(positions::chat_id.eq(&access.chat.id))
        .order((positions::change.desc(), positions::account_id))
        .limit(MOST as i64)
        .select((accounts::name, ReadPosition::as_select()))
        .load(conn))?;
    let positions = found
        .into_iter()
        .map(|(name, position)| ParticipantPosition { name, position });
    Ok(positions.collect())
}
