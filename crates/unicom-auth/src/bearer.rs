//! API tokens in requests: whoever shows one is its user, and has neither a session nor cookies.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};
use unicom_db::DbError;
use unicom_http::{ApiError, Caller, bearer_token};

use crate::user::User;
use crate::{Auth, Scope, security, tokens};

/// The user for whom a request's token speaks.
#[derive(Debug, Clone)]
pub(crate) struct Bearer {
    pub token_id: i64,
    pub user: User,
}

/// The user for whom the request's token speaks, where it has one.
pub(crate) fn of(request: &HttpRequest) -> Option<Bearer> {
    request.extensions().get::<Bearer>().cloned()
}

/// Middleware: a request with `Authorization: Bearer …` is its token's user and nobody else.
///
/// Its cookies are taken away before anything looks at them, so that neither a session nor a CSRF token counts beside
/// a token: a right one needs no session, and a wrong one gets none. Other schemes of `Authorization` are left alone,
/// and a token in the query is never read.
///
/// Here, and nowhere else, the token's [`Scope`] is compared with the one that the request [needs](Scope::needed).
///
/// Wrap it around [`Auth::sessions`] on the scope of the base path, so that the path under it can be told; needs [`Auth`]
/// in the application's data.
///
/// # Errors
/// [`ApiError::invalid_credentials`], the same for every token that does not work; [`ApiError::insufficient_scope`].
pub async fn api_tokens(
    auth: web::Data<Auth>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if shows_token(request.headers()) {
        // One that cannot be read is no token's, as is one of several.
        let secret = bearer_token(request.headers()).unwrap_or_default();
        let (bearer, scope) = match find(&auth, secret.to_owned()).await? {
            Some(found) => found,
            None => {
                return Err(refused(&auth, request.request(), secret.to_owned())
                    .await
                    .into());
            }
        };
        let actor = format!("token:{}", bearer.token_id);
        Caller::of(request.request()).set_actor(actor);
        // What is routed on, as the router reads it.
        let needed = Scope::needed(request.method(), request.match_info().unprocessed());
        if scope < needed {
            return Err(ApiError::insufficient_scope(format!(
                "this token has the scope `{scope}`, and this request needs `{needed}`"
            ))
            .into());
        }
        request.headers_mut().remove(COOKIE);
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

/// Notes why a token does not work; the client is not told.
async fn refused(auth: &Auth, request: &HttpRequest, secret: String) -> ApiError {
    let now = auth.database.now();
    let why = auth
        .database
        .read(move |db| tokens::why_refused(db, &secret, now));
    match why.await {
        Ok(why) => {
            security::note_refused_token(request, why.as_ref());
            invalid()
        }
        Err(error) => error.into(),
    }
}

/// Returns the error that is the same for every token that does not work.
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
            log::warn!("a token's use could not be noted: {error}");
        }
    }
    let bearer = Bearer {
        token_id: token.id,
        user,
    };
    Ok(Some((bearer, token.scope)))
}
