//! What few messages have.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use unicom_models::schema::{unicom_message_details as details, unicom_messages as messages};
use unicom_models::{AuthorKind, ChatId, MediaMeasures, Message, MessageDetails, MessageId};

use crate::{Db, DbError, LockedChat, Tx, on_engine};

/// Stores what a new message of `chat` has. Runs no statement if that is nothing.
pub fn insert(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    message: &Message,
    new: &MessageDetails,
) -> Result<(), DbError> {
    debug_assert_eq!(chat.id, message.chat_id);
    if new.is_empty() {
        return Ok(());
    }
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(details::table)
        .values((details::message_id.eq(message.id), new))
        .execute(conn))?;
    Ok(())
}

/// Stores the measures of the file of a message, which was fetched.
pub(super) fn set_measures(
    tx: &mut Tx<'_>,
    id: MessageId,
    measures: &MediaMeasures,
) -> Result<(), DbError> {
    if *measures == MediaMeasures::default() {
        return Ok(());
    }
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(details::table)
        .values((details::message_id.eq(id), measures))
        .on_conflict(details::message_id)
        .do_update()
        .set(measures)
        .execute(conn))?;
    Ok(())
}

/// Stores that people of the team wrote those messages in the chat of which only their users say
/// so. Called before the users are removed from them.
pub(super) fn keep_staff(
    tx: &mut Tx<'_>,
    chat_id: &ChatId,
    user_ids: &[String],
) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        let known = details::table
            .filter(details::author.is_not_null())
            .select(details::message_id);
        let theirs = messages::table
            .filter(messages::chat_id.eq(chat_id))
            .filter(messages::user_id.eq_any(user_ids))
            .filter(super::erasure::not_incoming())
            .filter(messages::id.ne_all(known))
            .select((messages::id, AuthorKind::Staff.into_sql::<Nullable<Text>>()));
        theirs
            .insert_into(details::table)
            .into_columns((details::message_id, details::author))
            .on_conflict(details::message_id)
            .do_update()
            .set(details::author.eq(AuthorKind::Staff))
            .execute(conn)
    })?;
    Ok(())
}
