//! `Visitor`: who is asking, as the host tells.

use unicom_models::AccountId;

/// Who is asking. The host has made sure of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visitor {
    /// Somebody who is logged in.
    User(User),
    /// Somebody who is not.
    Guest(GuestId),
}

/// A user of the host.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct User {
    /// The host's own id of the user, unique and never given to another.
    pub id: String,
    /// The name to show beside the user's messages.
    pub name: String,
    /// An e-mail address.
    pub email: Option<String>,
    /// Whether the host made sure that the address is the user's. Only then it links the user to a person.
    pub email_verified: bool,
}

/// The public name of a guest's session: random, kept beside the session's secret, and never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuestId(String);

impl GuestId {
    /// A session's public name.
    pub fn new(session_key: impl Into<String>) -> Self {
        Self(session_key.into())
    }

    /// The session's public name.
    pub fn session_key(&self) -> &str {
        &self.0
    }

    /// The account that the guest writes under (seed 2.2).
    pub fn account_id(&self) -> AccountId {
        format!("webchat_guest_{}", self.0).into()
    }
}

impl User {
    /// The account that the user writes under (seed 2.2).
    pub fn account_id(&self) -> AccountId {
        format!("webchat_user_{}", self.id).into()
    }
}

impl Visitor {
    /// A guest whose session has this public name.
    pub fn guest(session_key: impl Into<String>) -> Self {
        Self::Guest(GuestId::new(session_key))
    }

    /// A user with an id and a name.
    pub fn user(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self::User(User {
            id: id.into(),
            name: name.into(),
            ..User::default()
        })
    }

    /// The account that the visitor writes under (seed 2.2).
    pub fn account_id(&self) -> AccountId {
        match self {
            Self::User(user) => user.account_id(),
            Self::Guest(guest) => guest.account_id(),
        }
    }

    /// The name to show beside the visitor's messages.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::User(user) => &user.name,
            Self::Guest(_) => "Guest",
        }
    }

    /// The e-mail address that the host made sure of.
    pub(crate) fn verified_email(&self) -> Option<&str> {
        match self {
            Self::User(user) if user.email_verified => user.email.as_deref(),
            Self::User(_) | Self::Guest(_) => None,
        }
    }

    /// The host's id of the user, where it is one.
    pub(crate) fn user_id(&self) -> Option<&str> {
        match self {
            Self::User(user) => Some(&user.id),
            Self::Guest(_) => None,
        }
    }
}
