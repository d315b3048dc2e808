//! A member: the person behind accounts, across platforms; and groups of members.

use diesel::prelude::*;
use serde::Serialize;

use crate::{GroupId, MemberId, UtcTime, schema};

/// The person behind accounts.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_members)]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    /// The person's name.
    pub name: String,
    /// The host's own user, at most one member each.
    pub user_id: Option<String>,
    /// An e-mail address, in lower case.
    pub email: Option<String>,
    /// Whether the address was proven to be the person's. Only then it links accounts.
    pub email_verified: bool,
    /// A telephone number.
    pub phone: Option<String>,
    /// Whether the number was proven to be the person's. Only then it links accounts.
    pub phone_verified: bool,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was last changed.
    pub updated_at: UtcTime,
}

/// A named group of members, to whom categories can be opened together.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_member_groups)]
pub struct MemberGroup {
    /// Its id.
    pub id: GroupId,
    /// Its name, unique.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it was last changed.
    pub updated_at: UtcTime,
}
