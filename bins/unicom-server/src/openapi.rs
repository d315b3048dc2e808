//! The OpenAPI document of every route that the server serves, at `openapi.json` under the base
//! path.

use actix_web::http::Method;
use unicom_auth::{ROUTES as AUTH, SITE_ROUTES, Scope};
use unicom_http::openapi::Kind::{
    AccountBlocked, AmbiguousSession, Busy, CsrfFailed, HeadersTooLarge, IdentityRequired,
    InsufficientScope, InvalidCredentials, InvalidPath, LoginRequired, MisdirectedRequest,
    NoChannel, OriginNotAllowed, RateLimited, StaffOnly, StorageFull, TokenExpired, TokenInvalid,
    UriTooLong,
};
use unicom_http::openapi::{Description, Document, RequestContext, Scheme, error_kinds};
use unicom_http::{
    admin::{ADMIN, ADMIN_PATH},
    bot_replies::{REQUESTS, request_path},
    webchat::{COMPONENT, DOCUMENT, VISITORS, component_path},
    webhooks::{WEBHOOKS, webhook_path},
};

use crate::{health, metrics};

/// The errors that every request can get: see [`allowed_hosts`](unicom_http::target::allowed_hosts) and
/// [`plain_paths`](unicom_http::target::plain_paths).
const EDGE: u64 = error_kinds(&[MisdirectedRequest, InvalidPath, RateLimited]);

/// The errors that every request under the base path can get: see [`admit`](unicom_http::admission::admit).
const ANY: u64 = EDGE | error_kinds(&[UriTooLong, HeadersTooLarge, Busy, StorageFull]);

const SESSION: Scheme = Scheme {
    name: "session",
    key: Some(("cookie", "sessionid")),
    description: "The session of a guest, from the first message on, or of a user, from the login on. Over https \
                  the default name is `__Host-sessionid`.",
    scope: None,
};

const CSRF_COOKIE: Scheme = Scheme {
    name: "csrf_cookie",
    key: Some(("cookie", "csrftoken")),
    description: "Set by every GET under the base path; writes repeat its value in the header. Over https the \
                  default name is `__Host-csrftoken`. The cookie `visitor` (`__Host-visitor`), set with it, assigns the \
                  first messages of a browser to one guest.",
    scope: None,
};

const CSRF_HEADER: Scheme = Scheme {
    name: "csrf_header",
    key: Some(("header", "X-CSRFToken")),
    description: "The value of the cookie `csrftoken`, also returned as `csrf_token` by `auth/session/`. If `Origin` \
                  or `Referer` are sent, they must name this origin or a trusted one.",
    scope: None,
};

const API_TOKEN: Scheme = Scheme {
    name: "api_token",
    key: None,
    description: "A token `uct_…` of `unicom token create`. It acts for its user within its scope, without cookies \
                  or CSRF token: `read`, `write` (which includes `read`) or `admin` (which includes both).",
    scope: Some(|method, path| needed(method, path)),
};

/// The scheme [`API_TOKEN`] for the routes under `admin/`.
const ADMIN_TOKEN: Scheme = Scheme {
    scope: Some(|method, path| needed(method, &format!("{ADMIN_PATH}{path}"))),
    ..API_TOKEN
};

fn needed(method: &str, path: &str) -> &'static str {
    let method = method.to_uppercase();
    // An invalid method needs the scope of a writing method.
    let method = Method::from_bytes(method.as_bytes()).unwrap_or(Method::POST);
    Scope::needed(&method, path).as_str()
}

const VISITOR_TOKEN: Scheme = Scheme {
    name: "visitor_token",
    key: None,
    description: "A token `uvt_…` of `webchat/visitor/` or `webchat/identify/`, for pages of other sites. It is \
                  valid for one channel, without cookies or CSRF token. A WebSocket offers it as the subprotocol \
                  `unicom.token.uvt_…`.",
    scope: None,
};

const REQUEST_TOKEN: Scheme = Scheme {
    name: "request_token",
    key: None,
    description: "The token `urq_…` of one request, which the bot received with it.",
    scope: None,
};

/// Routes for guests, users, and programs that act for users.
const VISITOR: RequestContext = RequestContext {
    fails: BY_TOKEN | error_kinds(&[AmbiguousSession, InvalidCredentials]),
    fails_writing: error_kinds(&[CsrfFailed, InsufficientScope]),
    reading: &[&[], &[SESSION], &[API_TOKEN], &[VISITOR_TOKEN]],
    writing: &[
        &[CSRF_COOKIE, CSRF_HEADER],
        &[SESSION, CSRF_COOKIE, CSRF_HEADER],
        &[API_TOKEN],
        &[VISITOR_TOKEN],
    ],
};

/// The errors that every request with a visitor token can get.
const BY_TOKEN: u64 = ANY
    | error_kinds(&[
        TokenInvalid,
        TokenExpired,
        OriginNotAllowed,
        IdentityRequired,
        NoChannel,
    ]);

/// Routes for pages of other sites.
const SITES: RequestContext = RequestContext {
    fails: BY_TOKEN | error_kinds(&[InvalidCredentials]),
    fails_writing: error_kinds(&[InsufficientScope]),
    reading: &[&[]],
    writing: &[&[], &[VISITOR_TOKEN]],
};

/// Routes for browsers only, because an API token has no session to begin or to end.
const BROWSERS: RequestContext = RequestContext {
    reading: &[&[], &[SESSION], &[API_TOKEN]],
    writing: &[
        &[CSRF_COOKIE, CSRF_HEADER],
        &[SESSION, CSRF_COOKIE, CSRF_HEADER],
    ],
    ..VISITOR
};

const ADMIN_ROUTES: RequestContext = RequestContext {
    fails: VISITOR.fails | error_kinds(&[LoginRequired, StaffOnly, AccountBlocked]),
    reading: &[&[SESSION], &[ADMIN_TOKEN]],
    writing: &[&[SESSION, CSRF_COOKIE, CSRF_HEADER], &[ADMIN_TOKEN]],
    ..VISITOR
};

/// Routes for bots that reply to a request.
const REPLIERS: RequestContext = RequestContext {
    fails: ANY,
    fails_writing: 0,
    reading: &[],
    writing: &[&[REQUEST_TOKEN]],
};

/// Routes for providers, whose proof is different for each platform.
const PROVIDERS: RequestContext = RequestContext {
    writing: &[],
    ..REPLIERS
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
        .with(base, VISITORS, VISITOR)
        .with(base, SITE_ROUTES, SITES)
        .with(&component_path(base), COMPONENT, VISITOR)
        .with(base, AUTH, BROWSERS)
        .with(&format!("{base}{ADMIN_PATH}"), ADMIN, ADMIN_ROUTES)
        .with(&request_path(base), REQUESTS, REPLIERS)
        .with(&webhook_path(base), WEBHOOKS, PROVIDERS)
        .with(&document_path(base), Description::ROUTES, READERS)
        .with("", health::ROUTES, WATCHERS)
        .with("", metrics::ROUTES, WATCHERS)
}

/// Returns the path of the OpenAPI document.
pub(crate) fn document_path(base: &str) -> String {
    format!("{base}{DOCUMENT}")
}
