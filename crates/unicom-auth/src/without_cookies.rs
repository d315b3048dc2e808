//! Requests without cookies: those that prove an identity in another way, or need none.

use actix_web::dev::ServiceRequest;
use actix_web::http::header::COOKIE;
use actix_web::{HttpMessage, HttpRequest};

/// Marks a request without cookies.
struct WithoutCookies;

/// Removes the cookies of a request before anything reads them, so that no session counts. The
/// response sets no cookies either.
pub(crate) fn remove_cookies(request: &mut ServiceRequest) {
    request.headers_mut().remove(COOKIE);
    request.extensions_mut().insert(WithoutCookies);
}

/// Returns `true` if the request has no cookies, so that no page of another site can use them.
pub(crate) fn is_without_cookies(request: &HttpRequest) -> bool {
    request.extensions().contains::<WithoutCookies>()
}
