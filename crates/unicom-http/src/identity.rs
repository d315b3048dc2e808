//! `IdentityProvider`: the seam by which a host says who is asking.

use actix_web::HttpRequest;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use unicom_webchat::{GuestId, Visitor};

use crate::ApiError;

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

    /// Remembers a new guest for the session that this request's answer begins: the guest's first write is stored.
    ///
    /// # Errors
    /// Whatever keeps the host from remembering.
    fn remember_guest(&self, request: &HttpRequest, guest: &GuestId) -> Result<(), ApiError>;
}

/// 128 random bits in hexadecimal: a name or a secret that nobody guesses.
///
/// # Errors
/// Where the operating system gives no randomness.
pub fn random_token() -> Result<String, ApiError> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(ApiError::unexpected)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
