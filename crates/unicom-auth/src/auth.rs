//! `Auth`: the configuration of users and sessions, and the parts that are made from it.

use std::sync::Arc;

use actix_session::SessionMiddleware;
use actix_session::config::{PersistentSession, TtlExtensionPolicy};
use actix_web::cookie::{Key, SameSite, time};
use tokio::sync::Semaphore;
use unicom_db::Database;
use unicom_http::Admission;

use crate::{CookieNames, DatabaseSessions, Origin, SecretKey, SessionLife};

/// How long a browser keeps the session's cookie: the longest that browsers allow. The server forgets a session
/// earlier, when it has not been used.
const COOKIE_MAX_AGE: time::Duration = time::Duration::days(400);

/// Passwords worked on at the same time: each takes 19 MiB and a core for tens of milliseconds.
const PASSWORDS_AT_ONCE: usize = 2;

/// Passwords that wait to be worked on: some seconds of work. Who comes then is told to come again.
const PASSWORDS_WAITING: usize = 128;

/// The configuration of users and sessions. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Auth {
    pub(crate) database: Database,
    pub(crate) key: SecretKey,
    pub(crate) public_origin: Option<Origin>,
    pub(crate) trusted_origins: Arc<[Origin]>,
    pub(crate) session_life: SessionLife,
    /// Who works on a password, and who waits to.
    pub(crate) passwords: Arc<Semaphore>,
    pub(crate) password_queue: Arc<Semaphore>,
    pub(crate) admission: Option<Admission>,
    /// Whether visitors may make users.
    pub(crate) registration: bool,
    /// `None`: the default names of the public origin's scheme.
    cookie_names: Option<Arc<CookieNames>>,
}

impl Auth {
    /// Users and sessions in `database`, which has been migrated with [`MIGRATIONS`](crate::MIGRATIONS).
    ///
    /// `key` signs cookies: every process behind one address needs the same.
    pub fn new(database: Database, key: SecretKey) -> Self {
        Self {
            database,
            key,
            public_origin: None,
            trusted_origins: Arc::new([]),
            session_life: SessionLife::default(),
            passwords: Arc::new(Semaphore::new(PASSWORDS_AT_ONCE)),
            password_queue: Arc::new(Semaphore::new(PASSWORDS_AT_ONCE + PASSWORDS_WAITING)),
            admission: None,
            registration: true,
            cookie_names: None,
        }
    }

    /// The same behind this public address; by default, whatever host the request names. With `https`, cookies are
    /// sent over nothing else.
    #[must_use]
    pub fn with_public_origin(self, origin: Option<Origin>) -> Self {
        Self {
            public_origin: origin,
            ..self
        }
    }

    /// The same with further origins whose pages may write.
    #[must_use]
    pub fn with_trusted_origins(self, origins: Vec<Origin>) -> Self {
        Self {
            trusted_origins: origins.into(),
            ..self
        }
    }

    /// The same with sessions that hold so long.
    #[must_use]
    pub fn with_session_life(self, session_life: SessionLife) -> Self {
        Self {
            session_life,
            ..self
        }
    }

    /// The same where logins, registrations, new guests, sessions and accounts are counted, and refused where there
    /// are too many; by default, they are not. The proxies that it trusts may say what scheme the browser used.
    #[must_use]
    pub fn with_admission(self, admission: Admission) -> Self {
        Self {
            admission: Some(admission),
            ..self
        }
    }

    /// Sets whether visitors may make users with `auth/register/`. Defaults to `true`.
    #[must_use]
    pub fn with_registration(self, registration: bool) -> Self {
        Self {
            registration,
            ..self
        }
    }

    /// Sets the names of the cookies, made for the scheme of the public origin. Defaults to names with
    /// the prefix `__Host-` if the public origin is `https`, and without it otherwise.
    #[must_use]
    pub fn with_cookie_names(self, names: CookieNames) -> Self {
        Self {
            cookie_names: Some(Arc::new(names)),
            ..self
        }
    }

    /// The middleware that loads and stores the session. Wrap it around [`csrf_protection`](crate::csrf_protection),
    /// and [`request_cookies`](crate::request_cookies) around it.
    pub fn sessions(&self) -> SessionMiddleware<DatabaseSessions> {
        let lifecycle = PersistentSession::default()
            .session_ttl(COOKIE_MAX_AGE)
            // The store itself pushes the expiry back, now and then, and no cookie is sent for it.
            .session_ttl_extension_policy(TtlExtensionPolicy::OnStateChanges);
        SessionMiddleware::builder(self.session_store(), self.session_cookie_key())
            .cookie_name(self.cookie_names().session.to_string())
            .cookie_http_only(true)
            .cookie_same_site(SameSite::Lax)
            .cookie_secure(self.is_https())
            .session_lifecycle(lifecycle)
            .build()
    }

    pub(crate) fn session_store(&self) -> DatabaseSessions {
        DatabaseSessions::new(self.database.clone(), self.session_life)
    }

    /// Returns the key that session cookies are encrypted with.
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
