//! The route to change the user's own password (ASVS 5.0, 6.2.2, 6.2.3).

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use unicom_core::admin::Actor;
use unicom_db::DbError;
use unicom_http::openapi::Kind::{InvalidCredentials, InvalidParameter, LoginRequired};
use unicom_http::openapi::{ErrorResponses, JSON_BODY, error_kinds};
use unicom_http::{ApiError, read_json};
use utoipa::ToSchema;

use crate::current_session::CurrentSession;
use crate::login::{begin_attempt, begin_session, run_password_job};
use crate::login_outcome::LoggedIn;
use crate::session_response::{LIMIT, State, needs_session, state, user_of};
use crate::user::User;
use crate::users::{self, InvalidUser};
use crate::{Auth, admin, password, security_events};

/// The new password and the current one.
#[derive(Deserialize, ToSchema)]
#[schema(as = PasswordChange)]
struct Fields {
    current_password: String,
    /// Must not be a common password or derived from the user's name or address.
    #[schema(min_length = 8, max_length = 256)]
    new_password: String,
    /// Whether to revoke the user's API tokens as well. Defaults to false.
    revoke_tokens: Option<bool>,
}

/// Changes the user's own password
///
/// Ends all other sessions of the user. The session of this request continues with a new cookie and
/// a new CSRF token. Counts as a login attempt.
#[utoipa::path(
    post, path = "/auth/password", operation_id = "change_password", tag = "auth",
    request_body = Fields,
    responses(
        (status = 200, description = "Changed; the session's new token is `csrf_token`", body = State),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidParameter, InvalidCredentials, LoginRequired]) }>,
    ),
)]
pub(crate) async fn change(
    request: HttpRequest,
    payload: web::Payload,
    auth: web::Data<Auth>,
) -> Result<HttpResponse, ApiError> {
    needs_session(&request)?;
    let session = CurrentSession::of(&request);
    let user = user_of(&auth, &session).await?;
    let Fields {
        current_password: current,
        new_password: new,
        revoke_tokens,
    } = read_json(&request, payload, LIMIT).await?;
    let revokes = revoke_tokens == Some(true);
    // Counted apart from logins: wrong logins under the user's name, which any client can send,
    // must not keep the user from changing the password. No username has a space.
    let key = format!("password of {}", user.id);
    let attempt = begin_attempt(&auth, &request, &key, &user.username)?;
    let refused = |error: &ApiError| security_events::note_refused_password_change(&request, error);
    let hash = verify(&auth, user.id, current.clone())
        .await
        .inspect_err(refused)?;
    if let Some(attempt) = attempt {
        attempt.succeeded();
    }
    if password::prepared(&new) == password::prepared(&current) {
        return Err(invalid(&InvalidUser {
            field: "new_password",
            problem: "must differ from `current_password`",
        }));
    }
    let changed = replace(&auth, user, hash, new, revokes)
        .await
        .inspect_err(refused)?;
    security_events::note_password_change(&request, revokes);
    begin_session(
        &request,
        &session,
        &changed,
        session.has_pending_migration(),
    )?;
    Ok(HttpResponse::Ok().json(state(&request, &session, Some(&changed.user))?))
}

/// Returns the hash of the user's password if `current` is that password.
async fn verify(auth: &Auth, user_id: i64, current: String) -> Result<String, ApiError> {
    let found = auth
        .database
        .read(move |db| users::get_with_password(db, user_id))
        .await?;
    let hash = found.map_or_else(|| password::DUMMY_HASH.to_owned(), |(_, hash)| hash);
    let (is_right, hash) =
        run_password_job(auth, move || (password::is_right(&current, &hash), hash)).await?;
    if is_right { Ok(hash) } else { Err(wrong()) }
}

/// Replaces the password with the hash `old`, and ends all sessions of the user.
async fn replace(
    auth: &Auth,
    user: User,
    old: String,
    new: String,
    revokes: bool,
) -> Result<LoggedIn, ApiError> {
    let (user, hash) = run_password_job(auth, move || {
        user.check_password("new_password", &new)?;
        Ok((user, password::hash(&new)))
    })
    .await?
    .map_err(|problem: InvalidUser| invalid(&problem))?;
    let hash = hash.map_err(ApiError::unexpected)?;
    let id = user.id;
    let replaced = auth.database.write(move |tx| {
        // If the password was changed since it was verified, the given one is now wrong.
        admin::replace_password(tx, &Actor::user(id), id, (&old, &hash), revokes)
    });
    let since = replaced
        .await
        .map_err(|error: DbError| ApiError::from(error))?
        .ok_or_else(wrong)?;
    Ok(LoggedIn { user, since })
}

fn wrong() -> ApiError {
    ApiError::invalid_credentials("the current password is wrong")
}

fn invalid(problem: &InvalidUser) -> ApiError {
    ApiError::invalid_body(problem.to_string())
}
