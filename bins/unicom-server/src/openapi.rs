//! The OpenAPI document of every route that the server serves, at `openapi.json` under the base
//! path.

use actix_web::http::Method;
use unicom_auth::{ROUTES as AUTH, Scope};
use unicom_http::openapi::Kind::{
    AccountBlocked, AmbiguousSession, Busy, CsrfFailed, HeadersTooLarge, InsufficientScope,
    InvalidCredentials, InvalidPath, LoginRequired, MisdirectedRequest, RateLimited, StaffOnly,
    StorageFull, UriTooLong,
};
use unicom_http::openapi::{Description, Document, RequestContext, Scheme, error_kinds};
use unicom_http::{ADMIN, ADMIN_PATH, DOCUMENT, REQUESTS, VISITORS, request_path};

use crate::{metrics, service};

/// The errors that every request can get: see [`allowed_hosts`](unicom_http::allowed_hosts) and
/// [`plain_paths`](unicom_http::plain_paths).
const EDGE: u64 = error_kinds(&[MisdirectedRequest, InvalidPath, RateLimited]);

/// The errors that every request under the base path can get: see [`admit`](unicom_http::admit).
const ANY: u64 = EDGE | error_kinds(&[UriTooLong, HeadersTooLarge, Busy, StorageFull]);

const SESSION: Scheme = Scheme {
    name: "session",
    key: Some(("cookie", "sessionid")),
    description: "The session: of a guest from the first write on, of a user from the login on. Named \
                  `__Host-sessionid` where the public address is https, or as the server is set.",
    scope: None,
};

const CSRF_COOKIE: Scheme = Scheme {
    name: "csrf_cookie",
    key: Some(("cookie", "csrftoken")),
    description: "What any GET under the base path hands out; goes with the header of the same value. Named \
                  `__Host-csrftoken` where the public address is https, or as the server is set. The cookie `visitor` \
                  (`__Host-visitor`), handed out with it, makes the first writes of a browser those of one guest.",
    scope: None,
};

const CSRF_HEADER: Scheme = Scheme {
    name: "csrf_header",
    key: Some(("header", "X-CSRFToken")),
    description: "The value of the cookie `csrftoken`, which is also the `csrf_token` of `auth/session/`. `Origin` and `Referer`, where sent, must be this origin or a \
                  trusted one.",
    scope: None,
};

const API_TOKEN: Scheme = Scheme {
    name: "api_token",
    key: None,
    description: "A token `uct_…` of `unicom token create`: it speaks for its user, without cookies or CSRF token, \
                  as far as its scope goes: `read`, `write` (which includes `read`) or `admin` (which includes both).",
    scope: Some(|method, path| needed(method, path)),
};

/// The scheme [`API_TOKEN`] for the routes under `admin/`.
const STAFF_TOKEN: Scheme = Scheme {
    scope: Some(|method, path| needed(method, &format!("{ADMIN_PATH}{path}"))),
    ..API_TOKEN
};

fn needed(method: &str, path: &str) -> &'static str {
    let method = method.to_uppercase();
    // An invalid method needs the scope of a writing method.
    let method = Method::from_bytes(method.as_bytes()).unwrap_or(Method::POST);
    Scope::needed(&method, path).as_str()
}

const REQUEST_TOKEN: Scheme = Scheme {
    name: "request_token",
    key: None,
    description: "The token `urq_…` of the one request, which the bot got with it.",
    scope: None,
};

/// Routes for guests, users, and programs that act for users.
const ANYBODY: RequestContext = RequestContext {
    fails: ANY | error_kinds(&[AmbiguousSession, InvalidCredentials]),
    fails_writing: error_kinds(&[CsrfFailed, InsufficientScope]),
    reading: &[&[], &[SESSION], &[API_TOKEN]],
    writing: &[
        &[CSRF_COOKIE, CSRF_HEADER],
        &[SESSION, CSRF_COOKIE, CSRF_HEADER],
        &[API_TOKEN],
    ],
};

/// Routes for browsers only, because an API token has no session to begin or to end.
const BROWSERS: RequestContext = RequestContext {
    writing: &[
        &[CSRF_COOKIE, CSRF_HEADER],
        &[SESSION, CSRF_COOKIE, CSRF_HEADER],
    ],
    ..ANYBODY
};

const STAFF: RequestContext = RequestContext {
    fails: ANYBODY.fails | error_kinds(&[LoginRequired, StaffOnly, AccountBlocked]),
    reading: &[&[SESSION], &[STAFF_TOKEN]],
    writing: &[&[SESSION, CSRF_COOKIE, CSRF_HEADER], &[STAFF_TOKEN]],
    ..ANYBODY
};

/// Routes for bots that reply to a request.
const REPLIERS: RequestContext = RequestContext {
    fails: ANY,
    fails_writing: 0,
    reading: &[],
    writing: &[&[REQUEST_TOKEN]],
};

/// The route of the OpenAPI document.
const READERS: RequestContext = RequestContext {
    writing: &[],
    ..REPLIERS
};

/// Routes for programs that monitor the process. They are not rate limited.
const WATCHERS: RequestContext = RequestContext {
    fails: EDGE,
    ..READERS
};

/// Returns the OpenAPI document of the routes that [`Server`](crate::Server) mounts if `base_path`
/// is its base path.
pub fn openapi(base_path: &str) -> Document {
    let base = base_path;
    Document::default()
        .with(base, VISITORS, ANYBODY)
        .with(base, AUTH, BROWSERS)
        .with(&format!("{base}{ADMIN_PATH}"), ADMIN, STAFF)
        .with(&request_path(base), REQUESTS, REPLIERS)
        .with(&document_path(base), Description::ROUTES, READERS)
        .with("", service::ROUTES, WATCHERS)
        .with("", metrics::ROUTES, WATCHERS)
}

/// Returns the path of the OpenAPI document.
pub(crate) fn document_path(base: &str) -> String {
    format!("{base}{DOCUMENT}")
}
