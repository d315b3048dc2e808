//! Members, the people behind accounts across platforms, and groups of members.

use diesel::prelude::*;
use serde::Serialize;

use crate::{GroupId, MemberId, UtcTime, schema};

/// The person behind one or more accounts.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_members)]
#[non_exhaustive]
pub struct Member {
    /// The id of the member.
    pub id: MemberId,
    /// The name of the person.
    pub name: String,
    /// The host's id of the person's user. Each user has at most one member.
    pub user_id: Option<String>,
    /// An e-mail address, in lower case.
    pub email: Option<String>,
    /// Whether the e-mail address is proven to be the person's. Only a verified address links
    /// accounts.
    pub email_verified: bool,
    /// A telephone number.
    pub phone: Option<String>,
    /// Whether the telephone number is proven to be the person's. Only a verified number links
    /// accounts.
    pub phone_verified: bool,
    /// When the member was created.
    pub created_at: UtcTime,
    /// When the member was last changed.
    pub updated_at: UtcTime,
}

impl Member {
    /// Creates a member without a user, an e-mail address and a telephone number.
    pub fn new(name: String, now: UtcTime) -> Self {
        Self {
            id: MemberId::new(),
            name,
            user_id: None,
            email: None,
            email_verified: false,
            phone: None,
            phone_verified: false,
            created_at: now,
            updated_at: now,
        }
    }
}

/// A named group of members. Categories can be opened to a group as a whole.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_member_groups)]
#[non_exhaustive]
pub struct MemberGroup {
    /// The id of the group.
    pub id: GroupId,
    /// The name of the group. Unique.
    pub name: String,
    /// What the group is for.
    pub description: String,
    /// When the group was created.
    pub created_at: UtcTime,
    /// When the group was last changed.
    pub updated_at: UtcTime,
}

impl MemberGroup {
    /// Creates a group without a description.
    pub fn new(name: String, now: UtcTime) -> Self {
        Self {
            id: GroupId::new(),
            name,
            description: String::new(),
            created_at: now,
            updated_at: now,
        }
    }
}
