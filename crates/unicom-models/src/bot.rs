//! Configured bots: kinds of bots with a configuration and a name.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

use crate::{UtcTime, schema};

/// A kind of bot with a configuration. Channels and categories refer to it by name.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_bots)]
#[non_exhaustive]
pub struct ConfiguredBot {
    /// The name of the bot. Unique.
    pub name: String,
    /// The kind of bot, as registered in the process: `llm`, `webhook`, …
    pub kind: String,
    /// Settings of the kind. An object.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub config: Value,
    /// When the bot was created.
    pub created_at: UtcTime,
    /// When the bot was last changed.
    pub updated_at: UtcTime,
}

impl ConfiguredBot {
    /// Creates a bot of this kind with these settings.
    pub fn new(name: String, kind: String, config: Value, now: UtcTime) -> Self {
        Self {
            name,
            kind,
            config,
            created_at: now,
            updated_at: now,
        }
    }
}
