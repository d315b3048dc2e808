//! Accounts, the identities of people and bots on a platform, and their membership in chats.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    AccountId, CategoryId, Channel, ChannelId, ChatId, MemberId, PlatformKind, UtcTime, schema,
};

/// A person or a bot, as known to one platform.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_accounts)]
#[non_exhaustive]
pub struct Account {
    /// The id of the account.
    pub id: AccountId,
    /// The platform of the account.
    pub platform: PlatformKind,
    /// The channel on which the account first wrote.
    pub channel_id: ChannelId,
    /// The name shown with its messages.
    pub name: String,
    /// Whether a program writes with this account.
    pub is_bot: bool,
    /// Whether the account is blocked. A blocked account can neither write nor read.
    pub blocked: bool,
    /// The member behind the account, if known.
    pub member_id: Option<MemberId>,
    /// The category of its requests unless they name another.
    pub default_category_id: Option<CategoryId>,
    /// The platform's data about the account, unchanged.
    pub raw: Value,
    /// When the account was created.
    pub created_at: UtcTime,
    /// When the account was last changed.
    pub updated_at: UtcTime,
}

impl Account {
    /// Creates an account that first writes on `channel` and has no known member.
    pub fn new(id: AccountId, channel: &Channel, name: String, now: UtcTime) -> Self {
        Self {
            id,
            platform: channel.platform.clone(),
            channel_id: channel.id,
            name,
            is_bot: false,
            blocked: false,
            member_id: None,
            default_category_id: None,
            raw: Value::Object(Map::new()),
            created_at: now,
            updated_at: now,
        }
    }
}

/// The membership of an account in a chat.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = schema::unicom_account_chats)]
#[non_exhaustive]
pub struct AccountChat {
    /// The account.
    pub account_id: AccountId,
    /// The chat.
    pub chat_id: ChatId,
    /// Number of messages by others since the account last wrote in the chat or marked it as read.
    pub unread_count: i64,
    /// When the account joined.
    pub created_at: UtcTime,
}

impl AccountChat {
    /// Creates the membership of an account that joins now and has no unread messages.
    pub fn new(account_id: AccountId, chat_id: ChatId, now: UtcTime) -> Self {
        Self {
            account_id,
            chat_id,
            unread_count: 0,
            created_at: now,
        }
    }
}
