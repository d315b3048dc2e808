//! Selection of the cookies in a request that count.
//!
//! Another host of the domain can plant cookies with our names in a browser unless the names begin
//! with `__Host-`. Even then it can plant cookies that are merely read as ours: with an escaped
//! name, or with a name that begins with a non-ASCII space. A cookie must not count just because it
//! is the first with its name.

use std::str;

use actix_web::body::MessageBody;
use actix_web::cookie::Cookie;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{COOKIE, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web;
use unicom_http::{ApiError, Arrival};

use crate::Auth;
use crate::cookies::CookieNames;
use crate::sessions::secret_in;

/// Maximum number of different session cookies that are looked up for one request. A browser has
/// one, or several if other hosts have planted some.
const MOST_SESSIONS: usize = 8;

/// Middleware that records when the request arrived and removes the cookies that do not count.
///
/// Of several session cookies, the one that leads to a session is kept. Cookies with other names
/// are kept unless they are not UTF-8 or would be read as one of ours.
///
/// # Errors
/// [`ApiError::ambiguous_session`] if the cookies lead to different sessions.
pub(crate) async fn request_cookies(
    auth: web::Data<Auth>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    // Before the session is looked up.
    Arrival::note(&request, auth.database.now());
    if !is_plain(auth.cookie_names(), request.headers()) {
        let counting = counting(&auth, request.headers()).await?;
        let headers = request.headers_mut();
        headers.remove(COOKIE);
        if !counting.is_empty() {
            let value = HeaderValue::try_from(counting.join("; ")).map_err(ApiError::unexpected)?;
            headers.insert(COOKIE, value);
        }
    }
    next.call(request).await
}

/// Returns `true` if every cookie counts as it stands, which is nearly always so: each of our names
/// occurs at most once, and nothing else can be read as one of them.
fn is_plain(names: &CookieNames, headers: &HeaderMap) -> bool {
    let mut sessions = 0;
    headers
        .get_all(COOKIE)
        .all(|value| value.as_bytes().is_ascii())
        && pairs(headers).all(|pair| {
            let name = name(pair);
            sessions += usize::from(name == names.session.as_bytes());
            sessions <= 1 && !name.contains(&b'%')
        })
}

/// Returns the cookies that count, as `name=value`.
async fn counting(auth: &Auth, headers: &HeaderMap) -> Result<Vec<String>, ApiError> {
    let names = auth.cookie_names();
    let (mut counting, mut sessions) = (Vec::new(), Vec::new());
    for pair in pairs(headers) {
        let is_session = name(pair) == names.session.as_bytes();
        let is_ours = is_session
            || name(pair) == names.csrf.as_bytes()
            || name(pair) == names.visitor.as_bytes();
        let Ok(text) = str::from_utf8(pair) else {
            continue;
        };
        // Parsed as the inner middleware will read it.
        let Ok(read) = Cookie::parse_encoded(text) else {
            continue;
        };
        if is_session {
            sessions.push((text, read.into_owned()));
        } else if is_ours || !names.contain(read.name()) {
            counting.push(text.to_owned());
        }
    }
    counting.extend(only_session(auth, sessions).await?.map(str::to_owned));
    Ok(counting)
}

/// Returns the cookie that leads to a session, as it was sent. A single cookie made by this server
/// is returned unchecked, since the session middleware looks it up.
async fn only_session<'a>(
    auth: &Auth,
    sent: Vec<(&'a str, Cookie<'static>)>,
) -> Result<Option<&'a str>, ApiError> {
    let key = auth.session_cookie_key();
    let mut known: Vec<(&str, String)> = Vec::new();
    for (text, cookie) in sent {
        // Several cookies may hold the same session, since each is encrypted anew.
        if let Some(secret) = secret_in(&key, cookie)
            && known.iter().all(|(_, known)| *known != secret)
        {
            known.push((text, secret));
        }
    }
    if known.len() <= 1 {
        return Ok(known.pop().map(|(text, _)| text));
    }
    if known.len() > MOST_SESSIONS {
        return Err(ambiguous());
    }
    let store = auth.session_store();
    let mut found = None;
    for (text, secret) in known {
        if store.find(&secret).await?.is_some() && found.replace(text).is_some() {
            return Err(ambiguous());
        }
    }
    Ok(found)
}

fn ambiguous() -> ApiError {
    ApiError::ambiguous_session(
        "this request has cookies of different sessions, so the session is ambiguous: delete \
         this site's cookies in the browser, and log in again",
    )
}

/// Returns the cookies of the headers as they were sent.
fn pairs(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    headers
        .get_all(COOKIE)
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'))
        .map(<[u8]>::trim_ascii)
        .filter(|pair| !pair.is_empty())
}

/// Returns the name of a cookie without decoding escapes.
fn name(pair: &[u8]) -> &[u8] {
    let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
    name.trim_ascii()
}
