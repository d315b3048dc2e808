//! [`ReadPosition`]: how far a participant has read a chat.

use diesel::prelude::*;

use crate::{AccountId, ChatId, UtcTime, schema};

/// How far a participant has got and read the messages of a chat. A message is delivered or read if
/// its time is not after that of the position.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = schema::unicom_read_positions)]
pub struct ReadPosition {
    /// The chat.
    pub chat_id: ChatId,
    /// The participant.
    pub account_id: AccountId,
    /// The time of the newest message that a client of the participant has received.
    pub delivered_message_at: Option<UtcTime>,
    /// The time of the newest message that the participant has read.
    pub read_message_at: Option<UtcTime>,
    /// The number of the change in the chat that stored this.
    pub change: i64,
}
