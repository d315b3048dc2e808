//! `Visitor`: who sends a request, according to the host.

use unicom_core::CoreError;
use unicom_core::text::without_invisible;
use unicom_core::validation::{check_display_name, check_id};
use unicom_models::{AccountId, UtcTime};

/// The sender of a request. The host has authenticated it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visitor {
    /// A user who is logged in.
    User(User),
    /// A guest, who is not logged in.
    Guest(Guest),
}

/// A guest of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// The public name of the guest's session.
    pub id: GuestId,
    /// When the host had received the whole request of the guest, including the last byte of its
    /// body: otherwise a client that holds the body back could write it after the login. The time
    /// is that of the database clock ([`Database::now`](unicom_db::Database::now)). If there is no
    /// body, take it before the guest's session is looked up.
    ///
    /// A write that arrived before the guest logged in, and that is stored at most a minute after
    /// the login, goes to the user. `None` means "now": then no write with the guest's account id
    /// goes to the user.
    pub arrived_at: Option<UtcTime>,
}

impl From<GuestId> for Guest {
    fn from(id: GuestId) -> Self {
        Self {
            id,
            arrived_at: None,
        }
    }
}

impl From<GuestId> for Visitor {
    fn from(id: GuestId) -> Self {
        Self::Guest(id.into())
    }
}

/// A user of the host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct User {
    /// The host's id of the user, 1 to 1,000 bytes. It must be unique and must never be given to
    /// another user.
    pub id: String,
    /// The name to display with the user's messages, at most 255 characters.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// Whether the host has verified that the address belongs to the user. Only a verified address
    /// links the user to a member.
    pub email_verified: bool,
}

/// The public name of a guest's session. It is random and stored with the session's secret, and
/// must never be the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestId(String);

impl GuestId {
    /// Creates the id from a session's public name.
    pub fn new(session_key: impl Into<String>) -> Self {
        Self(session_key.into())
    }

    /// Returns the session's public name.
    pub fn session_key(&self) -> &str {
        &self.0
    }

    pub(crate) fn check(&self) -> Result<(), CoreError> {
        check_id("guest_id", &self.0)
    }

    /// Returns the id of the guest's account (seed 2.2).
    pub fn account_id(&self) -> AccountId {
        format!("webchat_guest_{}", self.0).into()
    }
}

impl User {
    /// Returns the name without characters that are invisible or change the writing direction.
    pub(crate) fn shown_name(&self) -> String {
        without_invisible(&self.name).trim().to_owned()
    }

    pub(crate) fn check(&self) -> Result<(), CoreError> {
        check_id("user_id", &self.id)?;
        check_display_name("name", &self.name)
    }

    /// Returns the id of the user's account (seed 2.2).
    pub fn account_id(&self) -> AccountId {
        format!("webchat_user_{}", self.id).into()
    }
}

impl Visitor {
    /// Creates a guest whose session has this public name.
    pub fn guest(session_key: impl Into<String>) -> Self {
        GuestId::new(session_key).into()
    }

    /// Sets the arrival time of a guest's request, unless the host has already set it. Leaves a
    /// user unchanged.
    #[must_use]
    pub fn with_arrival(self, arrived_at: Option<UtcTime>) -> Self {
        match self {
            Self::Guest(guest) => Self::Guest(Guest {
                arrived_at: guest.arrived_at.or(arrived_at),
                ..guest
            }),
            user @ Self::User(_) => user,
        }
    }

    /// Creates a user with an id and a name.
    pub fn user(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self::User(User {
            id: id.into(),
            name: name.into(),
            ..User::default()
        })
    }

    /// Returns the id of the visitor's account (seed 2.2).
    pub fn account_id(&self) -> AccountId {
        match self {
            Self::User(user) => user.account_id(),
            Self::Guest(guest) => guest.id.account_id(),
        }
    }

    /// Returns the id of the visitor's account, if the host has given an id and a name that both
    /// engines can store.
    ///
    /// # Errors
    /// [`CoreError::Nul`] or [`CoreError::Invalid`] names what is wrong.
    pub(crate) fn checked_account_id(&self) -> Result<AccountId, CoreError> {
        match self {
            Self::User(user) => user.check()?,
            Self::Guest(guest) => guest.id.check()?,
        }
        Ok(self.account_id())
    }

    /// Returns the arrival time of a guest's request, if the host has set it.
    pub(crate) fn arrived_at(&self) -> Option<UtcTime> {
        match self {
            Self::User(_) => None,
            Self::Guest(guest) => guest.arrived_at,
        }
    }

    /// Returns the name to display with the visitor's messages, without invisible characters.
    pub fn name(&self) -> String {
        match self {
            Self::User(user) => user.shown_name(),
            Self::Guest(_) => "Guest".to_owned(),
        }
    }

    /// Returns the e-mail address if the host has verified it.
    pub(crate) fn verified_email(&self) -> Option<&str> {
        match self {
            Self::User(user) if user.email_verified => user.email.as_deref(),
            Self::User(_) | Self::Guest(_) => None,
        }
    }

    /// Returns the host's id of the user. Returns `None` for a guest.
    pub(crate) fn user_id(&self) -> Option<&str> {
        match self {
            Self::User(user) => Some(&user.id),
            Self::Guest(_) => None,
        }
    }
}
