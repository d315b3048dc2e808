//! `Event`: notifications about committed writes.

use unicom_models::{AccountId, Address, ChannelId, ChatId, Direction, MessageId, RequestId};

/// A notification about a committed write.
///
/// Events are hints: a listener that misses one finds the same state by querying the database.
/// [`Database::subscribe`](crate::Database::subscribe) says which it may miss.
///
/// ```
/// use unicom_db::Event;
/// use unicom_models::ChatId;
///
/// /// Returns the chat that a reader has to read again.
/// fn changed_chat(event: Event) -> Option<ChatId> {
///     match event {
///         Event::MessageSaved { chat_id, .. } => Some(chat_id),
///         _ => None,
///     }
/// }
/// # assert_eq!(changed_chat(Event::RemoteWork), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A message was stored.
    MessageSaved {
        /// The chat of the message.
        chat_id: ChatId,
        /// The id of the message.
        message_id: MessageId,
        /// The direction of the message.
        direction: Direction,
    },
    /// A request is ready to be claimed.
    RequestReady {
        /// The id of the request.
        request_id: RequestId,
    },
    /// An outgoing message is ready to be delivered to its platform.
    DeliveryReady {
        /// The id of the message.
        message_id: MessageId,
    },
    /// A provider waits to be told that a click on a button has arrived.
    ClickTaken {
        /// The channel of the click.
        channel_id: ChannelId,
        /// The address of the account that clicked.
        account: Address,
        /// The provider's id of the click.
        provider_click_id: String,
    },
    /// Another process on the same database may have written new work. Published only after
    /// [`Database::listen_to_peers`] has been called.
    ///
    /// [`Database::listen_to_peers`]: crate::Database::listen_to_peers
    RemoteWork,
    /// A guest's account was merged into a user's account.
    AccountMerged {
        /// The guest's account, which no longer exists.
        from: AccountId,
        /// The user's account, which now owns everything the guest had.
        to: AccountId,
    },
}
