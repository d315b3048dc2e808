//! `SessionIdentity`: tells the web chat who is asking, from the API token or the session.

use std::time::Duration;

use actix_session::{Session, SessionExt};
use actix_web::HttpRequest;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use unicom_db::queries::accounts;
use unicom_db::queries::merges::{self, Fate};
use unicom_db::{Database, DbError, Tx};
use unicom_http::{Admission, ApiError, IdentityProvider, Staff, random_token};
use unicom_models::UtcTime;
use unicom_webchat::{ErasedByHost, GuestId, Known, Visitor};

use crate::session::{self, Holder};
use crate::users::{self, User};
use crate::{Auth, SecretKey, bearer, csrf, login, person, staff};

/// How long a guest's first writes may come without a session.
const FIRST_WRITES: Duration = Duration::from_secs(60);

/// Tells who is asking from the API token or, where there is none, from the session in the database.
#[derive(Debug, Clone)]
pub struct SessionIdentity {
    database: Database,
    key: SecretKey,
    admission: Option<Admission>,
}

impl SessionIdentity {
    /// Over the users and sessions of `auth`.
    pub fn new(auth: &Auth) -> Self {
        Self {
            database: auth.database.clone(),
            key: auth.key.clone(),
            admission: auth.admission.clone(),
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
                    if session::owes_history(&session) {
                        login::settle(&self.database, &session, &user).await?;
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
            if let Some(admission) = &self.admission {
                admission.check_new_guest(request)?;
            }
            let name = self
                .key
                .sign("first guest", csrf::token_of(request)?.nonce());
            let guest = GuestId::new(&name[..32]);
            let (id, new_since) = (guest.account_id(), self.database.now().minus(FIRST_WRITES));
            let known = self.database.read(move |db| {
                let fate = merges::fate(db, &id, UtcTime::BEGINNING)?;
                Ok::<_, DbError>((accounts::get(db, &id)?, fate))
            });
            match known.await? {
                // A late request must not begin a session in the place of the one that the login began.
                (_, Some(Fate::MergedInto(_))) => {
                    Err(ApiError::csrf_failed("this session has ended with a login"))
                }
                // Whoever comes next with what is left in the browser is somebody new.
                (_, Some(Fate::Erased)) => random_token().map(GuestId::new),
                (Some(older), None) if older.created_at < new_since => {
                    random_token().map(GuestId::new)
                }
                (_, None) => Ok(guest),
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
                let actor = format!("token:{}", bearer.token_id);
                return staff::of(&self.database, bearer.user, actor).await;
            }
            let session = request.get_session();
            let Holder::User(id) = session::holder(&session) else {
                return Ok(None);
            };
            let user = session_user(&self.database, &session, id).await?;
            match user.filter(|user| user.is_active) {
                Some(user) => staff::of(&self.database, user, format!("user:{id}")).await,
                None => Ok(None),
            }
        }
        .boxed_local()
    }

    fn erase(&self, tx: &mut Tx<'_>, known: &Known) -> Result<ErasedByHost, ApiError> {
        if let Known::User(id) = known {
            staff::check_erasable(tx, id)?;
        }
        Ok(person::erase(tx, known)?)
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
