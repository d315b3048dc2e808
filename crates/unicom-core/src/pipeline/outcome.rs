//! The second write of the pipeline: stores the replies and ends the request, or does neither.

use unicom_db::{
    DbError, Tx,
    queries::{chats, leases::Lease, messages, queue},
};
use unicom_models::{Message, Request};

use crate::{CoreError, OutgoingMessage, Platforms, replies::reply_with};

/// Why an outcome was not stored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotStored {
    #[error("another worker has taken the request over")]
    Superseded,
    #[error("its category could not be found: {0}")]
    Categorize(String),
    #[error(transparent)]
    Core(#[from] CoreError),
}

impl From<DbError> for NotStored {
    fn from(error: DbError) -> Self {
        Self::Core(error.into())
    }
}

/// Stores the replies to `message` and ends its request with the status it has. Returns the stored
/// replies. Without a lease, whoever holds the lease of the chat loses it.
pub(crate) fn store_replies(
    tx: &mut Tx<'_>,
    platforms: &Platforms,
    request: Request,
    lease: Option<&Lease>,
    message: Message,
    replies: Vec<OutgoingMessage>,
) -> Result<Vec<Message>, NotStored> {
    let message = end_request(tx, request, lease, message)?;
    let stored = replies
        .into_iter()
        .map(|reply| reply_with(tx, platforms, &message, reply))
        .collect::<Result<_, _>>()?;
    Ok(stored)
}

/// Locks the chat of `message` and ends its request with the status it has. Returns the current
/// message.
pub(super) fn end_request(
    tx: &mut Tx<'_>,
    mut request: Request,
    lease: Option<&Lease>,
    message: Message,
) -> Result<Message, NotStored> {
    let message = lock_chat_of(tx, message)?;
    request.chat_id = message.chat_id.clone();
    if queue::finish(tx, &request, lease)? {
        Ok(message)
    } else {
        Err(NotStored::Superseded)
    }
}

/// Locks the chat of `message` and returns the current message.
///
/// Chats are always locked before requests.
pub(super) fn lock_chat_of(tx: &mut Tx<'_>, mut message: Message) -> Result<Message, DbError> {
    loop {
        chats::lock_row(tx, &message.chat_id)?;
        match messages::get_unchecked(tx, message.id)? {
            // The message has moved to another chat: the guest's chats were migrated to a user's
            // account.
            Some(moved) if moved.chat_id != message.chat_id => message = moved,
            Some(message) => return Ok(message),
            // The message was deleted, and its request with it.
            None => return Ok(message),
        }
    }
}
