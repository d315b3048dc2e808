//! `Event`: notifications about committed writes, and signals that are not stored.

use serde::{Deserialize, Serialize};
use unicom_models::{
    AccountId, Address, Author, ChannelId, ChatId, Direction, Id, MessageId, RequestId,
};

/// A piece of a reply that a bot is writing.
///
/// A receiver that has the text up to `offset` appends it. One that has not has missed a piece, and
/// reads the [stored text](crate::queries::streams) when it is told that it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StreamDelta {
    /// The chat.
    pub chat_id: ChatId,
    /// The id that the finished message gets.
    pub stream_id: MessageId,
    /// The length of the text before the piece, in bytes.
    pub offset: usize,
    /// The piece. May be empty.
    pub text: String,
    /// Whether the text so far has just been stored, if perhaps without this piece.
    pub is_stored: bool,
}

/// How a reply that a bot was writing has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamEnd {
    /// The reply is finished. If there is no message with the id of the stream, the attempt has
    /// failed or the bot has replied nothing.
    Done,
    /// A reader has stopped it.
    Stopped,
}

/// Someone begins or stops to write in a chat.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Typing {
    /// The chat.
    pub chat_id: ChatId,
    /// Who writes.
    pub author: Author,
    /// The account of the author, if it has one.
    pub account_id: Option<AccountId>,
    /// Whether the author begins to write. A reader takes an author who has begun as one who has
    /// stopped after some seconds without another signal.
    pub is_typing: bool,
}

/// An admin begins or stops to view a chat.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Viewing {
    /// The connection through which the admin views it.
    pub connection: Id,
    /// The chat. `None` if the connection shows none any more.
    pub chat_id: Option<ChatId>,
    /// The host's id of the admin, if it is a user.
    pub user_id: Option<String>,
    /// The admin's name.
    pub name: String,
}

/// A notification about a committed write, or a signal that is not stored.
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
///         Event::ChatChanged { chat_id } => Some(chat_id),
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
    /// Something in a chat has changed: [`changes::since`](crate::queries::changes::since) returns
    /// what.
    ChatChanged {
        /// The chat.
        chat_id: ChatId,
    },
    /// The chats or the rights of an account have changed, or one of its sessions has ended: what
    /// its open connections may read has to be checked again.
    AccountChanged {
        /// The account.
        account_id: AccountId,
    },
    /// Someone begins or stops to write in a chat. Nothing of it is stored.
    Typing(Typing),
    /// A bot has written a piece of a reply.
    StreamDelta(StreamDelta),
    /// A reply that a bot was writing has ended. Its message, if there is one, was announced
    /// before.
    StreamEnded {
        /// The chat.
        chat_id: ChatId,
        /// The id that the finished message has.
        stream_id: MessageId,
        /// How it has ended.
        end: StreamEnd,
    },
    /// A reader wants a bot to stop writing a reply.
    StreamStopRequested {
        /// The id of the stream.
        stream_id: MessageId,
    },
    /// An admin begins or stops to view a chat, or still views it. Nothing of it is stored.
    Viewing(Viewing),
    /// Any chat and any account may have changed: all users were logged out, or events of other
    /// processes were missed.
    AnythingChanged,
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
