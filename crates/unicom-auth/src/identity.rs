//! [`SessionIdentity`]: identifies the sender of a request by API token or session.

use std::time::Duration;

use actix_web::HttpRequest;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use unicom_core::admin::Actor;
use unicom_db::queries::account_tombstones::{self, Tombstone};
use unicom_db::queries::{accounts, first_contact};
use unicom_db::{Database, Db, DbError, Tx};
use unicom_http::{Admin, ApiError, Arrival, IdentityProvider, Proof, Renewed, random_token};
use unicom_models::{ChannelId, MessageId, UtcTime};
use unicom_webchat::{ErasedByHost, GuestId, HostIdentity, Visitor};

use crate::current_session::CurrentSession;
use crate::session::{Session, SessionOwner};
use crate::session_proof::SessionProof;
use crate::user::User;
use crate::users;
use crate::{
    Auth, admins, bearer, csrf, login, pending_migrations, person, visitor, visitor_tokens,
};

/// Maximum age of a guest whose account is found by the visitor cookie instead of a session.
const FIRST_WRITES: Duration = Duration::from_secs(60);

/// Identifies the sender of a request by the API token or, without one, by the session in the
/// database.
#[derive(Debug, Clone)]
pub struct SessionIdentity {
    auth: Auth,
}

impl SessionIdentity {
    /// Creates a provider for the users and sessions of `auth`.
    pub fn new(auth: &Auth) -> Self {
        Self { auth: auth.clone() }
    }
}

impl IdentityProvider for SessionIdentity {
    fn identify<'a>(
        &'a self,
        request: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<Option<Visitor>, ApiError>> {
        async {
            if let Some(token) = visitor_tokens::bearer::of(request) {
                return Ok(Some(token.visitor()));
            }
            if let Some(bearer) = bearer::of(request) {
                return Ok(Some(bearer.user.as_visitor()));
            }
            let session = CurrentSession::of(request);
            match session.owner() {
                None => Ok(None),
                Some(SessionOwner::Guest(guest)) => Ok(Some(guest.into())),
                Some(SessionOwner::User(id)) => {
                    let user = session_user(&self.auth.database, &session, id).await?;
                    let user = user.filter(|user| user.is_active).ok_or_else(|| {
                        ApiError::login_required("this user can no longer log in; log out first")
                    })?;
                    if session.has_pending_migration() {
                        login::retry_pending(&self.auth.database, &session, &user).await?;
                    }
                    Ok(Some(user.as_visitor()))
                }
            }
        }
        .boxed_local()
    }

    /// Returns the guest of the visitor cookie if that guest is younger than a minute or does not
    /// exist yet. Otherwise returns a new guest at random.
    ///
    /// The visitor cookie is all that the first writes of a browser have in common. With it, a
    /// first message that is sent again, or several concurrent ones, share one account.
    ///
    /// # Errors
    /// [`ApiError::csrf_failed`] if that guest, or the one whose session the browser had when it
    /// got the cookie, has become a user within the last minute or since the request arrived.
    fn new_guest<'a>(
        &'a self,
        request: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<GuestId, ApiError>> {
        async {
            if let Some(admission) = &self.auth.admission {
                admission.check_new_guest(request)?;
            }
            let Some(visitor) = visitor::of(request)? else {
                return random_token().map(GuestId::new);
            };
            let (guest, before) = (visitor.guest(&self.auth.key), visitor.after());
            let recently = self.auth.database.now().minus(FIRST_WRITES);
            let since = Arrival::of_head(request).map_or(recently, |arrived| arrived.min(recently));
            let known = self.auth.database.read({
                let guest = guest.clone();
                move |db| first_write(db, &guest, before.as_ref(), recently, since)
            });
            match known.await? {
                FirstWrite::OfGuest => Ok(guest),
                FirstWrite::ByNewGuest => random_token().map(GuestId::new),
                FirstWrite::TooLate => Err(ApiError::ended_with_a_login()),
            }
        }
        .boxed_local()
    }

    fn admin<'a>(
        &'a self,
        request: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<Option<Admin>, ApiError>> {
        async {
            if let Some(bearer) = bearer::of(request) {
                let actor = Actor::token(bearer.token_id);
                return admins::of(&self.auth.database, bearer.user, actor).await;
            }
            let session = CurrentSession::of(request);
            let Some(id) = session.user_id() else {
                return Ok(None);
            };
            let user = session_user(&self.auth.database, &session, id).await?;
            match user.filter(|user| user.is_active) {
                Some(user) => admins::of(&self.auth.database, user, Actor::user(id)).await,
                None => Ok(None),
            }
        }
        .boxed_local()
    }

    fn proof(&self, request: &HttpRequest) -> Box<dyn Proof> {
        Box::new(SessionProof::of(&self.auth.database, request))
    }

    fn channel(&self, request: &HttpRequest) -> Option<ChannelId> {
        Some(visitor_tokens::bearer::of(request)?.channel_id)
    }

    fn renew<'a>(
        &'a self,
        visitor: &'a Visitor,
        token: &'a str,
    ) -> LocalBoxFuture<'a, Result<Renewed, ApiError>> {
        async {
            let token = visitor_tokens::bearer::verify(&self.auth, token)?;
            if token.account_id() != visitor.account_id() {
                return Err(ApiError::token_invalid(
                    "this is the token of another visitor: open another connection",
                ));
            }
            let expires_at = token.expires_at;
            let proof = SessionProof::of_visitor(&self.auth.database, token);
            proof.still_valid().await?;
            Ok(Renewed::new(proof, expires_at))
        }
        .boxed_local()
    }

    fn file_query(&self, visitor: &Visitor, message: MessageId) -> Option<String> {
        visitor_tokens::files::query(&self.auth, visitor, message)
    }

    fn file_reader(&self, request: &HttpRequest, message: MessageId) -> Option<Visitor> {
        visitor_tokens::files::reader(&self.auth, request, message)
    }

    fn check_origin(&self, request: &HttpRequest) -> Result<(), ApiError> {
        if visitor_tokens::bearer::of(request).is_some() {
            // Checked with the token.
            return Ok(());
        }
        csrf::check_origin(&self.auth, request)
    }

    fn is_user(&self, tx: &mut Tx<'_>, user_id: &str) -> Result<bool, DbError> {
        users::is_user(tx, user_id)
    }

    fn erase(&self, tx: &mut Tx<'_>, known: &HostIdentity) -> Result<ErasedByHost, ApiError> {
        if let HostIdentity::User(id) = known {
            admins::check_erasable(tx, id)?;
        }
        Ok(person::erase(tx, known)?)
    }

    fn remember_guest(&self, request: &HttpRequest, guest: &GuestId) -> Result<(), ApiError> {
        let session = Session::of_guest(guest, csrf::token_of(request)?.nonce());
        CurrentSession::of(request).begin(session, None);
        Ok(())
    }
}

/// How the first write with a visitor cookie is treated.
enum FirstWrite {
    /// It is written by the guest of the cookie.
    OfGuest,
    /// It is written by a new guest.
    ByNewGuest,
    /// It is refused, because it must not replace the session that a login has begun.
    TooLate,
}

/// Decides how a first write is treated, by what has become of the guest of a visitor cookie and of
/// the guest `before` it.
fn first_write(
    db: &mut Db,
    guest: &GuestId,
    before: Option<&GuestId>,
    young_since: UtcTime,
    since: UtcTime,
) -> Result<FirstWrite, DbError> {
    if let Some(before) = before
        && has_become_user(db, before, since)?
    {
        return Ok(FirstWrite::TooLate);
    }
    let id = guest.account_id();
    if first_contact::is_unknown(db, &id)? {
        return Ok(FirstWrite::OfGuest);
    }
    match account_tombstones::tombstone(db, &id, UtcTime::BEGINNING)? {
        Some(Tombstone::MergedInto { at, .. }) if since <= at => return Ok(FirstWrite::TooLate),
        Some(Tombstone::MergedInto { .. } | Tombstone::Erased) => {
            return Ok(FirstWrite::ByNewGuest);
        }
        None => {}
    }
    match accounts::get(db, &id)? {
        Some(account) if account.created_at < young_since => Ok(FirstWrite::ByNewGuest),
        Some(_) if pending_migrations::is_pending(db, guest, since)? => Ok(FirstWrite::TooLate),
        Some(_) | None => Ok(FirstWrite::OfGuest),
    }
}

/// Returns `true` if the guest has become a user at `since` or later: the account has been merged,
/// or its migration is pending.
fn has_become_user(db: &mut Db, guest: &GuestId, since: UtcTime) -> Result<bool, DbError> {
    let tombstone = account_tombstones::tombstone(db, &guest.account_id(), since)?;
    let is_merged = matches!(tombstone, Some(Tombstone::MergedInto { .. }));
    Ok(is_merged || pending_migrations::is_pending(db, guest, since)?)
}

/// Returns the user of the session: the one loaded with the session, or read from the database if
/// the session has just begun.
pub(crate) async fn session_user(
    database: &Database,
    session: &CurrentSession,
    id: i64,
) -> Result<Option<User>, DbError> {
    match session.loaded_user() {
        Some(user) if user.id == id => Ok(Some(user)),
        _ => database.read(move |db| users::get(db, id)).await,
    }
}
