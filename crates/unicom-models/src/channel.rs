//! Channels: the configured endpoints of platforms.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::BigInt;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{PlatformKind, UtcTime, channel_config, schema};

/// The id of a channel, a number assigned by the database.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    AsExpression,
    FromSqlRow,
    Serialize,
    Deserialize,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(sql_type = BigInt)]
#[serde(transparent)]
pub struct ChannelId(pub i64);

impl std::fmt::Display for ChannelId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for ChannelId {
    type Err = std::num::ParseIntError;

    fn from_str(value: &str) -> Result<Self, Self::Err> {
        value.parse().map(Self)
    }
}

impl<DB: diesel::backend::Backend> FromSql<BigInt, DB> for ChannelId
where
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(raw: DB::RawValue<'_>) -> deserialize::Result<Self> {
        i64::from_sql(raw).map(Self)
    }
}

impl<DB: diesel::backend::Backend> ToSql<BigInt, DB> for ChannelId
where
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

/// A configured endpoint of a platform, such as a web chat, a Telegram bot or a mailbox.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_channels)]
#[non_exhaustive]
pub struct Channel {
    /// The id of the channel.
    pub id: ChannelId,
    /// Display name.
    pub name: String,
    /// The platform of the channel.
    pub platform: PlatformKind,
    /// Settings of the platform and, under `"bot"`, the bot of the channel. An object.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub config: Value,
    /// Whether the channel receives and sends messages. Set by validation.
    pub active: bool,
    /// Why the channel does not work, as found by the last validation or, since then, at its
    /// provider.
    pub error: Option<String>,
    /// The webhook URL that the platform has confirmed.
    pub confirmed_webhook_url: Option<String>,
    /// When the channel was created.
    pub created_at: UtcTime,
    /// When the channel was last changed.
    pub updated_at: UtcTime,
}

impl Channel {
    /// Returns `true` if the channel has a bot.
    pub fn has_bot(&self) -> bool {
        channel_config::has_bot(&self.config)
    }

    /// Returns the name that bots and the system have in messages on the channel: its `bot_name`,
    /// or the channel's name.
    pub fn bot_name(&self) -> &str {
        channel_config::bot_name(&self.name, &self.config)
    }
}

impl Channel {
    /// Creates an active channel without settings.
    pub fn new(id: ChannelId, platform: PlatformKind, name: String, now: UtcTime) -> Self {
        Self {
            id,
            name,
            platform,
            config: Value::Object(Map::new()),
            active: true,
            error: None,
            confirmed_webhook_url: None,
            created_at: now,
            updated_at: now,
        }
    }
}
