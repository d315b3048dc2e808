//! `Event`: what happened, told once it is committed.

use unicom_models::{AccountId, ChatId, Direction, MessageId, RequestId};

/// What a committed write did. A hint to look: who misses one finds the same by asking the database.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A message was stored.
    MessageSaved {
        /// The chat it belongs to.
        chat_id: ChatId,
        /// Its id.
        message_id: MessageId,
        /// Which way it goes.
        direction: Direction,
    },
    /// A request may be claimed.
    RequestReady {
        /// Its id.
        request_id: RequestId,
    },
    /// An outgoing message waits to be delivered to its platform.
    DeliveryReady {
        /// The message.
        message_id: MessageId,
    },
    /// Another process on the same database wrote what makes work. Only where [`Database::listen_to_peers`] was called.
    ///
    /// [`Database::listen_to_peers`]: crate::Database::listen_to_peers
    RemoteWork,
    /// A guest became a user.
    AccountMerged {
        /// The guest's account, which is gone.
        from: AccountId,
        /// The user's account, which has everything now.
        to: AccountId,
    },
}
