//! [`ChatAccess`] and [`AdminAccess`]: proof that a reader may read a chat. [`LockedChat`]: proof
//! that a writer may change it.

use std::borrow::Cow;
use std::ops::Deref;

use unicom_models::{Account, Chat, Direction, Message};

/// Proof that an account takes part in a chat and is not blocked, as of the time of the query.
///
/// The messages of a chat can only be read with a proof of access. Values are created only by
/// queries of this crate, from the database.
#[derive(Debug, Clone)]
pub struct ChatAccess {
    pub(crate) account: Account,
    pub(crate) chat: Chat,
    pub(crate) unread_count: i64,
}

impl ChatAccess {
    /// Returns the account that reads.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Returns the chat that may be read.
    pub fn chat(&self) -> &Chat {
        &self.chat
    }

    /// Replaces the account with its current state after a change in the same transaction.
    ///
    /// Has no effect if `account` has a different id: access cannot be transferred to another
    /// account.
    #[must_use]
    pub fn with_account(self, account: Account) -> Self {
        if account.id == self.account.id {
            Self { account, ..self }
        } else {
            self
        }
    }

    /// Returns the number of messages by other participants since the account last wrote to the
    /// chat or marked it as read.
    pub fn unread_count(&self) -> i64 {
        self.unread_count
    }
}

/// Proof that an admin may read a whole chat, internal messages included, as of the time of the
/// query.
///
/// Created only by queries of this crate whose callers must have checked that the request comes
/// from an admin; visitors read through a [`ChatAccess`].
#[derive(Debug, Clone)]
pub struct AdminAccess {
    pub(crate) chat: Chat,
}

impl AdminAccess {
    /// Returns the chat that may be read.
    pub fn chat(&self) -> &Chat {
        &self.chat
    }
}

/// Proof that the transaction has locked a chat: no other transaction can change it until this one
/// ends. Whatever changes with the order of a chat requires it: its messages, requests and
/// deliveries.
///
/// Values are created only by queries of this crate that lock. Use them in the same transaction.
#[derive(Debug, Clone)]
pub struct LockedChat<'a>(Cow<'a, Chat>);

impl<'a> LockedChat<'a> {
    pub(crate) fn new(chat: Chat) -> LockedChat<'static> {
        LockedChat(Cow::Owned(chat))
    }

    pub(crate) fn of(chat: &'a Chat) -> Self {
        LockedChat(Cow::Borrowed(chat))
    }

    /// Follows a message that is about to be stored in the chat: the next one is later.
    pub fn follow(&mut self, message: &Message) {
        let chat = self.0.to_mut();
        chat.last_activity_at = message.timestamp;
        let first = match message.direction {
            Direction::Incoming => &mut chat.first_incoming_message_id,
            Direction::Outgoing => &mut chat.first_outgoing_message_id,
            _ => return,
        };
        first.get_or_insert(message.id);
        chat.first_message_id.get_or_insert(message.id);
    }
}

impl Deref for LockedChat<'_> {
    type Target = Chat;

    fn deref(&self) -> &Chat {
        &self.0
    }
}
