//! Cross-origin requests (the CORS protocol of the Fetch standard): which pages of other origins
//! may read what the server answers.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, CACHE_CONTROL, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, ResponseError, web};
use unicom_db::DbError;
use unicom_http::ApiError;

use crate::visitor_tokens::{ENTRANCES, WebChannels};
use crate::{Auth, csrf};

/// The routes that pages of sites that a channel allows may use, and how they begin.
const OF_SITES: [&str; 2] = ["webchat", "media"];

/// The routes that pages of trusted origins may use, and how they begin.
const OF_TRUSTED: [&str; 3] = ["webchat", "media", "auth"];

/// The methods of the routes that pages of other origins may use.
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PATCH, PUT, DELETE");

/// The headers that pages of sites that a channel allows may send.
const ALLOWED: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, idempotency-key, if-none-match, last-event-id, range",
);

/// The headers that pages of trusted origins may send: those, and the CSRF token.
const ALLOWED_WITH_COOKIES: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, idempotency-key, if-none-match, last-event-id, range, x-csrftoken",
);

/// The headers that pages of other origins may read.
const EXPOSED: HeaderValue =
    HeaderValue::from_static("etag, retry-after, x-request-id, idempotent-replayed");

/// How long a browser may remember the answer, in seconds.
const REMEMBERED: HeaderValue = HeaderValue::from_static("7200");

const VARIES: HeaderValue = HeaderValue::from_static("Origin");

/// The origin of a page that may read a response.
struct Reader {
    origin: HeaderValue,
    /// Whether its requests may have cookies.
    has_cookies: bool,
}

/// Middleware that lets pages of two kinds of origins read responses, and no others:
///
/// - Pages of sites that a channel allows may read those under `webchat/` and `media/`. Which
///   channel a request may use is decided by its token. Browsers send no cookies along, since
///   credentials are not allowed.
/// - Pages of trusted origins may also read those under `auth/`, and their requests may have
///   cookies: they act for the user who is logged in here.
///
/// # Errors
/// Those of the routes, with the headers that let the page read them.
pub(crate) async fn cross_origin(
    auth: web::Data<Auth>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, actix_web::Error> {
    let reader = reader(&auth, &request).await.map_err(ApiError::from)?;
    let Some(reader) = reader else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let asks_first = *request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if asks_first {
        let response = preflight(&reader);
        return Ok(request.into_response(response).map_into_right_body());
    }
    match next.call(request).await {
        Ok(mut response) => {
            reader.open(response.headers_mut());
            Ok(response.map_into_left_body())
        }
        Err(error) => match error.as_error::<ApiError>() {
            Some(refused) => {
                let mut response = refused.error_response();
                reader.open(response.headers_mut());
                Err(InternalError::from_response(refused.clone(), response).into())
            }
            None => Err(error),
        },
    }
}

/// Returns the answer to a browser that asks what a page may send.
fn preflight(reader: &Reader) -> HttpResponse {
    let mut response = HttpResponse::NoContent().finish();
    let headers = response.headers_mut();
    reader.open(headers);
    let allowed = if reader.has_cookies {
        ALLOWED_WITH_COOKIES
    } else {
        ALLOWED
    };
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    headers.insert(ACCESS_CONTROL_MAX_AGE, REMEMBERED);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl Reader {
    /// Lets the page read a response.
    fn open(&self, headers: &mut HeaderMap) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, self.origin.clone());
        if self.has_cookies {
            let allowed = HeaderValue::from_static("true");
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, allowed);
        }
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        headers.insert(VARY, VARIES);
    }
}

/// Returns the origin of the page that sends the request, if it may read the response.
async fn reader(auth: &Auth, request: &ServiceRequest) -> Result<Option<Reader>, DbError> {
    let path = request.match_info().unprocessed().trim_matches('/');
    let route = path.split('/').next().unwrap_or_default();
    let Some(header) = request.headers().get(ORIGIN) else {
        return Ok(None);
    };
    let Ok(origin) = header.to_str() else {
        return Ok(None);
    };
    let reader = |has_cookies| {
        let origin = header.clone();
        Ok(Some(Reader {
            origin,
            has_cookies,
        }))
    };
    if OF_TRUSTED.contains(&route) && csrf::is_trusted_origin(auth, origin) {
        return reader(true);
    }
    if !OF_SITES.contains(&route) {
        return Ok(None);
    }
    // Every page may read why it is refused there, so that a site's owner finds what is missing.
    if ENTRANCES.contains(&path) && origin.starts_with("http") {
        return reader(false);
    }
    if csrf::is_own_origin(auth, request.request(), origin) {
        return Ok(None);
    }
    let channels = WebChannels::read(&auth.database).await?;
    let is_allowed = channels.allow(origin);
    // The token is checked against the same.
    request.extensions_mut().insert(channels);
    if is_allowed { reader(false) } else { Ok(None) }
}
