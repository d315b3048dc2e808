//! [`SessionProof`]: the session or token of a request, which can be checked again later.

use actix_web::HttpRequest;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use unicom_core::admin::Actor;
use unicom_db::Database;
use unicom_http::{ApiError, Proof};

use crate::bearer::Bearer;
use crate::current_session::CurrentSession;
use crate::session::SessionOwner;
use crate::user::User;
use crate::visitor_tokens::VisitorToken;
use crate::{admins, bearer, session_store, tokens, visitor_tokens};

/// The session or token of a request, as it was loaded when the head of the request arrived.
pub(crate) struct SessionProof {
    database: Database,
    proved: Proved,
}

enum Proved {
    /// The request has neither a session nor a token.
    Nothing,
    Token(Bearer),
    Visitor(VisitorToken),
    Guest {
        public_name: String,
    },
    User {
        public_name: String,
        id: i64,
        loaded: Option<User>,
    },
}

impl SessionProof {
    pub fn of(database: &Database, request: &HttpRequest) -> Self {
        let proved = match (visitor_tokens::bearer::of(request), bearer::of(request)) {
            (Some(token), _) => Proved::Visitor(token),
            (None, Some(bearer)) => Proved::Token(bearer),
            (None, None) => {
                let session = CurrentSession::of(request);
                match session.public_name().zip(session.owner()) {
                    None => Proved::Nothing,
                    Some((public_name, SessionOwner::Guest(_))) => Proved::Guest { public_name },
                    Some((public_name, SessionOwner::User(id))) => Proved::User {
                        public_name,
                        id,
                        loaded: session.loaded_user(),
                    },
                }
            }
        };
        let database = database.clone();
        Self { database, proved }
    }

    /// Creates the proof of a visitor token.
    pub fn of_visitor(database: &Database, token: VisitorToken) -> Self {
        Self {
            database: database.clone(),
            proved: Proved::Visitor(token),
        }
    }

    /// Returns the user of a session that has not ended, `Some(None)` if it is a guest's.
    async fn live(&self, public_name: &str) -> Result<Option<Option<User>>, ApiError> {
        let (name, now) = (public_name.to_owned(), self.database.now());
        let live = self
            .database
            .read(move |db| session_store::find_live(db, &name, now));
        Ok(live.await?)
    }

    /// Checks that a user who was an admin `before` is still an admin and not blocked.
    async fn check_user(&self, before: &User, now: User, actor: Actor) -> Result<(), ApiError> {
        if before.is_staff && admins::of(&self.database, now, actor).await?.is_none() {
            return Err(ApiError::staff_only("this requires an admin"));
        }
        Ok(())
    }

    /// # Errors
    /// [`ApiError::token_expired`] or [`ApiError::token_invalid`] if a visitor token no longer
    /// works,
    /// [`ApiError::invalid_credentials`] if the API token was revoked or has expired,
    /// [`ApiError::login_required`] if a user's session has ended, [`ApiError::ended_with_a_login`]
    /// if a guest's session has ended, [`ApiError::staff_only`] if an admin is no longer one, and
    /// [`ApiError::account_blocked`] if an admin is blocked.
    async fn check(&self) -> Result<(), ApiError> {
        match &self.proved {
            Proved::Nothing => Ok(()),
            Proved::Visitor(token) => {
                visitor_tokens::bearer::still_valid(&self.database, token).await
            }
            Proved::Token(Bearer { token_id, user }) => {
                let (id, now) = (*token_id, self.database.now());
                let found = self.database.read(move |db| tokens::user_of(db, id, now));
                let found = found.await?.ok_or_else(bearer::invalid)?;
                self.check_user(user, found, Actor::token(id)).await
            }
            Proved::Guest { public_name } => match self.live(public_name).await? {
                Some(None) => Ok(()),
                Some(Some(_)) | None => Err(ApiError::ended_with_a_login()),
            },
            Proved::User {
                public_name,
                id,
                loaded,
            } => {
                let live = self.live(public_name).await?.flatten();
                let user = live
                    .filter(|user| user.id == *id && user.is_active)
                    .ok_or_else(|| {
                        ApiError::login_required("this session has ended; log in again")
                    })?;
                let before = loaded.clone().unwrap_or_else(|| user.clone());
                self.check_user(&before, user, Actor::user(*id)).await
            }
        }
    }
}

impl Proof for SessionProof {
    fn still_valid(&self) -> LocalBoxFuture<'_, Result<(), ApiError>> {
        self.check().boxed_local()
    }
}
