//! The description of every route that the server answers, at `openapi.json` under the base path.

use unicom_auth::ROUTES as AUTH;
use unicom_http::openapi::Kind::{
    AccountBlocked, Busy, CsrfFailed, HeadersTooLarge, InvalidCredentials, LoginRequired,
    RateLimited, StaffOnly, UriTooLong,
};
use unicom_http::openapi::{Around, Description, Document, Scheme, fails};
use unicom_http::{ADMIN, ADMIN_PATH, DOCUMENT, REQUESTS, VISITORS, request_path};

use crate::{metrics, service};

/// What any request may be told: see [`admit`](unicom_http::admit).
const ANY: u64 = fails(&[UriTooLong, HeadersTooLarge, RateLimited, Busy]);

const SESSION: Scheme = Scheme {
    name: "session",
    key: Some(("cookie", "sessionid")),
    description: "The session: of a guest from the first write on, of a user from the login on.",
};

const CSRF_COOKIE: Scheme = Scheme {
    name: "csrf_cookie",
    key: Some(("cookie", "csrftoken")),
    description: "What any GET under the base path hands out; goes with the header of the same value.",
};

const CSRF_HEADER: Scheme = Scheme {
    name: "csrf_header",
    key: Some(("header", "X-CSRFToken")),
    description: "The value of the cookie `csrftoken`. `Origin` and `Referer`, where sent, must be this origin or a \
                  trusted one.",
};

const API_TOKEN: Scheme = Scheme {
    name: "api_token",
    key: None,
    description: "A token `uct_…` of `unicom token create`: it speaks for its user, without cookies or CSRF token.",
};

const REQUEST_TOKEN: Scheme = Scheme {
    name: "request_token",
    key: None,
    description: "The token `urq_…` of the one request, which the bot got with it.",
};

/// Guests, users, and programs of users.
const ANYBODY: Around = Around {
    fails: ANY | fails(&[InvalidCredentials]),
    fails_writing: fails(&[CsrfFailed]),
    reading: &[&[], &[SESSION], &[API_TOKEN]],
    writing: &[
        &[CSRF_COOKIE, CSRF_HEADER],
        &[SESSION, CSRF_COOKIE, CSRF_HEADER],
        &[API_TOKEN],
    ],
};

/// Browsers: an API token has no session to begin or to end.
const BROWSERS: Around = Around {
    writing: &[
        &[CSRF_COOKIE, CSRF_HEADER],
        &[SESSION, CSRF_COOKIE, CSRF_HEADER],
    ],
    ..ANYBODY
};

const STAFF: Around = Around {
    fails: ANYBODY.fails | fails(&[LoginRequired, StaffOnly, AccountBlocked]),
    reading: &[&[SESSION], &[API_TOKEN]],
    writing: &[&[SESSION, CSRF_COOKIE, CSRF_HEADER], &[API_TOKEN]],
    ..ANYBODY
};

/// Whoever answers a request.
const REPLIERS: Around = Around {
    fails: ANY,
    fails_writing: 0,
    reading: &[],
    writing: &[&[REQUEST_TOKEN]],
};

/// Whoever reads the description.
const READERS: Around = Around {
    writing: &[],
    ..REPLIERS
};

/// Whoever watches over the process, which nothing keeps from it.
const WATCHERS: Around = Around {
    fails: 0,
    ..READERS
};

/// The description of what [`Server`](crate::Server) mounts, where it mounts it.
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

/// Where the description is.
pub(crate) fn document_path(base: &str) -> String {
    format!("{base}{DOCUMENT}")
}
