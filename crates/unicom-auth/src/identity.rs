//! `SessionIdentity`: tells the web chat who is asking, from the API token or the session.

use std::time::Duration;

use actix_session::{Session, SessionExt};
use actix_web::HttpRequest;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use unicom_db::queries::{accounts, merges};
use unicom_db::{Database, Db, DbError};
use unicom_http::{ApiError, IdentityProvider, Staff, random_token};
use unicom_models::{AccountId, UtcTime};
use unicom_webchat::{GuestId, Visitor};

use crate::session::{self, Holder};
use crate::users::{self, User};
use crate::{Auth, SecretKey, bearer, csrf, login};

/// How long a guest's first writes may come without a session.
const FIRST_WRITES: Duration = Duration::from_secs(60);

/// Tells who is asking from the API token or, where there is none, from the session in the database.
#[derive(Debug, Clone)]
pub struct SessionIdentity {
    database: Database,
    key: SecretKey,
}

impl SessionIdentity {
    /// Over the users and sessions of `auth`.
    pub fn new(auth: &Auth) -> Self {
        Self {
            database: auth.database.clone(),
            key: auth.key.clone(),
        }
    }
}

impl IdentityProvider for SessionIdentity {
    fn identify<'a>(
        &'a self,
        request: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<Option<Visitor>, ApiError>> {
        async {
            if let Some(bearer) = bearer::of(request) {
                return Ok(Some(bearer.user.as_visitor()));
            }
            let session = request.get_session();
            match session::holder(&session) {
                Holder::Nobody => Ok(None),
                Holder::Guest(guest) => Ok(Some(Visitor::Guest(guest))),
                Holder::User(id) => {
                    let user = session_user(&self.database, &session, id).await?;
                    let user = user.filter(|user| user.is_active).ok_or_else(|| {
                        ApiError::login_required("this user can no longer log in; log out first")
                    })?;
                    if let Some(guest) = session::pending_guest(&session) {
                        login::move_history(&self.database, &session, guest, &user).await?;
                    }
                    Ok(Some(user.as_visitor()))
                }
            }
        }
        .boxed_local()
    }

    /// Of the CSRF token that the request came with, while that guest is new.
    ///
    /// Whoever has no session yet shares nothing else between two requests. So a first message that is sent again, or
    /// several at once, meet in one account. After a minute the token names nobody: it is no credential.
    fn new_guest<'a>(
        &'a self,
        request: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<GuestId, ApiError>> {
        async {
            let name = self
                .key
                .sign("first guest", csrf::token_of(request)?.nonce());
            let guest = GuestId::new(&name[..32]);
            let (id, new_since) = (guest.account_id(), self.database.now().minus(FIRST_WRITES));
            let known = self.database.read(move |db| {
                Ok::<_, DbError>((accounts::get(db, &id)?, has_logged_in(db, &id)?))
            });
            match known.await? {
                // A late request must not begin a session in the place of the one that the login began.
                (_, true) => Err(ApiError::csrf_failed("this session has ended with a login")),
                (Some(older), false) if older.created_at < new_since => {
                    random_token().map(GuestId::new)
                }
                (_, false) => Ok(guest),
            }
        }
        .boxed_local()
    }

    fn staff<'a>(
        &'a self,
        request: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<Option<Staff>, ApiError>> {
        async {
            if let Some(bearer) = bearer::of(request) {
                return Ok(as_staff(bearer.user, format!("token:{}", bearer.token_id)));
            }
            let session = request.get_session();
            let Holder::User(id) = session::holder(&session) else {
                return Ok(None);
            };
            let user = session_user(&self.database, &session, id).await?;
            Ok(user
                .filter(|user| user.is_active)
                .and_then(|user| as_staff(user, format!("user:{id}"))))
        }
        .boxed_local()
    }

    fn remember_guest(&self, request: &HttpRequest, guest: &GuestId) -> Result<(), ApiError> {
        session::begin_guest(
            &request.get_session(),
            guest,
            csrf::token_of(request)?.nonce(),
        )
    }
}

/// The session's user: as it came with the session, or looked up where the session has only just begun.
pub(crate) async fn session_user(
    database: &Database,
    session: &Session,
    id: i64,
) -> Result<Option<User>, DbError> {
    match session::shown_user(session) {
        Some(user) if user.id == id => Ok(Some(user)),
        _ => database.read(move |db| users::get(db, id)).await,
    }
}

/// Whether the guest of that account has become a user.
fn has_logged_in(db: &mut Db, id: &AccountId) -> Result<bool, DbError> {
    Ok(merges::merged_into(db, id, UtcTime::BEGINNING)?.is_some())
}

/// The user as staff, where the user is.
fn as_staff(user: User, actor: String) -> Option<Staff> {
    user.is_staff.then(|| Staff {
        actor,
        name: user.display_name,
        user_id: Some(user.id.to_string()),
    })
}
