//! The routes under `webchat/` for pages of other sites, and those of tokens.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use unicom_db::DbError;
use unicom_http::openapi::Kind::{
    IdentityRequired, NoChannel, OriginNotAllowed, TokenExpired, TokenInvalid,
};
use unicom_http::openapi::{ErrorResponses, JSON_BODY, Routes, error_kinds};
use unicom_http::{ApiError, read_json, routes};
use unicom_models::{AccountId, UtcTime};
use utoipa::ToSchema;

use super::bearer::{check_origin, identity_required};
use super::token::VisitorToken;
use super::web_channels::WebChannels;
use super::{bearer, identify, revoked, site_config};
use crate::session_response::{LIMIT, LoggedOut};
use crate::{Auth, security_events};

/// The routes for pages of other sites, to be added to [`scope`](unicom_http::webchat::scope).
pub const SITE_ROUTES: Routes = routes! {
    site_config => [config],
    self => [create, leave],
    self => [refresh],
    identify => [identify],
};

/// Which channel a visitor wants to write to.
#[derive(Deserialize, ToSchema)]
struct NewVisitor {
    /// The public key of the channel.
    channel: String,
}

/// A token that a visitor sends in the place of a session.
#[derive(Serialize, ToSchema)]
struct GuestToken {
    success: bool,
    token: String,
    kind: GuestKind,
    account_id: AccountId,
    expires_at: UtcTime,
    /// From when on the token should be refreshed.
    refresh_after: Option<UtcTime>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum GuestKind {
    Guest,
}

impl GuestToken {
    fn new(auth: &Auth, token: &VisitorToken) -> Result<Self, ApiError> {
        Ok(Self {
            success: true,
            token: token.sign(&auth.key)?,
            kind: GuestKind::Guest,
            account_id: token.account_id(),
            expires_at: token.expires_at,
            refresh_after: token.refresh_after(),
        })
    }
}

/// Creates a guest
///
/// Returns the token of a new guest. Stores nothing: the guest's account is created by the first
/// message.
#[utoipa::path(
    post, path = "/webchat/visitor", operation_id = "create_visitor", tag = "webchat",
    request_body = NewVisitor,
    responses(
        (status = 201, description = "The token", body = GuestToken),
        ErrorResponses<{ JSON_BODY | error_kinds(&[NoChannel, OriginNotAllowed, IdentityRequired]) }>,
    ),
)]
async fn create(
    request: HttpRequest,
    payload: web::Payload,
    auth: web::Data<Auth>,
) -> Result<HttpResponse, ApiError> {
    let NewVisitor { channel } = read_json(&request, payload, LIMIT).await?;
    let channels = WebChannels::read(&auth.database).await?;
    let channel = channels.with_key(&channel)?;
    check_origin(&auth, channel, &request)?;
    if !channel.web.allows_guests() {
        return Err(identity_required());
    }
    if let Some(admission) = &auth.admission {
        admission.check_new_guest(&request)?;
    }
    let token = VisitorToken::of_new_guest(channel.channel.id, auth.database.now())?;
    Ok(HttpResponse::Created().json(GuestToken::new(&auth, &token)?))
}

/// Refreshes a guest's token
///
/// Returns another token of the same guest, which is valid for longer: at most 180 days after the
/// first one. The present token stays valid until it expires.
#[utoipa::path(
    post, path = "/webchat/visitor/refresh", operation_id = "refresh_visitor", tag = "webchat",
    responses(
        (status = 200, description = "The token", body = GuestToken),
        ErrorResponses<{ error_kinds(&[NoChannel, OriginNotAllowed, IdentityRequired, TokenInvalid, TokenExpired]) }>,
    ),
)]
async fn refresh(request: HttpRequest, auth: web::Data<Auth>) -> Result<HttpResponse, ApiError> {
    let token = needs_token(&request)?;
    let refreshed = token.refreshed(auth.database.now())?.ok_or_else(|| {
        ApiError::identity_required("only guests refresh their token: identify the visitor again")
    })?;
    Ok(HttpResponse::Ok().json(GuestToken::new(&auth, &refreshed)?))
}

/// Revokes a visitor's token
///
/// The token no longer works, and its live connections end. All tokens of a guest are revoked, so
/// that the guest's messages cannot be read again.
#[utoipa::path(
    delete, path = "/webchat/visitor", operation_id = "revoke_visitor", tag = "webchat",
    responses(
        (status = 200, description = "Revoked", body = LoggedOut),
        ErrorResponses<{ error_kinds(&[NoChannel, OriginNotAllowed, TokenInvalid, TokenExpired]) }>,
    ),
)]
async fn leave(request: HttpRequest, auth: web::Data<Auth>) -> Result<HttpResponse, ApiError> {
    let token = needs_token(&request)?;
    let revoked: Result<(), DbError> = auth
        .database
        .write(move |tx| revoked::revoke(tx, &token))
        .await;
    revoked?;
    security_events::note_logout(&request, false);
    Ok(HttpResponse::Ok().json(LoggedOut { success: true }))
}

/// Returns the visitor token of a request.
///
/// # Errors
/// [`ApiError::token_invalid`] if it has none.
fn needs_token(request: &HttpRequest) -> Result<VisitorToken, ApiError> {
    bearer::of(request).ok_or_else(|| {
        ApiError::token_invalid("send the visitor token in the header `Authorization`")
    })
}
