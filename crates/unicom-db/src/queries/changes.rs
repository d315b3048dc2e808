//! Changes in a chat since a reader has read it.
//!
//! Each change has the next number of its chat and is stored with the row that it changes, so that
//! a reader who applies what [`since`] returns has what is stored. New messages are found by their
//! times, which increase within a chat; changed and deleted ones by their numbers. After a chat was
//! rewritten, its readers read it again.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use diesel::prelude::*;
use unicom_models::schema::{
    unicom_deleted_messages as deleted_messages, unicom_message_details as details,
    unicom_messages as messages,
};
use unicom_models::{Chat, Direction, Message, MessageFile, MessageId, UtcTime, VisibleMessage};

use super::files;
use super::holders::{self, ShownHolder};
use super::message_status::Statuses;
use super::read_positions::{self, ParticipantPosition};
use crate::{AdminAccess, ChatAccess, Db, DbError, on_engine};

/// What a reader has read of a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cursor {
    /// The epoch of the chat.
    pub epoch: i64,
    /// The number of the last change.
    pub change: i64,
    /// The time of the newest message.
    pub newest_at: UtcTime,
}

impl Cursor {
    /// Returns the cursor of a reader who has read everything in the chat.
    pub fn of(chat: &Chat) -> Self {
        Self {
            epoch: chat.epoch,
            change: chat.change,
            newest_at: chat.last_activity_at,
        }
    }
}

impl fmt::Display for Cursor {
    /// Writes the cursor as text for clients, who must not interpret it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            epoch,
            change,
            newest_at,
        } = self;
        write!(f, "{epoch:x}.{change:x}.{:x}", newest_at.as_micros())
    }
}

/// The text is not a [`Cursor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not a cursor that the server has returned")]
pub struct InvalidCursor;

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let mut numbers = text
            .split('.')
            .map(|number| match u64::from_str_radix(number, 16) {
                // Negative numbers are written as two's complements.
                Ok(number) => Ok(number.cast_signed()),
                Err(_) => Err(InvalidCursor),
            });
        let mut next = || numbers.next().ok_or(InvalidCursor)?;
        let (epoch, change, micros) = (next()?, next()?, next()?);
        match numbers.next() {
            None => Ok(Self {
                epoch,
                change,
                newest_at: UtcTime::from_micros(micros).ok_or(InvalidCursor)?,
            }),
            Some(_) => Err(InvalidCursor),
        }
    }
}

/// What has changed in a chat.
#[derive(Debug, Clone, PartialEq)]
pub enum Changes {
    /// The state of what is new or has changed, and the cursor of a reader who has applied it.
    Applied {
        /// New and changed messages, without internal ones, the oldest first.
        messages: Vec<VisibleMessage>,
        /// The further files of those messages that have several.
        files: HashMap<MessageId, Vec<MessageFile>>,
        /// Messages that were deleted. A reader may not know all of them.
        deleted: Vec<MessageId>,
        /// Participants who have got or read messages since.
        participants: Vec<ParticipantPosition>,
        /// Who answers in the chat, if that has changed. `Some(None)` is neither a bot nor a
        /// person.
        holder: Option<Option<ShownHolder>>,
        /// What decides the statuses of the messages.
        statuses: Box<Statuses>,
        /// The cursor after these changes.
        cursor: Cursor,
    },
    /// The chat has to be read again: it was rewritten, or too much has changed. The cursor is
    /// that of a reader who has done so.
    Reset(Cursor),
}

impl Changes {
    /// Returns that nothing has changed since `cursor`.
    fn none(access: &ChatAccess, cursor: Cursor) -> Self {
        Self::Applied {
            messages: Vec::new(),
            files: HashMap::new(),
            deleted: Vec::new(),
            participants: Vec::new(),
            holder: None,
            statuses: Box::new(Statuses::of_new(Some(access.account().id.clone()))),
            cursor,
        }
    }

    /// Returns the cursor of a reader who has applied them.
    pub fn cursor(&self) -> Cursor {
        match self {
            Self::Applied { cursor, .. } | Self::Reset(cursor) => *cursor,
        }
    }

    /// Returns `true` if nothing has changed that the reader sees.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Applied {
                messages,
                deleted,
                participants,
                holder,
                ..
            } => {
                messages.is_empty()
                    && deleted.is_empty()
                    && participants.is_empty()
                    && holder.is_none()
            }
            Self::Reset(_) => false,
        }
    }
}

/// Returns what has changed in the chat of `access` since `cursor`. Returns [`Changes::Reset`] if
/// more than `limit` messages have.
pub fn since(
    db: &mut Db,
    access: &ChatAccess,
    cursor: Cursor,
    limit: i64,
) -> Result<Changes, DbError> {
    let chat = access.chat();
    let now = Cursor::of(chat);
    if now.epoch != cursor.epoch || cursor.change > now.change {
        return Ok(Changes::Reset(now));
    }
    if now == cursor {
        return Ok(Changes::none(access, cursor));
    }
    // Later changes than those of `access` are left out: they belong to the next cursor.
    macro_rules! visible {
        () => {
            messages::table
                .left_join(details::table)
                .filter(messages::chat_id.eq(&chat.id))
                .filter(messages::direction.ne(Direction::Internal))
                .order((messages::timestamp, messages::id))
                .limit(limit + 1)
                .select(VisibleMessage::as_select())
        };
    }
    let mut found: Vec<VisibleMessage> = on_engine!(db, conn => visible!()
        .filter(messages::timestamp.le(cursor.newest_at))
        .filter(messages::change.gt(cursor.change))
        .filter(messages::change.le(now.change))
        .load(conn))?;
    let new: Vec<VisibleMessage> = on_engine!(db, conn => visible!()
        .filter(messages::timestamp.gt(cursor.newest_at))
        .filter(messages::timestamp.le(now.newest_at))
        .load(conn))?;
    found.extend(new);
    let deleted = deleted(db, chat, cursor, limit)?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    if found.len() > most || deleted.len() > most {
        return Ok(Changes::Reset(now));
    }
    let statuses = Statuses::read(db, access, &found)?;
    let is_changed = |participant: &&ParticipantPosition| {
        let change = participant.position.change;
        cursor.change < change && change <= now.change
    };
    let participants: Vec<_> = statuses
        .participants
        .iter()
        .filter(is_changed)
        .cloned()
        .collect();
    if participants.len() == read_positions::MOST {
        // Others may have changed, too.
        return Ok(Changes::Reset(now));
    }
    let from_provider = found.iter().filter(|message| message.is_from_provider);
    Ok(Changes::Applied {
        files: files::ready(db, from_provider.map(|message| message.id))?,
        messages: found,
        deleted,
        participants,
        holder: holders::changed(db, chat, cursor.change..now.change)?,
        statuses: Box::new(statuses),
        cursor: now,
    })
}

/// What has changed in a chat, for admins.
#[derive(Debug, Clone)]
pub enum AdminChanges {
    /// The state of what is new or has changed, and the cursor of a reader who has applied it.
    Applied {
        /// New and changed messages, the oldest first.
        messages: Vec<Message>,
        /// Messages that were deleted. A reader may not know all of them.
        deleted: Vec<MessageId>,
        /// Participants who have got or read messages.
        participants: Vec<ParticipantPosition>,
        /// Whether it has changed who answers.
        is_holder_changed: bool,
        /// The cursor after these changes.
        cursor: Cursor,
    },
    /// The chat has to be read again. The cursor is that of a reader who has done so.
    Reset(Cursor),
}

/// Returns what has changed in the chat of `access` since `cursor`, including internal messages.
/// Returns [`AdminChanges::Reset`] if more than `limit` messages have.
pub fn since_for_admin(
    db: &mut Db,
    access: &AdminAccess,
    cursor: Cursor,
    limit: i64,
) -> Result<AdminChanges, DbError> {
    let chat = access.chat();
    let now = Cursor::of(chat);
    if now.epoch != cursor.epoch || cursor.change > now.change {
        return Ok(AdminChanges::Reset(now));
    }
    macro_rules! of_chat {
        () => {
            messages::table
                .filter(messages::chat_id.eq(&chat.id))
                .order((messages::timestamp, messages::id))
                .limit(limit + 1)
                .select(Message::as_select())
        };
    }
    let mut found: Vec<Message> = on_engine!(db, conn => of_chat!()
        .filter(messages::timestamp.le(cursor.newest_at))
        .filter(messages::change.gt(cursor.change))
        .filter(messages::change.le(now.change))
        .load(conn))?;
    let new: Vec<Message> = on_engine!(db, conn => of_chat!()
        .filter(messages::timestamp.gt(cursor.newest_at))
        .filter(messages::timestamp.le(now.newest_at))
        .load(conn))?;
    found.extend(new);
    let deleted = deleted(db, chat, cursor, limit)?;
    let changes = cursor.change..now.change;
    let participants = read_positions::changed(db, &chat.id, changes.clone(), limit + 1)?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    if [found.len(), deleted.len(), participants.len()]
        .iter()
        .any(|number| *number > most)
    {
        return Ok(AdminChanges::Reset(now));
    }
    Ok(AdminChanges::Applied {
        messages: found,
        deleted,
        participants,
        is_holder_changed: holders::changed(db, chat, changes)?.is_some(),
        cursor: now,
    })
}

/// Returns the ids of up to `limit` + 1 messages that were deleted from the chat since `cursor`.
fn deleted(
    db: &mut Db,
    chat: &Chat,
    cursor: Cursor,
    limit: i64,
) -> Result<Vec<MessageId>, DbError> {
    Ok(on_engine!(db, conn => deleted_messages::table
        .filter(deleted_messages::chat_id.eq(&chat.id))
        .filter(deleted_messages::change.gt(cursor.change))
        .filter(deleted_messages::change.le(chat.change))
        .order(deleted_messages::change)
        .limit(limit + 1)
        .select(deleted_messages::message_id)
        .load(conn))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_read_as_they_were_written() {
        for (epoch, change, micros) in [
            (0, 0, 0),
            (1, 255, 1_764_417_600_000_000),
            (9, i64::MAX, -1),
        ] {
            let cursor = Cursor {
                epoch,
                change,
                newest_at: UtcTime::from_micros(micros).unwrap(),
            };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
    }

    #[test]
    fn other_texts_are_no_cursors() {
        let too_large = format!("{:x}.0.0", u128::from(u64::MAX) + 1);
        for text in [
            "",
            ".",
            "1.2",
            "1.2.3.4",
            "1..3",
            "x.1.1",
            " 1.1.1",
            "1.1.1 ",
            "0.0.7fffffffffffffff",
            &too_large,
        ] {
            assert_eq!(text.parse::<Cursor>(), Err(InvalidCursor), "{text}");
        }
    }
}
