//! Filters for a list of chats: a fixed set of conditions.

use unicom_models::{ChannelId, ChatId};

/// Filters for a list of chats. All set filters must match.
#[derive(Debug, Clone, Default)]
pub struct ChatFilters {
    /// The channel of the chat.
    pub channel_id: Option<ChannelId>,
    /// The id of the chat.
    pub id: Option<ChatId>,
    /// The exact name of the chat.
    pub name: Option<String>,
    /// Text contained in the name, ignoring case.
    pub name_contains: Option<String>,
    /// Whether the chat is private.
    pub is_private: Option<bool>,
    /// Whether the chat is archived.
    pub is_archived: Option<bool>,
    /// Conditions on the chat's metadata.
    pub metadata: Vec<MetadataFilter>,
}

/// A condition on one top-level field of a chat's metadata.
#[derive(Debug, Clone)]
pub struct MetadataFilter {
    /// The name of the field.
    pub key: MetadataKey,
    /// The comparison operator.
    pub comparison: Comparison,
    /// The value to compare with. Compared exactly as numbers if both the value and the field are
    /// numbers. In a range, a value that is a number finds only numbers, and any other only
    /// strings; otherwise fields are compared as strings.
    pub value: String,
}

/// The name of a metadata field that is safe in a JSON path: 1 to 64 ASCII letters, digits, `_` and
/// `-`, without `__`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataKey(String);

impl MetadataKey {
    /// Parses a key. Returns `None` if it is empty, too long or has a character or sequence that is
    /// not allowed.
    pub fn parse(key: &str) -> Option<Self> {
        let safe = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        ((1..=64).contains(&key.len()) && key.chars().all(safe) && !key.contains("__"))
            .then(|| Self(key.to_owned()))
    }

    /// Returns the key as a string slice.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A comparison operator for a metadata field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Equal to the value.
    Equal,
    /// Greater than or equal to the value.
    AtLeast,
    /// Less than or equal to the value.
    AtMost,
    /// Greater than the value.
    Above,
    /// Less than the value.
    Below,
    /// Contains the value as text, ignoring case.
    Contains,
}
