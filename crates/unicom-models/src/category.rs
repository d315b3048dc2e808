//! A category of requests.

use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

use crate::{CategoryId, ChannelId, GroupId, MemberId, UtcTime, schema};

/// A kind of request, in a tree: who may see it, and how a message is told to belong to it.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_request_categories)]
pub struct RequestCategory {
    /// Its id.
    pub id: CategoryId,
    /// The category it is part of.
    pub parent_id: Option<CategoryId>,
    /// Its place among its siblings, unique for each parent.
    pub sequence: i32,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether requests may take it.
    pub active: bool,
    /// Whether every requester may take it, or only authorised members and groups.
    pub public: bool,
    /// How a message is told to belong to it.
    pub matcher: Option<Value>,
    /// The bot that handles its requests, instead of the channel's.
    pub bot: Option<Value>,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was last changed.
    pub updated_at: UtcTime,
}

/// To what a category is restricted, and to whom it is open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryLinks {
    /// The channels where it can be taken; none of them means all.
    pub channel_ids: Vec<ChannelId>,
    /// The members who may take it though it is not public.
    pub member_ids: Vec<MemberId>,
    /// The groups whose members may take it though it is not public.
    pub group_ids: Vec<GroupId>,
}
