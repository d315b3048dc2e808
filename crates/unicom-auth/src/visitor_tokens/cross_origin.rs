//! Cross-origin requests (the CORS protocol of the Fetch standard): which pages of other sites may
//! read what the server answers.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    CACHE_CONTROL, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, ResponseError, web};
use unicom_db::DbError;
use unicom_http::ApiError;

use super::bearer::ENTRANCES;
use super::web_channels::WebChannels;
use crate::{Auth, csrf};

/// The methods of the routes that pages of other sites may use.
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PATCH, PUT, DELETE");

/// The headers that pages of other sites may send.
const ALLOWED: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, idempotency-key, if-none-match, last-event-id, range",
);

/// The headers that pages of other sites may read.
const EXPOSED: HeaderValue =
    HeaderValue::from_static("etag, retry-after, x-request-id, idempotent-replayed");

/// How long a browser may remember the answer, in seconds.
const REMEMBERED: HeaderValue = HeaderValue::from_static("7200");

const VARIES: HeaderValue = HeaderValue::from_static("Origin");

/// Middleware that lets pages of sites that a channel allows read the responses under `webchat/`
/// and `media/`, and no others. Which channel a request may use is decided by its token. Browsers
/// send no cookies along, since credentials are not allowed.
///
/// # Errors
/// Those of the routes, with the headers that let the page read them.
pub(crate) async fn cross_origin(
    auth: web::Data<Auth>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, actix_web::Error> {
    let origin = admitted_origin(&auth, &request)
        .await
        .map_err(ApiError::from)?;
    let Some(origin) = origin else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let asks_first = *request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if asks_first {
        let mut response = HttpResponse::NoContent().finish();
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED);
        headers.insert(ACCESS_CONTROL_MAX_AGE, REMEMBERED);
        headers.insert(VARY, VARIES);
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        return Ok(request.into_response(response).map_into_right_body());
    }
    match next.call(request).await {
        Ok(mut response) => {
            open(response.headers_mut(), origin);
            Ok(response.map_into_left_body())
        }
        Err(error) => match error.as_error::<ApiError>() {
            Some(refused) => {
                let mut response = refused.error_response();
                open(response.headers_mut(), origin);
                Err(InternalError::from_response(refused.clone(), response).into())
            }
            None => Err(error),
        },
    }
}

/// Lets pages of this origin read a response.
fn open(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers.insert(VARY, VARIES);
}

/// Returns the origin of the page that sends the request, if it may read the response.
async fn admitted_origin(
    auth: &Auth,
    request: &ServiceRequest,
) -> Result<Option<HeaderValue>, DbError> {
    let path = request.match_info().unprocessed().trim_matches('/');
    if !matches!(path.split('/').next(), Some("webchat" | "media")) {
        return Ok(None);
    }
    let Some(header) = request.headers().get(ORIGIN) else {
        return Ok(None);
    };
    let Ok(origin) = header.to_str() else {
        return Ok(None);
    };
    // Every page may read why it is refused there, so that a site's owner finds what is missing.
    if ENTRANCES.contains(&path) && origin.starts_with("http") {
        return Ok(Some(header.clone()));
    }
    if csrf::is_own_origin(auth, request.request(), origin) {
        return Ok(None);
    }
    let channels = WebChannels::read(&auth.database).await?;
    let is_allowed = channels.allow(origin);
    // The token is checked against the same.
    request.extensions_mut().insert(channels);
    Ok(is_allowed.then(|| header.clone()))
}
