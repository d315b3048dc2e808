//! [`Session`]: whom a session belongs to, and what it keeps.

use serde::{Deserialize, Serialize};
use unicom_http::{ApiError, random_token};
use unicom_webchat::GuestId;

/// A session of a guest or of a user. The secret that proves it is only in the cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Identifies the session without granting access. The account id of a guest is derived from
    /// it.
    pub(crate) public_name: String,
    /// The user who is logged in; `None` for a guest.
    pub(crate) user_id: Option<i64>,
    pub(crate) state: SessionState,
}

/// What a session keeps beside its owner, in the form in which it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SessionState {
    /// The nonce of the session's CSRF token.
    pub csrf_nonce: String,
    /// Whether the migration of a guest's chats failed at the login and is to be retried.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_pending_migration: bool,
    /// The `User-Agent` of the browser that logged in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
}

/// The owner of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionOwner {
    /// A guest.
    Guest(GuestId),
    /// A user, by id.
    User(i64),
}

impl Session {
    /// Returns a session of the guest, whose CSRF token has this nonce.
    pub fn of_guest(guest: &GuestId, csrf_nonce: impl Into<String>) -> Self {
        Self {
            public_name: guest.session_key().to_owned(),
            user_id: None,
            state: SessionState::new(csrf_nonce.into()),
        }
    }

    /// Returns a session of the user, with a new public name and a new CSRF token.
    ///
    /// # Errors
    /// [`ApiError::internal`] if the operating system provides no randomness.
    pub(crate) fn of_user(user_id: i64) -> Result<Self, ApiError> {
        Ok(Self {
            public_name: random_token()?,
            user_id: Some(user_id),
            // Longer than a nonce for clients without a session, so that the token is invalid once
            // this session has ended.
            state: SessionState::new(format!("u{}", random_token()?)),
        })
    }

    /// Returns whom the session belongs to.
    pub fn owner(&self) -> SessionOwner {
        match self.user_id {
            Some(id) => SessionOwner::User(id),
            None => SessionOwner::Guest(GuestId::new(self.public_name.as_str())),
        }
    }

    /// Returns the guest, or `None` if the session belongs to a user.
    pub(crate) fn guest(&self) -> Option<GuestId> {
        match self.owner() {
            SessionOwner::Guest(guest) => Some(guest),
            SessionOwner::User(_) => None,
        }
    }
}

impl SessionState {
    fn new(csrf_nonce: String) -> Self {
        Self {
            csrf_nonce,
            has_pending_migration: false,
            user_agent: None,
        }
    }
}
