//! An account: a person or a bot on one platform; and its membership in chats.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    AccountId, CategoryId, Channel, ChannelId, ChatId, MemberId, PlatformKind, UtcTime, schema,
};

/// A person or a bot as one platform knows it.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_accounts)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The platform it lives on.
    pub platform: PlatformKind,
    /// The channel where it first wrote.
    pub channel_id: ChannelId,
    /// The name shown beside its messages.
    pub name: String,
    /// Whether a program writes under it.
    pub is_bot: bool,
    /// A blocked account neither writes nor reads.
    pub blocked: bool,
    /// The person behind it, where known.
    pub member_id: Option<MemberId>,
    /// The category its requests take unless they name another.
    pub default_category_id: Option<CategoryId>,
    /// What the platform says about it, as it came.
    pub raw: Value,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was last changed.
    pub updated_at: UtcTime,
}

impl Account {
    /// An account that first writes on `channel`, of a person whom nobody knows yet.
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

/// An account's part in a chat.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[diesel(table_name = schema::unicom_account_chats)]
pub struct AccountChat {
    /// Who takes part.
    pub account_id: AccountId,
    /// In which chat.
    pub chat_id: ChatId,
    /// Messages of others since this account last wrote there or marked it read.
    pub unread_count: i64,
    /// When it joined.
    pub created_at: UtcTime,
}
