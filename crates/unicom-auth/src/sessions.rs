//! The middleware that loads the session of a request, and stores what the response makes of it.

use actix_web::HttpRequest;
use actix_web::body::MessageBody;
use actix_web::cookie::{Cookie, CookieJar, Key, time};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web;
use unicom_http::ApiError;

use crate::current_session::{CurrentSession, SessionChange};
use crate::{Auth, cookies};

/// How long a browser keeps the session cookie: the longest that browsers allow. The server drops
/// an unused session earlier.
const MAX_AGE: time::Duration = time::Duration::days(400);

/// Middleware that attaches a [`CurrentSession`] to the request. With the response, it stores a
/// session that begins or changes and sends its cookie, and deletes one that ends.
///
/// # Errors
/// The error of the database, if the session cannot be loaded or stored.
pub(crate) async fn sessions(
    auth: web::Data<Auth>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let store = auth.session_store();
    let mut loaded = None;
    if let Some(secret) = sent_secret(&auth, request.request()) {
        let found = store.find(&secret).await.map_err(ApiError::from)?;
        loaded = found.map(|found| (secret, found));
    }
    let (secret, found) = loaded.unzip();
    let (session, user) = found.unzip();
    let current = CurrentSession::attach(&request, session, user.flatten());

    let mut response = next.call(request).await?;
    let cookie = match (current.outcome(), secret) {
        ((_, SessionChange::Unchanged), _) | ((None, _), None) => return Ok(response),
        ((None, _), Some(secret)) => {
            store.end(&secret).await.map_err(ApiError::from)?;
            let mut cookie = session_cookie(&auth, String::new());
            cookie.make_removal();
            cookie
        }
        ((Some(session), SessionChange::Updated), Some(secret)) => {
            let updated = store.update(&secret, session).await;
            updated.map_err(ApiError::from)?;
            encrypted(&auth, secret)?
        }
        ((Some(session), change), before) => {
            let since = match change {
                SessionChange::Begun { user_since } => user_since,
                _ => None,
            };
            let secret = store.begin(session, since, before.as_deref()).await?;
            encrypted(&auth, secret)?
        }
    };
    response
        .response_mut()
        .add_cookie(&cookie)
        .map_err(ApiError::unexpected)?;
    Ok(response)
}

/// Returns the secret in the session cookie of the request, if this server encrypted it.
fn sent_secret(auth: &Auth, request: &HttpRequest) -> Option<String> {
    let cookies = request.cookies().ok()?;
    let name = &*auth.cookie_names().session;
    let sent = cookies.iter().find(|cookie| cookie.name() == name)?;
    secret_in(&auth.session_cookie_key(), sent.clone())
}

/// Returns the content of a session cookie if it was encrypted with this key.
pub(crate) fn secret_in(key: &Key, cookie: Cookie<'static>) -> Option<String> {
    let opened = CookieJar::new().private(key).decrypt(cookie)?;
    Some(opened.value().to_owned())
}

/// Returns the cookie with the encrypted secret of a session.
fn encrypted(auth: &Auth, secret: String) -> Result<Cookie<'static>, ApiError> {
    let mut jar = CookieJar::new();
    jar.private_mut(&auth.session_cookie_key())
        .add(session_cookie(auth, secret));
    jar.get(&auth.cookie_names().session)
        .cloned()
        .ok_or_else(|| ApiError::unexpected("the session cookie was not encrypted"))
}

fn session_cookie(auth: &Auth, value: String) -> Cookie<'static> {
    cookies::cookie(&auth.cookie_names().session, value, auth.is_https())
        .http_only(true)
        .max_age(MAX_AGE)
        .finish()
}
