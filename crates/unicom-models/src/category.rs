//! Categories of requests.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

use crate::{CategoryId, ChannelId, GroupId, MemberId, UtcTime, schema};

/// A kind of request, with who may use it and how messages are matched to it. Categories form a
/// tree.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_request_categories)]
#[non_exhaustive]
pub struct RequestCategory {
    /// The id of the category.
    pub id: CategoryId,
    /// The parent category.
    pub parent_id: Option<CategoryId>,
    /// The position among its siblings. Unique for each parent.
    pub sequence: i32,
    /// The name of the category.
    pub name: String,
    /// What the category is for.
    pub description: String,
    /// Whether requests may use the category.
    pub active: bool,
    /// Whether every requester may use the category. If not, only authorised members and groups
    /// may.
    pub public: bool,
    /// The category matcher: which messages belong to the category.
    pub matcher: Option<Value>,
    /// The bot that handles requests of the category, instead of the channel's bot.
    pub bot: Option<Value>,
    /// When the category was created.
    pub created_at: UtcTime,
    /// When the category was last changed.
    pub updated_at: UtcTime,
}

impl RequestCategory {
    /// Creates an active category without a parent, a matcher and a bot.
    pub fn new(name: String, sequence: i32, now: UtcTime) -> Self {
        Self {
            id: CategoryId::new(),
            parent_id: None,
            sequence,
            name,
            description: String::new(),
            active: true,
            public: false,
            matcher: None,
            bot: None,
            created_at: now,
            updated_at: now,
        }
    }
}

/// The channels a category is restricted to, and the members and groups who may use it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct CategoryLinks {
    /// The channels on which the category can be used. Empty means all.
    pub channel_ids: Vec<ChannelId>,
    /// The members who may use the category if it is not public.
    pub member_ids: Vec<MemberId>,
    /// The groups whose members may use the category if it is not public.
    pub group_ids: Vec<GroupId>,
}
