//! The ids that providers gave messages. Each is unique on its channel.
//!
//! The id of a message that was sent is stored by a trigger when the delivery sets the message's
//! `provider_message_id`.

use diesel::prelude::*;
use unicom_models::schema::{
    unicom_messages as messages, unicom_provider_messages as provider_messages,
};
use unicom_models::{ChannelId, Message};

use crate::{Db, DbError, Tx, on_engine};

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
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(provider_messages::table)
        .values((
            provider_messages::channel_id.eq(message.channel_id),
            provider_messages::provider_id.eq(provider_id),
            provider_messages::message_id.eq(message.id),
            provider_messages::part.eq(0),
        ))
        .execute(conn))?;
    Ok(())
}
