//! [`Author`]: who writes in a chat, as its readers see it.

use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;

/// Who writes in a chat, as its readers see it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Author {
    /// What the author is.
    pub kind: AuthorKind,
    /// The name to show.
    pub name: String,
}

text_enum! {
    /// What an author is.
    pub enum AuthorKind ("kind of author") {
        /// The person who writes from a site or a platform.
        Visitor => "visitor",
        /// A program that answers.
        Bot => "bot",
        /// A person of the team.
        Staff => "staff",
        /// unicom itself, such as with the list of categories.
        System => "system",
    }
}
