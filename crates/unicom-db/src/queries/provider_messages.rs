//! The ids that providers gave messages. Each is unique on its channel.
//! A message that takes several parts has an id for each.

use diesel::prelude::*;
use unicom_models::schema::{
    unicom_messages as messages, unicom_provider_messages as provider_messages,
};
use unicom_models::{ChannelId, Message, MessageId};

use crate::{Db, DbError, Tx, on_engine};

/// The row of a part of a message.
macro_rules! row {
    ($message:expr, $provider_id:expr, $part:expr) => {
        (
            provider_messages::channel_id.eq($message.channel_id),
            provider_messages::provider_id.eq($provider_id),
            provider_messages::message_id.eq($message.id),
            provider_messages::part.eq($part),
        )
    };
}

/// Returns the message to which a provider gave this id on the channel.
pub fn find(
    db: &mut Db,
    channel_id: ChannelId,
    provider_id: &str,
) -> Result<Option<Message>, DbError> {
    Ok(on_engine!(db, conn => provider_messages::table
        .inner_join(messages::table)
        .filter(provider_messages::channel_id.eq(channel_id))
        .filter(provider_messages::provider_id.eq(provider_id))
        .select(Message::as_select())
        .first(conn)
        .optional())?)
}

/// Records the id that a provider gave a stored message.
///
/// # Errors
/// A unique violation ([`DbError::is_unique_violation`]) if another message of the channel has it.
pub fn insert(tx: &mut Tx<'_>, message: &Message, provider_id: &str) -> Result<(), DbError> {
    let row = row!(message, provider_id, 0);
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(provider_messages::table).values(row).execute(conn))?;
    Ok(())
}

/// Returns the ids that a provider gave the parts of a message, in order.
pub fn parts(db: &mut Db, id: MessageId) -> Result<Vec<String>, DbError> {
    Ok(on_engine!(db, conn => provider_messages::table
        .filter(provider_messages::message_id.eq(id))
        .order(provider_messages::part)
        .select(provider_messages::provider_id)
        .load(conn))?)
}

/// Records the ids that a provider gave further parts of a message. The first part's id becomes
/// that of the message. An id that another message of the channel has is left out.
pub fn add_parts(tx: &mut Tx<'_>, message: &Message, ids: &[String]) -> Result<(), DbError> {
    let before = parts(tx, message.id)?.len();
    let db: &mut Db = tx;
    if before == 0
        && let Some(first) = ids.first()
    {
        on_engine!(db, conn => diesel::update(messages::table.find(message.id))
            .set(messages::provider_message_id.eq(first))
            .execute(conn))?;
    }
    for (id, part) in ids.iter().zip(before..) {
        let part = i32::try_from(part).unwrap_or(i32::MAX);
        let row = row!(message, id, part);
        on_engine!(db, conn => diesel::insert_into(provider_messages::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(conn))?;
    }
    Ok(())
}
