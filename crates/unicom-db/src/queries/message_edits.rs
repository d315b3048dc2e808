//! Edits of messages: what a message said before its sender changed it.

use diesel::prelude::*;
use unicom_models::schema::{
    unicom_message_edits as edits, unicom_messages as messages, unicom_requests as requests,
};
use unicom_models::{MediaType, Message, MessageId, UtcTime};

use super::change_numbers;
use crate::{Db, DbError, LockedChat, Tx, on_engine};

/// What a message said before an edit.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct EarlierText {
    /// The message.
    pub message_id: MessageId,
    /// The number of the edit, from 1.
    pub revision: i32,
    /// The text before the edit.
    pub text: String,
    /// The HTML before the edit.
    pub html: Option<String>,
    /// When the message was edited, by the provider's clock.
    pub edited_at: UtcTime,
}

/// Returns what these messages said before each edit, the oldest edit of each first.
pub fn list(db: &mut Db, ids: &[MessageId]) -> Result<Vec<EarlierText>, DbError> {
    Ok(on_engine!(db, conn => edits::table
        .filter(edits::message_id.eq_any(ids))
        .order((edits::message_id, edits::revision))
        .select((edits::message_id, edits::revision, edits::text, edits::html, edits::edited_at))
        .load(conn))?)
}

/// The new content of a message.
#[derive(Debug, Clone, Copy)]
pub struct NewText<'a> {
    /// The number of the edit, from 1.
    pub revision: i32,
    /// The new text.
    pub text: &'a str,
    /// The new HTML.
    pub html: Option<&'a str>,
    /// The new type of the content.
    pub media_type: MediaType,
    /// The text of the message's request for display.
    pub display_text: &'a str,
    /// When the message was edited, by the provider's clock.
    pub edited_at: UtcTime,
}

/// Replaces the text of a message of `chat`, and that of its request if it is open. Keeps the old
/// text.
pub fn replace_text(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    message: &Message,
    new: NewText<'_>,
) -> Result<(), DbError> {
    debug_assert_eq!(chat.id, message.chat_id);
    let change = change_numbers::next(tx, chat)?;
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        diesel::insert_into(edits::table)
            .values((
                edits::message_id.eq(message.id),
                edits::revision.eq(new.revision),
                edits::text.eq(&message.text),
                edits::html.eq(&message.html),
                edits::edited_at.eq(new.edited_at),
            ))
            .execute(conn)?;
        diesel::update(messages::table.find(message.id))
            .set((
                messages::text.eq(new.text),
                messages::html.eq(new.html),
                messages::media_type.eq(new.media_type),
                messages::change.eq(change),
            ))
            .execute(conn)?;
        diesel::update(requests::table
            .filter(requests::message_id.eq(message.id))
            .filter(requests::due_at.is_not_null()))
        .set(requests::display_text.eq(new.display_text))
        .execute(conn)?;
        Ok::<_, DbError>(())
    })
}
