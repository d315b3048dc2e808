//! [`Auth`]: the configuration of users and sessions, and the middleware built from it.

use std::sync::Arc;

use actix_web::cookie::Key;
use tokio::sync::Semaphore;
use unicom_db::Database;
use unicom_http::admission::Admission;

use crate::{CookieNames, Origin, SecretKey, SessionLife, SessionStore};

/// Number of passwords hashed concurrently. Each takes 19 MiB and a core for tens of milliseconds.
const MAX_CONCURRENT_HASHES: usize = 2;

/// Number of passwords that may wait to be hashed, which is some seconds of work. Further requests
/// are told to retry later.
const PASSWORDS_WAITING: usize = 128;

/// The configuration of users and sessions. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Auth {
    pub(crate) database: Database,
    pub(crate) key: SecretKey,
    pub(crate) public_origin: Option<Origin>,
    pub(crate) trusted_origins: Arc<[Origin]>,
    pub(crate) session_life: SessionLife,
    /// Limits how many passwords are hashed concurrently.
    pub(crate) passwords: Arc<Semaphore>,
    pub(crate) password_queue: Arc<Semaphore>,
    pub(crate) admission: Option<Admission>,
    /// Whether visitors may register.
    pub(crate) registration: bool,
    /// `None` selects the default names for the scheme of the public origin.
    cookie_names: Option<Arc<CookieNames>>,
}

impl Auth {
    /// Creates a configuration for the users and sessions in `database`, to which the
    /// [`MIGRATIONS`](crate::MIGRATIONS) have been applied.
    ///
    /// `key` signs cookies. All processes behind one address need the same key.
    pub fn new(database: Database, key: SecretKey) -> Self {
        Self {
            database,
            key,
            public_origin: None,
            trusted_origins: Arc::new([]),
            session_life: SessionLife::default(),
            passwords: Arc::new(Semaphore::new(MAX_CONCURRENT_HASHES)),
            password_queue: Arc::new(Semaphore::new(MAX_CONCURRENT_HASHES + PASSWORDS_WAITING)),
            admission: None,
            registration: true,
            cookie_names: None,
        }
    }

    /// Sets the public origin. Defaults to the host that each request names. If the scheme is
    /// `https`, cookies are sent over https only.
    #[must_use]
    pub fn with_public_origin(self, origin: Option<Origin>) -> Self {
        Self {
            public_origin: origin,
            ..self
        }
    }

    /// Sets further origins whose pages may send writing requests, and read the responses under
    /// `webchat/`, `media/` and `auth/`, with the cookies of this site. Browsers send these along
    /// from pages of the same registrable domain only.
    #[must_use]
    pub fn with_trusted_origins(self, origins: Vec<Origin>) -> Self {
        Self {
            trusted_origins: origins.into(),
            ..self
        }
    }

    /// Sets how long sessions last.
    #[must_use]
    pub fn with_session_life(self, session_life: SessionLife) -> Self {
        Self {
            session_life,
            ..self
        }
    }

    /// Sets the limits for logins, registrations, new guests, sessions and accounts. By default
    /// there are none. The scheme that the browser used is taken from the proxies that `admission`
    /// trusts.
    #[must_use]
    pub fn with_admission(self, admission: Admission) -> Self {
        Self {
            admission: Some(admission),
            ..self
        }
    }

    /// Sets whether visitors may register with `auth/register/`. Defaults to `true`.
    #[must_use]
    pub fn with_registration(self, registration: bool) -> Self {
        Self {
            registration,
            ..self
        }
    }

    /// Sets the cookie names, which must be made for the scheme of the public origin. Defaults to
    /// names with the prefix `__Host-` if the public origin is `https`, and without it otherwise.
    #[must_use]
    pub fn with_cookie_names(self, names: CookieNames) -> Self {
        Self {
            cookie_names: Some(Arc::new(names)),
            ..self
        }
    }

    pub(crate) fn session_store(&self) -> SessionStore {
        SessionStore::new(self.database.clone(), self.session_life)
    }

    /// Returns the key that encrypts session cookies.
    pub(crate) fn session_cookie_key(&self) -> Key {
        Key::from(&self.key.derive_64("session cookie"))
    }

    pub(crate) fn cookie_names(&self) -> &CookieNames {
        match &self.cookie_names {
            Some(names) => names,
            None => CookieNames::of_scheme(self.is_https()),
        }
    }

    pub(crate) fn is_https(&self) -> bool {
        self.public_origin.as_ref().is_some_and(Origin::is_https)
    }
}
