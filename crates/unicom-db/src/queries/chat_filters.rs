//! Which chats of an account to list: a fixed set of conditions.

use unicom_models::{ChannelId, ChatId};

/// Which chats to list: all conditions must hold.
#[derive(Debug, Clone, Default)]
pub struct ChatFilters {
    /// On this channel.
    pub channel_id: Option<ChannelId>,
    /// The chat with this id.
    pub id: Option<ChatId>,
    /// With exactly this name.
    pub name: Option<String>,
    /// With this in the name, in whatever case.
    pub name_contains: Option<String>,
    /// Private or not.
    pub is_private: Option<bool>,
    /// Archived or not.
    pub is_archived: Option<bool>,
    /// By what their metadata says.
    pub metadata: Vec<MetadataFilter>,
}

/// A condition on one top-level field of a chat's metadata.
#[derive(Debug, Clone)]
pub struct MetadataFilter {
    /// The field's name: letters, digits, `_` and `-` only, which is what makes it safe in a JSON path.
    pub key: MetadataKey,
    /// How to compare.
    pub comparison: Comparison,
    /// With what. Compared as numbers where this and the field are numbers, else as text.
    pub value: String,
}

/// A field's name that is safe in a JSON path: 1 to 64 letters, digits, `_` and `-` of ASCII.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataKey(String);

impl MetadataKey {
    /// The key, if it has no character that could mean something in a path.
    pub fn parse(key: &str) -> Option<Self> {
        let safe = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        ((1..=64).contains(&key.len()) && key.chars().all(safe) && !key.contains("__"))
            .then(|| Self(key.to_owned()))
    }

    /// The key itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How a metadata field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// The same.
    Equal,
    /// Greater or the same.
    AtLeast,
    /// Less or the same.
    AtMost,
    /// Greater.
    Above,
    /// Less.
    Below,
    /// Has it in its text, in whatever case.
    Contains,
}
