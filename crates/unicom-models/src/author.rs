//! [`Author`]: who writes in a chat, as its readers see it.

use serde::{Deserialize, Serialize};

/// Who writes in a chat, as its readers see it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Author {
    /// What the author is.
    pub kind: AuthorKind,
    /// The name to show.
    pub name: String,
}

/// What an author is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AuthorKind {
    /// The person who writes from a site or a platform.
    Visitor,
    /// A program that answers.
    Bot,
    /// A person of the team.
    Staff,
}
