//! What few messages have.

use diesel::prelude::*;
use unicom_models::schema::unicom_message_details as details;
use unicom_models::{MediaMeasures, Message, MessageDetails, MessageId};

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
