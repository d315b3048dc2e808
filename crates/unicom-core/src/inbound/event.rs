//! [`PlatformEvent`], everything that a platform reports, and [`Applied`], what became of it.

use serde_json::Value;
use unicom_models::{Address, ChannelId, InteractiveButtons, MessageId, UtcTime};

use super::{IncomingMessage, Saved};
use crate::html::CleanHtml;

/// What a provider reports through a channel. It is applied with [`receive`](super::receive).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum PlatformEvent {
    /// An account wrote a message.
    Message(Box<MessageEvent>),
    /// The sender of a message changed it.
    Edited(MessageEdit),
    /// The sender of a message deleted it.
    Deleted {
        /// The provider's id of the message.
        provider_message_id: String,
    },
    /// An account clicked a button that unicom sent.
    Clicked(ClickEvent),
    /// A message of unicom was sent, delivered or seen, or it failed.
    Receipt(Receipt),
    /// An account or a chat has another address. Its messages go there from now on.
    AddressChanged {
        /// An address that the account or chat had before.
        from: Address,
        /// Its address from now on.
        to: Address,
    },
    /// A chat cannot be reached any more, for example because the account blocked the channel.
    ChatGone {
        /// The address of the chat.
        chat: Address,
        /// Why, as a sentence for admins.
        reason: String,
    },
}

/// A message with its sender and its chat.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MessageEvent {
    /// The account that wrote the message. Created if its address is unknown.
    pub sender: Sender,
    /// The chat of the message. Created if its address is unknown.
    pub chat: ChatInfo,
    /// The message. Set its `provider_message_id`, since providers may report a message twice: a
    /// second message with this id on the channel is not stored.
    pub message: IncomingMessage,
    /// The provider's id of the message that this message replies to, instead of
    /// [`IncomingMessage::reply_to_message_id`]. Ignored if the chat has no such message.
    pub reply_to: Option<String>,
    /// Which buttons the platform shows as a
    /// [`numbered_list`](crate::buttons::numbered_list). If the text is just the number of a button
    /// of the chat's last outgoing message, it counts as a click. By default, none.
    pub numbered_buttons: fn(&InteractiveButtons) -> bool,
}

/// The account behind an event, as the provider describes it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Sender {
    /// The provider's id of the account.
    pub address: Address,
    /// The display name, at most 255 characters. If empty, a known account keeps its name.
    pub name: String,
    /// Whether a program writes with this account.
    pub is_bot: bool,
    /// The provider's data about the account. If `null`, a known account keeps its data.
    pub raw: Value,
}

/// The chat of a message, as the provider describes it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ChatInfo {
    /// The provider's id of the chat.
    pub address: Address,
    /// The name of the chat, if the provider has one, at most 255 characters.
    pub name: Option<String>,
    /// Whether the chat is between one account and the channel.
    pub is_private: bool,
}

/// The new content of a message.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MessageEdit {
    /// The provider's id of the message.
    pub provider_message_id: String,
    /// The new text.
    pub text: String,
    /// The new HTML.
    pub html: Option<CleanHtml>,
    /// When the message was edited, by the provider's clock. An edit that is older than the last
    /// one is ignored.
    pub at: UtcTime,
}

/// A click on a button that unicom sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ClickEvent {
    /// The account that clicked.
    pub sender: Sender,
    /// The `callback_execution_id` of the button.
    pub callback_execution_id: String,
    /// The provider's id of the click, if the provider waits to be told that it has arrived. A
    /// pipeline in this process does so with
    /// [`Signal::ClickTaken`](crate::platform::Signal::ClickTaken), also if the click is refused.
    pub provider_click_id: Option<String>,
    /// The data received from the provider, unchanged. `null` counts as an empty object.
    pub raw: Value,
}

/// A provider's report on a message that unicom sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// The message.
    pub message: MessageRef,
    /// What happened to it.
    pub status: ReceiptStatus,
    /// When, by the provider's clock.
    pub at: UtcTime,
}

/// Reference to a message of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageRef {
    /// The provider's id of the message.
    Provider(String),
    /// The id of the message, if the provider returns what it was sent with the message.
    Own(MessageId),
}

/// How far a message has come. It never goes backward.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReceiptStatus {
    /// The provider has sent the message.
    Sent,
    /// The message has arrived.
    Delivered,
    /// The recipient has seen the message.
    Seen,
    /// The message did not arrive. Ignored if it was delivered or seen.
    Failed {
        /// The provider's code of the error.
        code: String,
        /// Why, as a sentence for admins.
        reason: String,
    },
}

/// What [`receive`](super::receive) did with an event.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Applied {
    /// The message, or the message of the click, is stored: now or, if the provider repeated it,
    /// before.
    Stored(Box<Saved>),
    /// What was stored before has changed.
    Changed,
    /// There was nothing to change: the provider repeated the event, or a newer one came before it.
    Unchanged,
    /// Nothing was changed, and a repetition will not help.
    Refused(Refusal),
}

/// Why an event was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The account is blocked.
    #[error("this account is blocked")]
    AccountBlocked,
    /// The person behind the account was erased a short time ago.
    #[error("this account was erased")]
    AccountErased,
    /// No message of the channel has this id.
    #[error("there is no such message on this channel")]
    UnknownMessage,
    /// The account has no button with this id in its chats on the channel.
    #[error("there is no such button in the account's chats on this channel")]
    UnknownButton,
    /// The button has expired.
    #[error("the button has expired")]
    ButtonExpired,
    /// No account or chat has this address.
    #[error("no account or chat has this address")]
    UnknownAddress,
}

impl PlatformEvent {
    /// Creates the event for a message of `sender` in `chat`.
    pub fn message(sender: Sender, chat: ChatInfo, message: IncomingMessage) -> Self {
        let event = MessageEvent {
            sender,
            chat,
            message,
            reply_to: None,
            numbered_buttons: |_| false,
        };
        Self::Message(Box::new(event))
    }

    /// Lets a message be a click on one of the buttons that the platform shows as a numbered list:
    /// see [`MessageEvent::numbered_buttons`]. Other events stay as they are.
    #[must_use]
    pub fn with_numbered_buttons(mut self, are_numbered: fn(&InteractiveButtons) -> bool) -> Self {
        if let Self::Message(event) = &mut self {
            event.numbered_buttons = are_numbered;
        }
        self
    }

    /// Creates the event for the new text of a message, edited at `at`.
    pub fn edited(
        provider_message_id: impl Into<String>,
        text: impl Into<String>,
        at: UtcTime,
    ) -> Self {
        Self::Edited(MessageEdit {
            provider_message_id: provider_message_id.into(),
            text: text.into(),
            html: None,
            at,
        })
    }

    /// Creates the event for a click of `sender` on a button.
    pub fn clicked(sender: Sender, callback_execution_id: impl Into<String>, raw: Value) -> Self {
        Self::Clicked(ClickEvent {
            sender,
            callback_execution_id: callback_execution_id.into(),
            provider_click_id: None,
            raw,
        })
    }

    /// Lets the provider be told that a click has arrived: see [`ClickEvent::provider_click_id`].
    /// Other events stay as they are.
    #[must_use]
    pub fn with_click_id(mut self, provider_click_id: impl Into<String>) -> Self {
        if let Self::Clicked(event) = &mut self {
            event.provider_click_id = Some(provider_click_id.into());
        }
        self
    }

    /// Creates the event for a report on a message.
    pub fn receipt(message: MessageRef, status: ReceiptStatus, at: UtcTime) -> Self {
        Self::Receipt(Receipt {
            message,
            status,
            at,
        })
    }
}

impl Sender {
    /// Creates the account of a person with an address that is the same on all channels.
    pub fn new(address: impl Into<String>, name: impl Into<String>) -> Self {
        Self::at(Address::account(address), name)
    }

    /// Creates the account of a person with this address.
    pub fn at(address: Address, name: impl Into<String>) -> Self {
        Self {
            address,
            name: name.into(),
            is_bot: false,
            raw: Value::Null,
        }
    }

    /// Sets the provider's data about the account.
    #[must_use]
    pub fn with_raw(self, raw: Value) -> Self {
        Self { raw, ..self }
    }
}

impl ChatInfo {
    /// Creates a private chat without a name, with an address of the channel.
    pub fn new(channel_id: ChannelId, address: impl Into<String>) -> Self {
        Self::at(Address::chat(channel_id, address))
    }

    /// Creates a chat of several accounts, with an address of the channel.
    pub fn group(
        channel_id: ChannelId,
        address: impl Into<String>,
        name: impl Into<String>,
    ) -> Self {
        Self {
            name: Some(name.into()),
            is_private: false,
            ..Self::new(channel_id, address)
        }
    }

    /// Creates a private chat without a name, with this address.
    pub fn at(address: Address) -> Self {
        Self {
            address,
            name: None,
            is_private: true,
        }
    }
}

impl Applied {
    pub(super) fn stored(saved: Saved) -> Self {
        Self::Stored(Box::new(saved))
    }

    /// Returns the stored message. Returns `None` if the event was refused or stored no message.
    pub fn into_saved(self) -> Option<Saved> {
        match self {
            Self::Stored(saved) => Some(*saved),
            _ => None,
        }
    }
}

impl Refusal {
    /// Returns a stable code for programs, such as `account_blocked`.
    pub fn code(self) -> &'static str {
        match self {
            Self::AccountBlocked => "account_blocked",
            Self::AccountErased => "account_erased",
            Self::UnknownMessage => "unknown_message",
            Self::UnknownButton => "not_your_button",
            Self::ButtonExpired => "button_expired",
            Self::UnknownAddress => "unknown_address",
        }
    }
}
