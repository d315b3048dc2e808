//! `IdentityProvider`: the interface through which a host identifies callers.

use actix_web::HttpRequest;
use actix_web::http::header::{AUTHORIZATION, HOST, HeaderMap, HeaderValue, ORIGIN};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use unicom_core::admin::Actor;
use unicom_db::{DbError, Tx};
use unicom_models::{ChannelId, MessageId, UtcTime};
use unicom_webchat::{ErasedByHost, GuestId, HostIdentity, Visitor};

use crate::ApiError;

/// A user or program that may manage unicom.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Admin {
    /// Who acts, as recorded in the audit trail: a user, or a program by its token.
    pub actor: Actor,
    /// The name to show beside what the admin writes.
    pub name: String,
    /// The host's id of the user, stored with what the admin writes.
    pub user_id: Option<String>,
}

impl Admin {
    /// Creates an admin who is not a user of the host, such as a program.
    pub fn new(actor: Actor, name: impl Into<String>) -> Self {
        Self {
            actor,
            name: name.into(),
            user_id: None,
        }
    }

    /// Sets the host's id of the user.
    #[must_use]
    pub fn with_user_id(self, user_id: impl Into<String>) -> Self {
        Self {
            user_id: Some(user_id.into()),
            ..self
        }
    }
}

/// Identifies the callers of requests. `unicom-auth` implements it for the bundled server; a host
/// with another user base provides an implementation.
///
/// Protection against cross-site requests is also up to the host: these routes trust the identity
/// that this trait returns.
///
/// ```
/// use actix_web::HttpRequest;
/// use futures_util::FutureExt;
/// use futures_util::future::{LocalBoxFuture, ready};
/// use unicom_http::{ApiError, IdentityProvider, bearer_token};
/// use unicom_webchat::{GuestId, Visitor};
///
/// /// A shop whose customers send a key, and which has no guests.
/// struct Shop;
///
/// impl IdentityProvider for Shop {
///     fn identify<'a>(
///         &'a self,
///         request: &'a HttpRequest,
///     ) -> LocalBoxFuture<'a, Result<Option<Visitor>, ApiError>> {
///         let visitor = match bearer_token(request.headers()) {
///             Some("key-of-ann") => Ok(Some(Visitor::user("7", "Ann"))),
///             _ => Err(ApiError::login_required("send the key of a customer")),
///         };
///         ready(visitor).boxed_local()
///     }
///
///     fn remember_guest(&self, _: &HttpRequest, _: &GuestId) -> Result<(), ApiError> {
///         Err(ApiError::login_required("this shop has no guests"))
///     }
/// }
/// ```
pub trait IdentityProvider: Send + Sync + 'static {
    /// Returns the visitor who makes the request, or `None` if there is no session. Stores nothing:
    /// reading does not create a session.
    ///
    /// # Errors
    /// [`ApiError::login_required`] if the host does not accept guests, [`ApiError::busy`] if the
    /// host cannot identify the caller now.
    fn identify<'a>(
        &'a self,
        request: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<Option<Visitor>, ApiError>>;

    /// Returns the admin who makes the request, or `None` if the caller is not one. By default
    /// there are no admins.
    ///
    /// # Errors
    /// [`ApiError::account_blocked`] for admins who are blocked, [`ApiError::busy`] if the host
    /// cannot identify the caller now.
    fn admin<'a>(
        &'a self,
        _: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<Option<Admin>, ApiError>> {
        std::future::ready(Ok(None)).boxed_local()
    }

    /// Returns the proof of identity that the request carries, which can be checked again later. By
    /// default it always stays valid.
    ///
    /// It is checked when the body of a request took longer than a second to arrive, after
    /// [`identify`](Self::identify) may have answered, and repeatedly while a live connection is
    /// open: neither a body that is held back nor a connection may outlive a logout.
    fn proof(&self, _: &HttpRequest) -> Box<dyn Proof> {
        Box::new(LastingProof)
    }

    /// Checks that a page of this site, or of one that the host trusts, opens a connection.
    /// Browsers let pages of any site open WebSockets, with the visitor's cookies.
    ///
    /// By default, an `Origin` header must name the host that the request names.
    ///
    /// # Errors
    /// [`ApiError::csrf_failed`] if the page belongs to another site.
    fn check_origin(&self, request: &HttpRequest) -> Result<(), ApiError> {
        let header = |name| request.headers().get(name).map(HeaderValue::as_bytes);
        let Some(origin) = header(ORIGIN) else {
            return Ok(());
        };
        let authority = origin
            .strip_prefix(b"https://")
            .or_else(|| origin.strip_prefix(b"http://"));
        match (authority, header(HOST)) {
            (Some(authority), Some(host)) if authority.eq_ignore_ascii_case(host) => Ok(()),
            _ => Err(ApiError::csrf_failed(
                "this request comes from a page of another site",
            )),
        }
    }

    /// Returns the only channel that the caller may use, or `None` (the default) if the caller may
    /// use any.
    fn channel(&self, _: &HttpRequest) -> Option<ChannelId> {
        None
    }

    /// Returns a proof that keeps a live connection of this visitor open, made from what its client
    /// sends. By default there are no such proofs.
    ///
    /// # Errors
    /// A refusal that ends the connection, such as [`ApiError::token_invalid`], if it proves
    /// nothing or another identity.
    fn renew<'a>(
        &'a self,
        _: &'a Visitor,
        _token: &'a str,
    ) -> LocalBoxFuture<'a, Result<Renewed, ApiError>> {
        let refused = ApiError::invalid_body("this server has no tokens for visitors");
        std::future::ready(Err(refused)).boxed_local()
    }

    /// Returns a query that lets the visitor's browser load the files of a message although it
    /// cannot prove an identity then, as from pages of other sites. `None` (the default) if the
    /// browser can.
    fn file_query(&self, _: &Visitor, _: MessageId) -> Option<String> {
        None
    }

    /// Returns the visitor for whom the query of this request was made by
    /// [`file_query`](Self::file_query), if it was.
    fn file_reader(&self, _: &HttpRequest, _: MessageId) -> Option<Visitor> {
        None
    }

    /// Returns the id of a guest who writes for the first time. By default it is random.
    ///
    /// A host that can detect that several first writes come from one browser should return one id
    /// for them: they then share one account, and sending again is safe.
    ///
    /// # Errors
    /// If the system's random number generator fails, or the host cannot determine the id.
    fn new_guest<'a>(
        &'a self,
        _: &'a HttpRequest,
    ) -> LocalBoxFuture<'a, Result<GuestId, ApiError>> {
        std::future::ready(random_token().map(GuestId::new)).boxed_local()
    }

    /// Returns `true` if the host has a user with this id, active or not. Members are bound only to
    /// existing users: a member bound to a future user's id would give that user all groups and
    /// categories of the member. Defaults to `true`, for hosts that check the ids themselves.
    ///
    /// # Errors
    /// [`DbError`] if the database fails.
    fn is_user(&self, _: &mut Tx<'_>, _user_id: &str) -> Result<bool, DbError> {
        Ok(true)
    }

    /// Erases what the host stores about a person (users, sessions, tokens), in the same
    /// transaction as the rest of the erasure. By default it erases nothing: the host then erases
    /// its users itself.
    ///
    /// # Errors
    /// [`ApiError::staff_user`] for a person whom these routes do not erase. On any error, nothing
    /// of the person is erased.
    fn erase(&self, _: &mut Tx<'_>, _: &HostIdentity) -> Result<ErasedByHost, ApiError> {
        Ok(ErasedByHost::default())
    }

    /// Remembers a new guest in the session that the response to this request begins. Called after
    /// the guest's first write was stored.
    ///
    /// # Errors
    /// If the host cannot remember the guest.
    fn remember_guest(&self, request: &HttpRequest, guest: &GuestId) -> Result<(), ApiError>;
}

/// A proof of identity: that of a session or a token.
pub trait Proof {
    /// Checks that the proof is still valid: the session or the token still exists, the user may
    /// still log in, and an admin is still an admin and not blocked.
    ///
    /// # Errors
    /// [`ApiError::login_required`] or another refusal if it is no longer valid, [`ApiError::busy`]
    /// if the host cannot check it now.
    fn still_valid(&self) -> LocalBoxFuture<'_, Result<(), ApiError>>;
}

/// A proof that takes the place of another, and when it expires.
#[non_exhaustive]
pub struct Renewed {
    /// The proof.
    pub proof: Box<dyn Proof>,
    /// When it expires.
    pub expires_at: UtcTime,
}

impl Renewed {
    /// Creates a proof that expires.
    pub fn new(proof: impl Proof + 'static, expires_at: UtcTime) -> Self {
        Self {
            proof: Box::new(proof),
            expires_at,
        }
    }
}

impl std::fmt::Debug for Renewed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Renewed")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A proof that always stays valid.
struct LastingProof;

impl Proof for LastingProof {
    fn still_valid(&self) -> LocalBoxFuture<'_, Result<(), ApiError>> {
        std::future::ready(Ok(())).boxed_local()
    }
}

/// Returns the token of the request's `Authorization: Bearer …` header. Returns `None` if the
/// header is missing, is given more than once or has another scheme.
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

/// Returns 128 random bits in hexadecimal: an unguessable id or secret.
///
/// # Errors
/// If the operating system's random number generator fails.
pub fn random_token() -> Result<String, ApiError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(ApiError::unexpected)?;
    Ok(hex::encode(bytes))
}
