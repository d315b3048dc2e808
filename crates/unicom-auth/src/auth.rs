//! `Auth`: the configuration of users and sessions, and the parts that are made from it.

use std::sync::Arc;
use std::time::Duration;

use actix_session::SessionMiddleware;
use actix_session::config::{PersistentSession, TtlExtensionPolicy};
use actix_web::cookie::{Key, SameSite, time};
use tokio::sync::Semaphore;
use unicom_db::Database;

use crate::{DatabaseSessions, Origin, SecretKey};

/// Name of the session's cookie.
const SESSION_COOKIE: &str = "sessionid";

/// How long a browser keeps the session's cookie: the longest that browsers allow. The server forgets a session
/// earlier, when it has not been used.
const COOKIE_MAX_AGE: time::Duration = time::Duration::days(400);

/// Passwords worked on at the same time: each takes 19 MiB and a core for tens of milliseconds.
const PASSWORDS_AT_ONCE: usize = 2;

/// The configuration of users and sessions. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Auth {
    pub(crate) database: Database,
    pub(crate) key: SecretKey,
    pub(crate) public_origin: Option<Origin>,
    pub(crate) trusted_origins: Arc<[Origin]>,
    pub(crate) idle: Duration,
    pub(crate) passwords: Arc<Semaphore>,
}

impl Auth {
    /// Users and sessions in `database`, which has been migrated with [`MIGRATIONS`](crate::MIGRATIONS).
    ///
    /// `key` signs cookies: every process behind one address needs the same. Sessions end after 14 days without use.
    pub fn new(database: Database, key: SecretKey) -> Self {
        Self {
            database,
            key,
            public_origin: None,
            trusted_origins: Arc::new([]),
            idle: Duration::from_secs(14 * 24 * 60 * 60),
            passwords: Arc::new(Semaphore::new(PASSWORDS_AT_ONCE)),
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

    /// The middleware that loads and stores the session. Wrap it around [`csrf_protection`](crate::csrf_protection).
    pub fn sessions(&self) -> SessionMiddleware<DatabaseSessions> {
        let store = DatabaseSessions::new(self.database.clone(), self.idle);
        let lifecycle = PersistentSession::default()
            .session_ttl(COOKIE_MAX_AGE)
            // The store itself pushes the expiry back, now and then, and no cookie is sent for it.
            .session_ttl_extension_policy(TtlExtensionPolicy::OnStateChanges);
        SessionMiddleware::builder(store, Key::from(&self.key.derive_64("session cookie")))
            .cookie_name(SESSION_COOKIE.to_owned())
            .cookie_http_only(true)
            .cookie_same_site(SameSite::Lax)
            .cookie_secure(self.is_https())
            .session_lifecycle(lifecycle)
            .build()
    }

    pub(crate) fn is_https(&self) -> bool {
        self.public_origin.as_ref().is_some_and(Origin::is_https)
    }
}
