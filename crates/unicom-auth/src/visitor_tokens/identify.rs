//! `POST webchat/identify/`: a site identifies its user.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use unicom_db::queries::accounts;
use unicom_http::openapi::Kind::{
    AccountBlocked, GuestTaken, IdentityExpired, IdentityInvalid, NoChannel, OriginNotAllowed,
    RateLimited, TokenExpired, TokenInvalid,
};
use unicom_http::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use unicom_http::{ApiError, read_json};
use unicom_models::{AccountId, UtcTime};
use unicom_webchat::{
    ChannelKey, IdentitySettings, User, WebChatError, identify_guest, keep_claims,
};
use utoipa::ToSchema;

use super::bearer::check_origin;
use super::token::VisitorToken;
use super::web_channels::WebChannels;
use super::{bearer, revoked};
use crate::identity_token::{self, IdentifiedUser, Refused};
use crate::{Auth, security_events};

/// Maximum size of the body, in bytes: that of a token, and the rest.
const LIMIT: usize = 12 << 10;

/// Who the visitor is, according to the site.
#[derive(Deserialize, ToSchema)]
struct Identification {
    /// The public key of the channel.
    channel: String,
    /// A JSON Web Token that the site has signed.
    identity: String,
}

/// The token of a visitor whom the site has identified.
#[derive(Serialize, ToSchema)]
struct UserToken {
    success: bool,
    token: String,
    kind: UserKind,
    account_id: AccountId,
    /// When the token expires. The visitor is then identified again.
    expires_at: UtcTime,
    visitor: IdentifiedVisitor,
    /// Whether the messages of the guest whose token came with the request are now the user's.
    merged: bool,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum UserKind {
    Identified,
}

/// What is known of a visitor.
#[derive(Serialize, ToSchema)]
struct IdentifiedVisitor {
    name: String,
    email: Option<String>,
    /// Always true: the site has signed it.
    verified: bool,
}

/// Identifies a visitor
///
/// Returns a token of the user whom the site names. What else the site says about the user is shown
/// to admins. If the request has the token of a guest, the
/// guest's messages become the user's, and the guest's token no longer works.
#[utoipa::path(
    post, path = "/webchat/identify", operation_id = "identify_visitor", tag = "webchat",
    request_body = Identification,
    responses(
        (status = 200, description = "The token", body = UserToken),
        ErrorResponses<{ JSON_BODY | error_kinds(&[
            NoChannel, OriginNotAllowed, IdentityInvalid, IdentityExpired, TokenInvalid, TokenExpired, GuestTaken, AccountBlocked, RateLimited,
        ]) }>,
    ),
)]
pub(super) async fn identify(
    request: HttpRequest,
    payload: web::Payload,
    auth: web::Data<Auth>,
) -> Result<HttpResponse, ApiError> {
    let Identification { channel, identity } = read_json(&request, payload, LIMIT).await?;
    let channels = WebChannels::read(&auth.database).await?;
    let channel = channels.with_key(&channel)?;
    check_origin(&auth, channel, &request)?;
    let guest = bearer::of(&request);
    if guest
        .as_ref()
        .is_some_and(|guest| guest.channel_id != channel.channel.id)
    {
        return Err(ApiError::token_invalid(
            "this visitor token belongs to another channel",
        ));
    }
    let Some(settings) = &channel.web.identity else {
        return Err(ApiError::identity_invalid(
            "this channel does not identify visitors",
        ));
    };
    let identified = verify(&auth, &request, settings, &channel.web.key, &identity)?;
    let user = user(&auth, settings, &identified);
    // A token of this or another user has nothing to merge.
    let guest = guest.and_then(|token| token.guest());
    let guest = guest.filter(|_| settings.merge_guest);

    let profile = profile(settings, &identified);
    let is_merged = auth.database.write({
        let (channel, user) = (channel.channel.clone(), user.clone());
        move |tx| {
            let is_merged = identify_guest(tx, &channel, guest.as_ref(), &user)?;
            let id = user.account_id();
            let profile = match accounts::get(tx, &id)? {
                Some(account) => keep_claims(&account, profile),
                None => profile,
            };
            accounts::set_profile(tx, &id, &user.name, &profile)?;
            if let Some(guest) = guest {
                revoked::revoke_all_of(tx, &guest.into())?;
            }
            Ok::<_, WebChatError>(is_merged)
        }
    });
    let is_merged = is_merged.await?;
    let now = auth.database.now();
    let token = VisitorToken::of_user(channel.channel.id, &user, identified.expires_at, now)?;
    security_events::note_identified(&request, is_merged);
    Ok(HttpResponse::Ok().json(UserToken {
        success: true,
        token: token.sign(&auth.key)?,
        kind: UserKind::Identified,
        account_id: token.account_id(),
        expires_at: token.expires_at,
        visitor: IdentifiedVisitor {
            name: user.name,
            email: identified.email,
            verified: true,
        },
        merged: is_merged,
    }))
}

/// Returns the user whom an identity token names. Attempts that fail count like failed logins.
///
/// # Errors
/// [`ApiError::identity_invalid`], [`ApiError::identity_expired`], and [`ApiError::rate_limited`]
/// if too many attempts have failed.
fn verify(
    auth: &Auth,
    request: &HttpRequest,
    settings: &IdentitySettings,
    channel: &ChannelKey,
    identity: &str,
) -> Result<IdentifiedUser, ApiError> {
    let attempt = match &auth.admission {
        Some(admission) => Some(admission.begin_identification(request)?),
        None => None,
    };
    let now = auth.database.now();
    match identity_token::verify(settings, channel, &auth.key, identity, now) {
        Ok(identified) => {
            if let Some(attempt) = attempt {
                attempt.succeeded();
            }
            Ok(identified)
        }
        Err(refused @ Refused::Expired) => {
            security_events::note_refused_identity(request, &refused);
            Err(ApiError::identity_expired(
                "this identity token has expired: ask the site for another",
            ))
        }
        Err(refused) => {
            security_events::note_refused_identity(request, &refused);
            Err(ApiError::identity_invalid(
                "this identity token is not valid for the channel",
            ))
        }
    }
}

/// Returns what the site says about its user, for admins and bots.
fn profile(settings: &IdentitySettings, identified: &IdentifiedUser) -> Value {
    json!({
        "issuer": settings.issuer,
        "sub": identified.sub,
        "email": identified.email,
        "email_verified": identified.email_verified,
        "phone": identified.phone,
        "phone_verified": identified.phone_verified,
        "locale": identified.locale,
        "custom": identified.custom,
    })
}

/// Returns the user who stands for the site's user. Only a verified address of a site
/// that the channel trusts links the user to a member.
fn user(auth: &Auth, settings: &IdentitySettings, identified: &IdentifiedUser) -> User {
    User {
        id: identified.user_id(settings, &auth.key),
        name: identified
            .name
            .clone()
            .unwrap_or_else(|| "Visitor".to_owned()),
        email: identified.email.clone(),
        email_verified: identified.email_verified && settings.trust_email,
    }
}
