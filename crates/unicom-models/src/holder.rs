//! [`ChatHolder`]: who answers in a chat.

use diesel::prelude::*;

use crate::text_enum::text_enum;
use crate::{ChatId, UtcTime, schema};

text_enum! {
    /// Who answers in a chat.
    pub enum HolderKind ("holder") {
        /// The bot, as in every chat that was never taken or handed over.
        Bot => "bot",
        /// A person is waited for: the bot has handed the chat over and no person has taken it yet.
        Waiting => "waiting",
        /// A person has taken the chat.
        Staff => "staff",
    }
}

/// Who answers in a chat that was taken from its bot, or handed over by it, at least once.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = schema::unicom_chat_holders)]
#[diesel(treat_none_as_null = true)]
pub struct ChatHolder {
    /// The chat.
    pub chat_id: ChatId,
    /// Who answers.
    pub kind: HolderKind,
    /// The name of the person who has taken the chat, as visitors see it.
    pub name: Option<String>,
    /// The host's id of that person.
    pub user_id: Option<String>,
    /// Why the bot handed the chat over.
    pub reason: Option<String>,
    /// What the bot knows about the conversation, for the person who takes the chat.
    pub summary: Option<String>,
    /// Since when it is so.
    pub held_at: UtcTime,
    /// The number of the change in the chat that stored this.
    pub change: i64,
}
