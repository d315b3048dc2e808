//! The visitor cookie, which identifies a guest who has not written yet.
//!
//! It is a nonce and its signature, which no script can read; nothing is stored for it. The first
//! writes of a browser share it, and so belong to one guest. The CSRF token, which scripts read,
//! does not identify a guest.

use std::collections::BTreeSet;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};
use subtle::ConstantTimeEq;
use unicom_http::{ApiError, random_token};
use unicom_webchat::GuestId;

use crate::current_session::{CurrentSession, SessionChange};
use crate::without_cookies::is_without_cookies;
use crate::{Auth, SecretKey, cookies};

/// Length of a nonce, in characters.
const NONCE: usize = 32;

/// Maximum length of a nonce and a guest's name together, in characters.
const LONGEST: usize = 128;

/// The content of a visitor cookie: a nonce, followed by the public name of the guest whose session
/// began with the same response, if there was one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct VisitorId(String);

impl VisitorId {
    /// Creates a random id for a browser with the session of the guest `after`.
    fn new(after: Option<&GuestId>) -> Result<Self, ApiError> {
        let after = after.map_or("", GuestId::session_key);
        Ok(Self(format!("{}{after}", random_token()?)))
    }

    /// Returns the content of a cookie's value if this server signed it.
    fn verified(key: &SecretKey, text: &str) -> Option<Self> {
        let (said, _) = text.split_once('.')?;
        if !said.is_ascii() || !(NONCE..=LONGEST).contains(&said.len()) {
            return None;
        }
        let id = Self(said.to_owned());
        bool::from(id.text(key).as_bytes().ct_eq(text.as_bytes())).then_some(id)
    }

    /// Returns the value of the cookie.
    fn text(&self, key: &SecretKey) -> String {
        format!("{}.{}", self.0, key.sign("visitor", &self.0))
    }

    /// Returns the guest that the visitor becomes by writing. Neither can be derived from the other
    /// without the server's secret.
    pub fn guest(&self, key: &SecretKey) -> GuestId {
        let name = key.sign("first guest", &self.0[..NONCE]);
        GuestId::new(&name[..32])
    }

    /// Returns the guest whose session the browser had when it got the cookie.
    pub fn after(&self) -> Option<GuestId> {
        let name = &self.0[NONCE..];
        (!name.is_empty()).then(|| GuestId::new(name))
    }
}

/// The visitor cookies of a request without a session.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shown {
    /// No cookie that this server signed.
    Nothing,
    /// One id, in one cookie or in several equal ones.
    One(VisitorId),
    /// Different ids: at least one was planted, and it is unknown which.
    Several,
}

impl Shown {
    fn by(auth: &Auth, request: &HttpRequest) -> Self {
        let sent = cookies::values(request, &auth.cookie_names().visitor);
        let ids: BTreeSet<VisitorId> = sent
            .iter()
            .filter_map(|text| VisitorId::verified(&auth.key, text))
            .collect();
        let mut ids = ids.into_iter();
        match (ids.next(), ids.next()) {
            (None, _) => Self::Nothing,
            (Some(only), None) => Self::One(only),
            (Some(_), Some(_)) => Self::Several,
        }
    }
}

/// Returns the visitor id of a request without a session. Returns `None` if there is none, or if
/// there are different ones.
///
/// # Errors
/// [`ApiError::internal`] if [`visitor_cookies`] is not wrapped around the route.
pub(crate) fn of(request: &HttpRequest) -> Result<Option<VisitorId>, ApiError> {
    match request.extensions().get::<Shown>() {
        Some(Shown::One(id)) => Ok(Some(id.clone())),
        Some(Shown::Nothing | Shown::Several) => Ok(None),
        None => Err(ApiError::unexpected(
            "`visitor_cookies` is not wrapped around the routes",
        )),
    }
}

/// Middleware that sends the visitor cookie, and a new one with every response that begins, renews
/// or ends a session.
///
/// The cookie of a browser whose session has ended therefore identifies a new guest, and writes
/// sent with an earlier cookie are distinguished from it. No cookie is sent to requests with a
/// token.
///
/// # Errors
/// [`ApiError::internal`] if the operating system provides no randomness.
pub(crate) async fn visitor_cookies(
    auth: web::Data<Auth>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if is_without_cookies(request.request()) {
        return next.call(request).await;
    }
    let session = CurrentSession::of(request.request());
    let is_missing = if session.owner().is_some() {
        // The session identifies the guest, so the cookie need not be verified.
        cookies::values(request.request(), &auth.cookie_names().visitor).is_empty()
    } else {
        let shown = Shown::by(&auth, request.request());
        let is_missing = shown == Shown::Nothing;
        request.extensions_mut().insert(shown);
        is_missing
    };

    let mut response = next.call(request).await?;
    let (_, change) = session.outcome();
    let has_changed = matches!(change, SessionChange::Begun { .. } | SessionChange::Ended);
    if is_missing || has_changed {
        let value = VisitorId::new(session.guest().as_ref())?.text(&auth.key);
        let cookie = cookies::cookie(&auth.cookie_names().visitor, value, auth.is_https())
            .http_only(true)
            .finish();
        response
            .response_mut()
            .add_cookie(&cookie)
            .map_err(ApiError::unexpected)?;
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SecretKey {
        SecretKey::new("a secret that is long enough to be one").unwrap()
    }

    #[test]
    fn only_signed_values_are_accepted() {
        let (key, guest) = (key(), GuestId::new("0123456789abcdef0123456789abcdef"));
        for after in [None, Some(guest)] {
            let id = VisitorId::new(after.as_ref()).unwrap();
            let text = id.text(&key);
            assert_eq!(VisitorId::verified(&key, &text), Some(id.clone()));
            assert_eq!(id.after(), after);
            for length in 0..text.len() {
                assert_eq!(VisitorId::verified(&key, &text[..length]), None, "{length}");
            }
            // Another guest after the same nonce, and the nonce without its guest.
            let (nonce, signature) = (&text[..NONCE], text.split_once('.').unwrap().1);
            for forged in [
                format!("{nonce}{}.{signature}", "f".repeat(NONCE)),
                format!("{nonce}x.{signature}"),
                format!("{}.{}", id.0, key.sign("csrf token", &id.0)),
                format!("{text}."),
                format!("é{text}"),
                "x".repeat(4000),
            ] {
                assert_eq!(VisitorId::verified(&key, &forged), None, "{forged}");
            }
        }
    }

    #[test]
    fn guest_id_depends_on_the_nonce_without_revealing_it() {
        let key = key();
        let [one, other] = [0, 1].map(|_| VisitorId::new(None).unwrap());
        assert_ne!(one, other);
        assert_ne!(one.guest(&key), other.guest(&key));
        let guest = one.guest(&key);
        assert!(guest.session_key().len() == 32 && !one.text(&key).contains(guest.session_key()));
    }
}
