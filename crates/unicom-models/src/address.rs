//! Addresses: the ids by which a provider knows accounts and chats.

use crate::text_enum::text_enum;
use crate::{ChannelId, PlatformKind};

text_enum! {
    /// What an address belongs to.
    pub enum AddressKind ("address kind") {
        /// An account, such as a telephone number or a user id.
        Account => "account",
        /// A chat.
        Chat => "chat",
        /// A chat that is a thread of messages, such as the subject of a mailbox.
        Thread => "thread",
    }
}

/// The part of a platform in which an address is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddressScope {
    /// The whole platform: on every channel, the address is the same account or chat.
    Platform,
    /// One channel: on another channel, the address is another account or chat.
    Channel(ChannelId),
}

/// The id by which a provider knows an account or a chat.
///
/// An account or a chat may have several addresses, one of which is the current one, to which
/// messages are sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Address {
    /// What the address belongs to.
    pub kind: AddressKind,
    /// Where the address is unique.
    pub scope: AddressScope,
    /// The provider's id, 1 to 1,000 bytes without NUL.
    pub value: String,
}

impl Address {
    /// Creates the address of an account that is the same on all channels of the platform.
    pub fn account(value: impl Into<String>) -> Self {
        Self {
            kind: AddressKind::Account,
            scope: AddressScope::Platform,
            value: value.into(),
        }
    }

    /// Creates the address of a chat on a channel.
    pub fn chat(channel_id: ChannelId, value: impl Into<String>) -> Self {
        Self {
            kind: AddressKind::Chat,
            scope: AddressScope::Channel(channel_id),
            value: value.into(),
        }
    }

    /// Creates the address of a thread on a channel.
    pub fn thread(channel_id: ChannelId, value: impl Into<String>) -> Self {
        Self {
            kind: AddressKind::Thread,
            ..Self::chat(channel_id, value)
        }
    }

    /// Sets where the address is unique.
    #[must_use]
    pub fn with_scope(self, scope: AddressScope) -> Self {
        Self { scope, ..self }
    }

    /// Returns the id of an account or a chat that is created for this address:
    /// `{platform}_{value}`, or `{platform}_{channel}_{value}` if the address is that of a channel.
    ///
    /// ```
    /// use unicom_models::{Address, ChannelId};
    ///
    /// let platform = "Sms".into();
    /// assert_eq!(Address::account("49170").new_id(&platform), "sms_49170");
    /// assert_eq!(Address::chat(ChannelId(3), "49170").new_id(&platform), "sms_3_49170");
    /// ```
    pub fn new_id(&self, platform: &PlatformKind) -> String {
        let platform = platform.as_str().to_lowercase();
        match self.scope {
            AddressScope::Platform => format!("{platform}_{}", self.value),
            AddressScope::Channel(channel) => format!("{platform}_{channel}_{}", self.value),
        }
    }
}
