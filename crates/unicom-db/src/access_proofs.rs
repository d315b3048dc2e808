//! [`ChatAccess`] and [`AdminAccess`]: proof that a reader may read a chat.

use unicom_models::{Account, Chat};

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
