//! `SessionIdentity`: tells the web chat who is asking, from the session.

use actix_session::SessionExt;
use actix_web::HttpRequest;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use unicom_db::Database;
use unicom_http::{ApiError, IdentityProvider};
use unicom_webchat::{GuestId, Visitor};

use crate::session::{self, Holder};
use crate::{csrf, login, users};

/// Tells who is asking from the session in the database.
#[derive(Debug, Clone)]
pub struct SessionIdentity {
    database: Database,
}

impl SessionIdentity {
    /// Over the users in `database`.
    pub fn new(database: Database) -> Self {
        Self { database }
    }
}

impl IdentityProvider for SessionIdentity {
    fn identify<'a>(
        &'a self,
        request: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<Option<Visitor>, ApiError>> {
        async {
            let session = request.get_session();
            match session::holder(&session) {
                Holder::Nobody => Ok(None),
                Holder::Guest(guest) => Ok(Some(Visitor::Guest(guest))),
                Holder::User(id) => {
                    let user = self.database.read(move |db| users::get(db, id)).await?;
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

    fn remember_guest(&self, request: &HttpRequest, guest: &GuestId) -> Result<(), ApiError> {
        session::begin_guest(
            &request.get_session(),
            guest,
            csrf::token_of(request)?.nonce(),
        )
    }
}
