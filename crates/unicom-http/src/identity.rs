//! `IdentityProvider`: the seam by which a host says who is asking.

use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use unicom_db::{DbError, Tx};
use unicom_webchat::{ErasedByHost, GuestId, HostIdentity, Visitor};

use crate::ApiError;

/// Somebody who may manage unicom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admin {
    /// Who the audit trail says it was: `user:7`, or `token:3` for a program.
    pub actor: String,
    /// The name to show beside what staff writes.
    pub name: String,
    /// The host's own id of the user, kept with what staff writes.
    pub user_id: Option<String>,
}

/// Says who is asking. The bundled server's is in `unicom-auth`; a host that has users of its own writes one.
///
/// Protection against cross-site requests is the host's too: these routes trust whoever this trait names.
pub trait IdentityProvider: Send + Sync + 'static {
    /// Who is asking; none for somebody without a session. Stores nothing: reading makes no session.
    ///
    /// # Errors
    /// [`ApiError::login_required`] where the host takes no guests, [`ApiError::busy`] where it cannot tell.
    fn identify<'a>(
        &'a self,
        request: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<Option<Visitor>, ApiError>>;

    /// Who is asking, where that is staff. By default, nobody is.
    ///
    /// # Errors
    /// [`ApiError::account_blocked`] for staff who are blocked, [`ApiError::busy`] where the host cannot tell.
    fn staff<'a>(
        &'a self,
        _: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<Option<Admin>, ApiError>> {
        std::future::ready(Ok(None)).boxed_local()
    }

    /// Checks that what proves who sends the request still does: the session or the token is still
    /// there, the user may still log in, and staff is still staff and not blocked.
    ///
    /// Asked when the body of a request took longer than a second to arrive, after
    /// [`identify`](Self::identify) may have answered: a body that is held back must not outlive a
    /// logout. By default everything still proves what it did.
    ///
    /// # Errors
    /// [`ApiError::login_required`] or another refusal if it does not, [`ApiError::busy`] if the host
    /// cannot tell.
    fn still_valid<'a>(&'a self, _: &'a HttpRequest) -> LocalBoxFuture<'a, Result<(), ApiError>> {
        std::future::ready(Ok(())).boxed_local()
    }

    /// The name of a guest whose first write this is. By default a random one.
    ///
    /// A host that can tell that several first writes come from one browser gives them one name: then they meet in one
    /// account, and sending again is safe.
    ///
    /// # Errors
    /// Where there is no randomness, or the host cannot tell.
    fn new_guest<'a>(
        &'a self,
        _: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<GuestId, ApiError>> {
        std::future::ready(random_token().map(GuestId::new)).boxed_local()
    }

    /// Returns `true` if the host has a user of this id, active or not. Members are bound to such
    /// users only: bound to the id of a user who is still to come, a member would be that user
    /// later, with all groups and categories of the member. Defaults to `true`, for hosts that
    /// check the ids themselves.
    ///
    /// # Errors
    /// [`DbError`] if the database fails.
    fn is_user(&self, _: &mut Tx<'_>, _user_id: &str) -> Result<bool, DbError> {
        Ok(true)
    }

    /// Erases what the host knows of somebody who is erased, in the same transaction: users, sessions, tokens. By default
    /// nothing: then the host erases its users itself.
    ///
    /// # Errors
    /// [`ApiError::staff_user`] for somebody whom these routes do not erase. With any error, nothing of the person is
    /// erased.
    fn erase(&self, _: &mut Tx<'_>, _: &HostIdentity) -> Result<ErasedByHost, ApiError> {
        Ok(ErasedByHost::default())
    }

    /// Remembers a new guest for the session that this request's answer begins: the guest's first write is stored.
    ///
    /// # Errors
    /// Whatever keeps the host from remembering.
    fn remember_guest(&self, request: &HttpRequest, guest: &GuestId) -> Result<(), ApiError>;
}

/// The token of a request's one `Authorization: Bearer …`; none where there is no such header, or more than one.
pub fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION);
    let (only, None) = (values.next()?, values.next()) else {
        return None;
    };
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

/// 128 random bits in hexadecimal: a name or a secret that nobody guesses.
///
/// # Errors
/// Where the operating system gives no randomness.
pub fn random_token() -> Result<String, ApiError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(ApiError::unexpected)?;
    Ok(hex::encode(bytes))
}
