//! A configured bot: a kind of bot with a configuration, under a name of its own.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

use crate::{UtcTime, schema};

/// A kind of bot with a configuration. Channels and categories choose it by its name.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_bots)]
pub struct ConfiguredBot {
    /// Its name, unique.
    pub name: String,
    /// The kind of bot, as the process knows it: `llm`, `webhook`, …
    pub kind: String,
    /// The kind's own settings, an object.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub config: Value,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was last changed.
    pub updated_at: UtcTime,
}
