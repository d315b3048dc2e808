//! `ChatAccess` and `StaffAccess`: the proofs that a reader may read a chat.

use unicom_models::{Account, Chat};

/// An account that takes part in a chat and is not blocked, as of when it was looked up.
///
/// Messages of a chat are read only through one. Only [`queries::chats`](crate::queries::chats) makes it,
/// from the database.
#[derive(Debug, Clone)]
pub struct ChatAccess {
    pub(crate) account: Account,
    pub(crate) chat: Chat,
    pub(crate) unread_count: i64,
}

impl ChatAccess {
    /// Who reads.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// What may be read.
    pub fn chat(&self) -> &Chat {
        &self.chat
    }

    /// The same access, with the account as it stands after a change in the same transaction.
    ///
    /// An account with another id changes nothing: access is not handed on.
    #[must_use]
    pub fn with_account(self, account: Account) -> Self {
        if account.id == self.account.id {
            Self { account, ..self }
        } else {
            self
        }
    }

    /// Messages of others since the reader last wrote there or marked it read.
    pub fn unread_count(&self) -> i64 {
        self.unread_count
    }
}

/// A chat that staff reads, as of when it was looked up: all of it, internal messages included.
///
/// Only [`queries::chats::for_staff`](crate::queries::chats::for_staff) makes it. Who calls that has made sure that
/// staff is asking: a visitor reads through a [`ChatAccess`].
#[derive(Debug, Clone)]
pub struct StaffAccess {
    pub(crate) chat: Chat,
}

impl StaffAccess {
    /// What may be read.
    pub fn chat(&self) -> &Chat {
        &self.chat
    }
}
