//! Protection against cross-site requests: a signed double-submit token and a check of the origin
//! (ASVS 5.0, 3.5).
//!
//! The cookie `csrftoken` (over https `__Host-csrftoken`) is a nonce and its signature. A client
//! without a session may use any token that this server signed. A session accepts only the token
//! that it began with, and a login begins with a new one. GET, HEAD and OPTIONS hand out the cookie
//! and are never refused. Requests with a token are neither checked nor given a cookie, since no
//! browser adds a token by itself.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};
use subtle::ConstantTimeEq;
use unicom_http::{ApiError, random_token};

use crate::current_session::CurrentSession;
use crate::without_cookies::is_without_cookies;
use crate::{Auth, Origin, cookies};

const HEADER: &str = "x-csrftoken";

/// Length of a nonce for clients without a session, in characters. Nonces of user sessions are
/// longer.
const SHARED_NONCE_LENGTH: usize = 32;

/// A nonce signed by this server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CsrfToken {
    nonce: String,
    text: String,
}

impl CsrfToken {
    /// Creates the token for a nonce.
    fn of(auth: &Auth, nonce: String) -> Self {
        let text = format!("{nonce}.{}", auth.key.sign("csrf token", &nonce));
        Self { nonce, text }
    }

    /// Parses a token. Returns `None` unless this server signed it for clients without a session.
    fn verified(auth: &Auth, text: &str) -> Option<Self> {
        let (nonce, _) = text
            .split_once('.')
            .filter(|(nonce, _)| nonce.len() == SHARED_NONCE_LENGTH)?;
        let token = Self::of(auth, nonce.to_owned());
        bool::from(token.text.as_bytes().ct_eq(text.as_bytes())).then_some(token)
    }

    /// Returns the nonce, which a session that begins stores.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// Returns the token of the request's session. Without a session, returns the token of a cookie
    /// that this server signed, preferring the one in the header, or a new token.
    fn for_request(auth: &Auth, request: &HttpRequest, sent: &[String]) -> Result<Self, ApiError> {
        if let Some(nonce) = CurrentSession::of(request).csrf_nonce() {
            return Ok(Self::of(auth, nonce));
        }
        // A cookie planted by another host must not take precedence over ours.
        let in_header = header_of(request).filter(|text| sent.iter().any(|sent| sent == text));
        let known = in_header
            .into_iter()
            .chain(sent.iter().map(String::as_str))
            .find_map(|text| Self::verified(auth, text));
        match known {
            Some(token) => Ok(token),
            None => Ok(Self::of(auth, random_token()?)),
        }
    }
}

/// Returns the token that the client has after the response to this request.
pub(crate) fn token_text(request: &HttpRequest) -> Result<String, ApiError> {
    let auth = request
        .app_data::<web::Data<Auth>>()
        .ok_or_else(not_wrapped)?;
    match CurrentSession::of(request).csrf_nonce() {
        Some(nonce) => Ok(CsrfToken::of(auth, nonce).text),
        None => Ok(token_of(request)?.text),
    }
}

/// Returns the token that came with this request or was created for it.
pub(crate) fn token_of(request: &HttpRequest) -> Result<CsrfToken, ApiError> {
    request
        .extensions()
        .get::<CsrfToken>()
        .cloned()
        .ok_or_else(not_wrapped)
}

fn not_wrapped() -> ApiError {
    ApiError::unexpected(
        "`csrf_protection` is not wrapped around the routes, or `Auth` is not in their data",
    )
}

/// Middleware that refuses writing requests that do not prove to come from this site's pages,
/// before anything is done.
///
/// Requires [`Auth`] in the application data, and [`Auth::sessions`] wrapped around it.
///
/// # Errors
/// [`ApiError::csrf_failed`] if the token or the origin is wrong.
pub(crate) async fn csrf_protection(
    auth: web::Data<Auth>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if is_without_cookies(request.request()) {
        return next.call(request).await;
    }
    let sent = cookies::values(request.request(), &auth.cookie_names().csrf);
    let token = CsrfToken::for_request(&auth, request.request(), &sent)?;
    let is_safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if !is_safe {
        check(&auth, request.request(), &token, &sent)?;
    }
    let had_session = CurrentSession::of(request.request()).csrf_nonce().is_some();
    request.extensions_mut().insert(token.clone());

    let mut response = next.call(request).await?;
    // A login or a logout has replaced the valid token.
    let left = match CurrentSession::of(response.request()).csrf_nonce() {
        // Most requests change nothing: sign only once.
        Some(nonce) if nonce == token.nonce => token,
        Some(nonce) => CsrfToken::of(&auth, nonce),
        None if had_session => CsrfToken::of(&auth, random_token()?),
        None => token,
    };
    if !sent.contains(&left.text) {
        let cookie =
            cookies::cookie(&auth.cookie_names().csrf, left.text, auth.is_https()).finish();
        response
            .response_mut()
            .add_cookie(&cookie)
            .map_err(ApiError::unexpected)?;
    }
    Ok(response)
}

fn check(
    auth: &Auth,
    request: &HttpRequest,
    token: &CsrfToken,
    sent: &[String],
) -> Result<(), ApiError> {
    check_origin(auth, request)?;
    let is_right = |text: &str| bool::from(text.as_bytes().ct_eq(token.text.as_bytes()));
    if header_of(request).is_some_and(is_right) && sent.iter().any(|text| is_right(text)) {
        return Ok(());
    }
    Err(ApiError::csrf_failed(format!(
        "the header `X-CSRFToken` must have the value of the cookie `{}`, which any GET hands out",
        auth.cookie_names().csrf
    )))
}

fn header_of(request: &HttpRequest) -> Option<&str> {
    request.headers().get(HEADER)?.to_str().ok()
}

/// Checks the origin headers. They may be missing but must be right if present, since a page of
/// another site cannot forge them.
pub(crate) fn check_origin(auth: &Auth, request: &HttpRequest) -> Result<(), ApiError> {
    let headers = request.headers();
    let is_allowed = |said: &HeaderValue| {
        let origin = said
            .to_str()
            .ok()
            .and_then(|text| text.parse::<Origin>().ok());
        origin.is_some_and(|origin| {
            is_ours(auth, request, &origin) || auth.trusted_origins.contains(&origin)
        })
    };
    let origin = headers.get(header::ORIGIN);
    // Privacy extensions empty the referrer. Beside an origin, it then says nothing.
    let referer = headers
        .get(header::REFERER)
        .filter(|value| origin.is_none() || !value.is_empty());
    if origin.into_iter().chain(referer).all(is_allowed) {
        Ok(())
    } else {
        Err(ApiError::csrf_failed(
            "this request comes from a page of another site",
        ))
    }
}

/// Returns `true` if this text is the origin of the server itself.
pub(crate) fn is_own_origin(auth: &Auth, request: &HttpRequest, text: &str) -> bool {
    let origin = text.parse::<Origin>().ok();
    origin.is_some_and(|origin| is_ours(auth, request, &origin))
}

/// Returns `true` if pages of this origin may act for the user who is logged in here.
pub(crate) fn is_trusted_origin(auth: &Auth, text: &str) -> bool {
    let origin = text.parse::<Origin>().ok();
    origin.is_some_and(|origin| auth.trusted_origins.contains(&origin))
}

/// Returns `true` if the origin is the public one or, without a public origin, the one that the
/// request names.
fn is_ours(auth: &Auth, request: &HttpRequest, origin: &Origin) -> bool {
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok());
    match (&auth.public_origin, host) {
        (Some(public), _) => origin == public,
        (None, Some(host)) => origin.is_at(&scheme(auth, request), host),
        (None, None) => false,
    }
}

/// Returns the scheme that the browser used, as far as it is known.
fn scheme(auth: &Auth, request: &HttpRequest) -> String {
    match &auth.admission {
        Some(admission) => admission.scheme(request),
        None => request.connection_info().scheme().to_owned(),
    }
}
