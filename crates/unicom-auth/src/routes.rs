//! The routes under `auth/`: current session, registration, login and logout.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use unicom_db::DbError;
use unicom_http::openapi::Kind::{
    InvalidCredentials, InvalidParameter, LoginRequired, RegistrationClosed, UsernameTaken,
};
use unicom_http::openapi::{ErrorResponses, JSON_BODY, Routes, error_kinds};
use unicom_http::{ApiError, read_json, routes};
use utoipa::ToSchema;

use crate::current_session::CurrentSession;
use crate::identity::session_user;
use crate::session_response::{LIMIT, LoggedOut, State, needs_session, state};
use crate::users::{self, NewUser};
use crate::{Auth, bearer, change_password, login, own_sessions, security_events};

/// The routes under `auth/`, to be added to [`scope`](unicom_http::webchat::scope).
pub const ROUTES: Routes = routes! {
    self => [who_am_i],
    self => [register],
    self => [log_in],
    self => [log_out],
    self => [log_out_everywhere],
    change_password => [change],
    own_sessions => [list],
    own_sessions => [end],
};

/// A new user.
#[derive(Deserialize, ToSchema)]
#[schema(as = Registration)]
struct RegisterFields {
    /// Letters of one script with their marks, digits and `@.+-_`. Must not look like the name of
    /// another user.
    #[schema(min_length = 1, max_length = 150)]
    username: String,
    /// Must not be a common password or derived from the user's name or address.
    #[schema(min_length = 8, max_length = 256)]
    password: String,
    /// An empty value counts as missing.
    #[schema(max_length = 254)]
    email: Option<String>,
    /// Defaults to the username.
    #[schema(max_length = 150)]
    display_name: Option<String>,
}

/// Login credentials.
#[derive(Deserialize, ToSchema)]
#[schema(as = Credentials)]
struct LoginFields {
    username: String,
    password: String,
}

/// Returns the current user
#[utoipa::path(
    get, path = "/auth/session", operation_id = "get_session", tag = "auth",
    responses((status = 200, description = "The current user or guest, and the CSRF token for writes", body = State)),
)]
async fn who_am_i(request: HttpRequest, auth: web::Data<Auth>) -> Result<HttpResponse, ApiError> {
    let session = CurrentSession::of(&request);
    if let Some(bearer) = bearer::of(&request) {
        return Ok(HttpResponse::Ok().json(state(&request, &session, Some(&bearer.user))?));
    }
    let user = match session.user_id() {
        Some(id) => session_user(&auth.database, &session, id)
            .await?
            .filter(|user| user.is_active),
        None => None,
    };
    Ok(HttpResponse::Ok().json(state(&request, &session, user.as_ref())?))
}

/// Registers a user and logs in
///
/// The chats of the session's guest are migrated to the user's account.
#[utoipa::path(
    post, path = "/auth/register", operation_id = "register", tag = "auth",
    request_body = RegisterFields,
    responses(
        (status = 201, description = "Logged in", body = State),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidParameter, RegistrationClosed, UsernameTaken]) }>,
    ),
)]
async fn register(
    request: HttpRequest,
    payload: web::Payload,
    auth: web::Data<Auth>,
) -> Result<HttpResponse, ApiError> {
    needs_session(&request)?;
    if !auth.registration {
        return Err(ApiError::registration_closed(
            "registration is closed here: ask the operator for a user",
        ));
    }
    let RegisterFields {
        username,
        password,
        email,
        display_name,
    } = read_json(&request, payload, LIMIT).await?;
    let new = NewUser::check(
        &username,
        &password,
        email.as_deref(),
        display_name.as_deref(),
    )
    .map_err(|error| ApiError::invalid_body(error.to_string()))?;
    let refused = |error: ApiError| {
        security_events::note_refused_registration(&auth, &request, &username, &error);
        error
    };
    if let Some(admission) = &auth.admission {
        admission.check_registration(&request).map_err(refused)?;
    }
    let new = login::register(&auth, new, password)
        .await
        .map_err(refused)?;
    security_events::note_registration(&auth, &request, &username, &new.user);
    let session = CurrentSession::of(&request);
    login::begin(&auth, &request, &session, &new).await?;
    Ok(HttpResponse::Created().json(state(&request, &session, Some(&new.user))?))
}

/// Logs in
///
/// The chats of the session's guest are migrated to the user's account. A wrong name and a wrong
/// password give the same error.
#[utoipa::path(
    post, path = "/auth/login", operation_id = "log_in", tag = "auth", request_body = LoginFields,
    responses(
        (status = 200, description = "Logged in", body = State),
        ErrorResponses<{ JSON_BODY | error_kinds(&[InvalidParameter, InvalidCredentials]) }>,
    ),
)]
async fn log_in(
    request: HttpRequest,
    payload: web::Payload,
    auth: web::Data<Auth>,
) -> Result<HttpResponse, ApiError> {
    needs_session(&request)?;
    let LoginFields { username, password } = read_json(&request, payload, LIMIT).await?;
    let key = users::name_key(&username);
    let attempt = login::begin_attempt(&auth, &request, &key, &username)?;
    let known = login::authenticate(&auth, username.clone(), password)
        .await
        .inspect_err(|failed| {
            security_events::note_failed_login(&auth, &request, &username, failed)
        })?;
    if let Some(attempt) = attempt {
        attempt.succeeded();
    }
    let session = CurrentSession::of(&request);
    login::begin(&auth, &request, &session, &known).await?;
    security_events::note_login(&auth, &request, &username, &known.user);
    Ok(HttpResponse::Ok().json(state(&request, &session, Some(&known.user))?))
}

/// Logs out
///
/// The session is deleted from the database with this response, so its cookie no longer works
/// anywhere.
#[utoipa::path(
    post, path = "/auth/logout", operation_id = "log_out", tag = "auth",
    responses(
        (status = 200, description = "Logged out", body = LoggedOut),
        ErrorResponses<{ error_kinds(&[InvalidParameter]) }>,
    ),
)]
async fn log_out(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    needs_session(&request)?;
    security_events::note_logout(&request, false);
    CurrentSession::of(&request).end();
    Ok(HttpResponse::Ok().json(LoggedOut { success: true }))
}

/// Logs out everywhere
///
/// Deletes all sessions of the user with this response, on every device (ASVS 7.4.3). API tokens
/// stay valid.
#[utoipa::path(
    post, path = "/auth/logout-everywhere", operation_id = "log_out_everywhere", tag = "auth",
    responses(
        (status = 200, description = "Logged out everywhere", body = LoggedOut),
        ErrorResponses<{ error_kinds(&[InvalidParameter, LoginRequired]) }>,
    ),
)]
async fn log_out_everywhere(
    request: HttpRequest,
    auth: web::Data<Auth>,
) -> Result<HttpResponse, ApiError> {
    needs_session(&request)?;
    let session = CurrentSession::of(&request);
    let Some(id) = session.user_id() else {
        return Err(ApiError::login_required("no user is logged in"));
    };
    let ended: Result<(), DbError> = auth
        .database
        .write(move |tx| users::end_sessions(tx, id))
        .await;
    ended?;
    security_events::note_logout(&request, true);
    session.end();
    Ok(HttpResponse::Ok().json(LoggedOut { success: true }))
}
