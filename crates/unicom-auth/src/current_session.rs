//! [`CurrentSession`]: the session of a request, and what becomes of it with the response.

use std::cell::RefCell;
use std::rc::Rc;

use actix_web::{HttpMessage, HttpRequest};
use unicom_models::UtcTime;
use unicom_webchat::GuestId;

use crate::session::{Session, SessionOwner};
use crate::user::User;

/// The session of a request, in its extensions. Handlers change it; the middleware stores the
/// change with the response.
#[derive(Debug, Clone, Default)]
pub(crate) struct CurrentSession(Rc<RefCell<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    session: Option<Session>,
    user: Option<User>,
    change: SessionChange,
}

/// What a response does to the session of its request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum SessionChange {
    #[default]
    Unchanged,
    /// The state of the session has changed.
    Updated,
    /// A session begins, in place of the one before.
    Begun {
        /// Time of the user's last change, as of the login. `None` for a guest.
        user_since: Option<UtcTime>,
    },
    /// The session ends.
    Ended,
}

impl CurrentSession {
    /// Attaches a session to the request, with its user as it is in the database now.
    pub fn attach(
        request: &impl HttpMessage,
        session: Option<Session>,
        user: Option<User>,
    ) -> Self {
        let current = Self(Rc::new(RefCell::new(Inner {
            session,
            user,
            change: SessionChange::Unchanged,
        })));
        request.extensions_mut().insert(current.clone());
        current
    }

    /// Returns the session of the request. Without the middleware there is none.
    pub fn of(request: &HttpRequest) -> Self {
        request.extensions().get().cloned().unwrap_or_default()
    }

    /// Returns whom the session belongs to, or `None` if there is no session.
    pub fn owner(&self) -> Option<SessionOwner> {
        self.read(Session::owner)
    }

    /// Returns the guest whose session it is.
    pub fn guest(&self) -> Option<GuestId> {
        self.read(Session::guest).flatten()
    }

    /// Returns the id of the user whose session it is.
    pub fn user_id(&self) -> Option<i64> {
        self.read(|session| session.user_id).flatten()
    }

    /// Returns the public name of the session.
    pub fn public_name(&self) -> Option<String> {
        self.read(|session| session.public_name.clone())
    }

    /// Returns the nonce of the session's CSRF token.
    pub fn csrf_nonce(&self) -> Option<String> {
        self.read(|session| session.state.csrf_nonce.clone())
    }

    /// Returns `true` if a migration to the session's user is pending.
    pub fn has_pending_migration(&self) -> bool {
        self.read(|session| session.state.has_pending_migration)
            .unwrap_or(false)
    }

    /// Returns the user as it was in the database when the session was loaded, or `None` if the
    /// session has begun since.
    pub fn loaded_user(&self) -> Option<User> {
        self.0.borrow().user.clone()
    }

    /// Returns the session and what becomes of it.
    pub fn outcome(&self) -> (Option<Session>, SessionChange) {
        let inner = self.0.borrow();
        (inner.session.clone(), inner.change)
    }

    /// Begins a session in place of the previous one. `user_since` is the time of the user's last
    /// change, as of the login.
    pub fn begin(&self, session: Session, user_since: Option<UtcTime>) {
        *self.0.borrow_mut() = Inner {
            session: Some(session),
            user: None,
            change: SessionChange::Begun { user_since },
        };
    }

    /// Sets whether a migration to the session's user is pending.
    pub fn set_pending_migration(&self, is_pending: bool) {
        let mut inner = self.0.borrow_mut();
        let Inner {
            session: Some(session),
            change,
            ..
        } = &mut *inner
        else {
            return;
        };
        if session.state.has_pending_migration != is_pending {
            session.state.has_pending_migration = is_pending;
            if *change == SessionChange::Unchanged {
                *change = SessionChange::Updated;
            }
        }
    }

    /// Ends the session, if there is one.
    pub fn end(&self) {
        *self.0.borrow_mut() = Inner {
            change: SessionChange::Ended,
            ..Inner::default()
        };
    }

    fn read<T>(&self, read: impl FnOnce(&Session) -> T) -> Option<T> {
        self.0.borrow().session.as_ref().map(read)
    }
}
