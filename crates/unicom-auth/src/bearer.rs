//! API tokens in requests. A request with a token acts as the token's user, without session or
//! cookies.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};
use unicom_core::admin::Actor;
use unicom_db::DbError;
use unicom_http::{ApiError, Caller, bearer_token};

use crate::user::User;
use crate::without_cookies::remove_cookies;
use crate::{Auth, Scope, security_events, tokens};

/// The token of a request and its user.
#[derive(Debug, Clone)]
pub(crate) struct Bearer {
    pub token_id: i64,
    pub user: User,
}

/// Returns the token of the request and its user. Returns `None` if the request has no token.
pub(crate) fn of(request: &HttpRequest) -> Option<Bearer> {
    request.extensions().get::<Bearer>().cloned()
}

/// Middleware that authenticates requests with `Authorization: Bearer …` as the user of the token.
///
/// The cookies of the request are removed before anything reads them, so that neither a session nor
/// a CSRF token counts beside a token: a valid token needs no session, and an invalid one gets
/// none. Other schemes of `Authorization` are ignored, and a token in the query string is never
/// read.
///
/// This is the only place that compares the token's [`Scope`] with the one that the request
/// [needs](Scope::needed).
///
/// The scope must be that of the base path, so that the path below the base path is known.
///
/// # Errors
/// [`ApiError::invalid_credentials`] if the token does not work, whatever the reason;
/// [`ApiError::insufficient_scope`] if its scope does not allow the request.
pub(crate) async fn api_tokens(
    auth: web::Data<Auth>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if shows_token(request.headers()) {
        // An unreadable header and several headers are treated as an unknown token.
        let secret = bearer_token(request.headers()).unwrap_or_default();
        let (bearer, scope) = match find(&auth, secret.to_owned()).await? {
            Some(found) => found,
            None => {
                return Err(refused(&auth, request.request(), secret.to_owned())
                    .await
                    .into());
            }
        };
        let actor = Actor::token(bearer.token_id);
        Caller::of(request.request()).set_actor(actor);
        // The path as the router reads it.
        let needed = Scope::needed(request.method(), request.match_info().unprocessed());
        if scope < needed {
            return Err(ApiError::insufficient_scope(format!(
                "this token has the scope `{scope}`, and this request needs `{needed}`"
            ))
            .into());
        }
        remove_cookies(&mut request);
        request.extensions_mut().insert(bearer);
    }
    next.call(request).await
}

fn shows_token(headers: &HeaderMap) -> bool {
    let is_bearer = |value: &HeaderValue| {
        let scheme = value.as_bytes().split(|byte| *byte == b' ').next();
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"))
    };
    headers.get_all(AUTHORIZATION).any(is_bearer)
}

/// Logs why a token does not work. The client is not told.
async fn refused(auth: &Auth, request: &HttpRequest, secret: String) -> ApiError {
    let now = auth.database.now();
    let why = auth
        .database
        .read(move |db| tokens::why_refused(db, &secret, now));
    match why.await {
        Ok(why) => {
            security_events::note_refused_token(request, why.as_ref());
            invalid()
        }
        Err(error) => error.into(),
    }
}

/// Returns the error for a token that does not work, whatever the reason.
pub(crate) fn invalid() -> ApiError {
    ApiError::invalid_credentials("this token is wrong, has expired or was revoked")
}

async fn find(auth: &Auth, secret: String) -> Result<Option<(Bearer, Scope)>, ApiError> {
    let now = auth.database.now();
    let found = auth
        .database
        .read(move |db| tokens::find(db, &secret, now))
        .await?;
    let Some((token, user)) = found else {
        return Ok(None);
    };
    if tokens::is_use_due(&token, now) {
        let noted: Result<(), DbError> = auth
            .database
            .write(move |tx| tokens::note_use(tx, token.id))
            .await;
        if let Err(error) = noted {
            log::warn!("the last use of a token could not be stored: {error}");
        }
    }
    let bearer = Bearer {
        token_id: token.id,
        user,
    };
    Ok(Some((bearer, token.scope)))
}
