//! `Visitor`: who is asking, as the host tells.

use unicom_models::{AccountId, UtcTime};

/// Who is asking. The host has made sure of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visitor {
    /// Somebody who is logged in.
    User(User),
    /// Somebody who is not.
    Guest(Guest),
}

/// A guest of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// The public name of the guest's session.
    pub id: GuestId,
    /// When the request that the guest sends had reached the host whole, with the last byte of its body:
    /// a body that is held back must not carry what is written later. By the clock of the database
    /// ([`Database::now`](unicom_db::Database::now)); without a body, to be taken before the guest's
    /// session is looked up.
    ///
    /// A write that arrived before the guest logged in, and that is stored up to a minute after it, goes
    /// to the user. `None` counts as "now": then no write under the guest's name goes to the user.
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
        GuestId::new(session_key).into()
    }

    /// Sets when the request of a guest reached the host, unless the host has said so already. Leaves a
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
            Self::Guest(guest) => guest.id.account_id(),
        }
    }

    /// Returns when the request of a guest reached the host, if the host has said so.
    pub(crate) fn arrived_at(&self) -> Option<UtcTime> {
        match self {
            Self::User(_) => None,
            Self::Guest(guest) => guest.arrived_at,
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
