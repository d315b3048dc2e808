//! Tokens of visitors of other sites in requests.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderMap, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, ResponseError, web};
use unicom_db::Database;
use unicom_http::openapi::Kind;
use unicom_http::{ApiError, bearer_token};
use unicom_webchat::{IdentityMode, WebSettings};

use super::revoked::is_revoked;
use super::token::{PREFIX, TokenRefused, VisitorToken};
use super::web_channels::{WebChannel, WebChannels};
use crate::without_cookies::remove_cookies;
use crate::{Auth, csrf, security_events};

/// What a client of a WebSocket writes before its token, which it offers as a subprotocol: pages
/// cannot set headers of WebSockets.
const SUBPROTOCOL: &str = "unicom.token.";

/// The routes under which the tokens are valid, and how they begin.
const ROUTES: [&str; 2] = ["webchat", "media"];

/// The routes for visitors without a token. They use no cookies, so that pages of this and of other
/// sites get the same answers.
pub(crate) const ENTRANCES: [&str; 3] = ["webchat/config", "webchat/visitor", "webchat/identify"];

/// Returns the visitor token of the request, or `None` if it has none.
pub(crate) fn of(request: &HttpRequest) -> Option<VisitorToken> {
    request.extensions().get::<VisitorToken>().cloned()
}

/// Middleware that authenticates requests with `Authorization: Bearer uvt_…`, and WebSockets with
/// the subprotocol `unicom.token.uvt_…`, as the visitor of the token.
///
/// The cookies of the request are removed before anything reads them, so that no session counts
/// beside a token. If a page sends the request, it must belong to a site that the channel of the
/// token allows.
///
/// # Errors
/// - [`ApiError::token_invalid`] if this server did not sign the token, it was revoked, or it is
///   not meant for the route; [`ApiError::token_expired`] if its time is over.
/// - [`ApiError::no_channel`] if the channel is not available to other sites.
/// - [`ApiError::origin_not_allowed`] if the channel does not allow pages of the site.
/// - [`ApiError::identity_required`] if the channel is not for guests.
pub(crate) async fn visitor_tokens(
    auth: web::Data<Auth>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, actix_web::Error> {
    if let Some(text) = shown(request.headers()) {
        let path = request.match_info().unprocessed().trim_matches('/');
        let token = check(&auth, request.request(), path, text).await;
        let token = token.inspect_err(|error| {
            security_events::note_refused_visitor_token(request.request(), error);
        })?;
        request.headers_mut().remove(AUTHORIZATION);
        remove_cookies(&mut request);
        request.extensions_mut().insert(token);
        let response = next.call(request).await?;
        let kind = response.response().extensions().get::<Kind>().copied();
        // The guest was identified after the token was checked: routes say that the session ended.
        return Ok(match kind {
            Some(Kind::CsrfFailed) => response
                .into_response(invalid().error_response())
                .map_into_right_body(),
            _ => response.map_into_left_body(),
        });
    }
    let path = request.match_info().unprocessed().trim_matches('/');
    if ENTRANCES.contains(&path) || is_signed_file(path, request.query_string()) {
        remove_cookies(&mut request);
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// Returns `true` if the address of a file has a signature, by which alone the file is read.
fn is_signed_file(path: &str, query: &str) -> bool {
    path.starts_with("media/") && query.split('&').any(|pair| pair.starts_with("signature="))
}

/// Returns the visitor token in the headers of a request.
fn shown(headers: &HeaderMap) -> Option<&str> {
    let is_ours = |text: &&str| text.starts_with(PREFIX);
    if headers.contains_key(AUTHORIZATION) {
        return bearer_token(headers).filter(is_ours);
    }
    let offered = headers.get_all(SEC_WEBSOCKET_PROTOCOL);
    let mut offered = offered
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().strip_prefix(SUBPROTOCOL));
    offered.find(is_ours)
}

async fn check(
    auth: &Auth,
    request: &HttpRequest,
    path: &str,
    text: &str,
) -> Result<VisitorToken, ApiError> {
    if !ROUTES.contains(&path.split('/').next().unwrap_or_default()) {
        return Err(invalid());
    }
    let token = verify(auth, text)?;
    let known = request.extensions().get::<WebChannels>().cloned();
    let channels = match known {
        Some(channels) => channels,
        None => WebChannels::read(&auth.database).await?,
    };
    let channel = channels.with_id(token.channel_id)?;
    check_origin(auth, channel, request)?;
    match path {
        // Identifies a guest, also one who was identified before: the answer may have been lost.
        "webchat/identify" => return Ok(token),
        // A guest may always leave.
        "webchat/visitor" => {}
        _ => check_admitted(channel, &token)?,
    }
    if is_revoked(&auth.database, &token).await? {
        return Err(invalid());
    }
    Ok(token)
}

/// Returns what a token says.
///
/// # Errors
/// [`ApiError::token_invalid`] if this server did not sign it, [`ApiError::token_expired`].
pub(crate) fn verify(auth: &Auth, text: &str) -> Result<VisitorToken, ApiError> {
    let verified = VisitorToken::verify(&auth.key, text, auth.database.now());
    verified.map_err(|refused| match refused {
        TokenRefused::Invalid => invalid(),
        TokenRefused::Expired => expired(),
    })
}

/// Checks that a token that was accepted before still is.
///
/// # Errors
/// Those of [`visitor_tokens`].
pub(crate) async fn still_valid(database: &Database, token: &VisitorToken) -> Result<(), ApiError> {
    if token.expires_at <= database.now() {
        return Err(expired());
    }
    let channels = WebChannels::read(database).await?;
    check_admitted(channels.with_id(token.channel_id)?, token)?;
    if is_revoked(database, token).await? {
        return Err(invalid());
    }
    Ok(())
}

/// Checks that the page that sends the request may use the channel: one of a site that the channel
/// allows, or of this server's own origin. Programs that are not pages name no origin.
///
/// # Errors
/// [`ApiError::origin_not_allowed`].
pub(crate) fn check_origin(
    auth: &Auth,
    channel: &WebChannel,
    request: &HttpRequest,
) -> Result<(), ApiError> {
    check_page(auth, Some(&channel.web), request)
}

/// Checks the same for a channel with these settings, or for one that only pages of this server's
/// own origin may use.
///
/// # Errors
/// [`ApiError::origin_not_allowed`].
pub(crate) fn check_page(
    auth: &Auth,
    web: Option<&WebSettings>,
    request: &HttpRequest,
) -> Result<(), ApiError> {
    let Some(origin) = request.headers().get(ORIGIN) else {
        return Ok(());
    };
    let origin = origin.to_str().unwrap_or_default();
    if web.is_some_and(|web| web.allows(origin)) || csrf::is_own_origin(auth, request, origin) {
        return Ok(());
    }
    let shown: String = origin.chars().take(200).collect();
    Err(ApiError::origin_not_allowed(format!(
        "pages of `{shown}` may not use this channel; its setting `web.origins` lists those that \
         may"
    )))
}

/// Checks that the channel still admits visitors like the one of the token.
fn check_admitted(channel: &WebChannel, token: &VisitorToken) -> Result<(), ApiError> {
    match token.guest() {
        Some(_) if !channel.web.allows_guests() => Err(identity_required()),
        None if channel.web.identity_mode() == IdentityMode::Off => Err(invalid()),
        _ => Ok(()),
    }
}

/// Returns the error for a token that does not work, whatever the reason.
fn invalid() -> ApiError {
    ApiError::token_invalid("this visitor token is wrong or was revoked")
}

fn expired() -> ApiError {
    ApiError::token_expired("this visitor token has expired: refresh it, or identify again")
}

/// Returns the error for guests of a channel that is not for them.
pub(super) fn identity_required() -> ApiError {
    ApiError::identity_required("this channel is only for visitors whom their site has identified")
}
