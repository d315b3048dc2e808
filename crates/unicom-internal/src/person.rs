//! [`Person`]: an admin who reads and writes.

use unicom_core::internal::Writer;

/// An admin who reads and writes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Person {
    /// The host's id of the user.
    pub user_id: String,
    /// The name to show beside the messages, at most 255 characters.
    pub name: String,
    /// Whether a program acts for the user, for example with an API token.
    pub is_program: bool,
}

impl Person {
    /// Creates a user with an id and a name.
    pub fn new(user_id: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            user_id: user_id.into(),
            name: name.into(),
            is_program: false,
        }
    }

    /// Sets whether a program acts for the user.
    #[must_use]
    pub fn with_program(self, is_program: bool) -> Self {
        Self { is_program, ..self }
    }

    pub(crate) fn writer(&self) -> Writer {
        Writer::User(self.user_id.clone())
    }
}
