//! [`ChatRating`]: how a visitor has rated a chat.

use diesel::prelude::*;

use crate::{AccountId, ChatId, UtcTime, schema};

/// How a visitor has rated a chat. The last rating of a chat counts.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = schema::unicom_chat_ratings)]
#[diesel(treat_none_as_null = true)]
pub struct ChatRating {
    /// The chat.
    pub chat_id: ChatId,
    /// The account of the visitor.
    pub account_id: AccountId,
    /// From 1, the worst, to 5.
    pub score: i32,
    /// What the visitor wrote about the conversation.
    pub comment: Option<String>,
    /// When the chat was rated.
    pub rated_at: UtcTime,
}
