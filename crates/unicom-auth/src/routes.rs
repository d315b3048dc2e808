//! The routes under `auth/`: who am I, register, log in, log out.

use actix_session::{Session, SessionExt};
use actix_web::dev::HttpServiceFactory;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use serde_json::json;
use unicom_http::{ApiError, at, read_json};
use unicom_models::AccountId;

use crate::identity::session_user;
use crate::session::{self, Holder};
use crate::users::{NewUser, User};
use crate::{Auth, bearer, csrf, login};

/// Bytes of a body at the most.
const LIMIT: usize = 16 << 10;

/// The routes `auth/session/`, `auth/register/`, `auth/login/` and `auth/logout/`.
pub fn routes() -> impl HttpServiceFactory + 'static {
    (
        at("/auth/session")
            .route(web::get().to(who_am_i))
            .route(web::head().to(who_am_i)),
        at("/auth/register").route(web::post().to(register)),
        at("/auth/login").route(web::post().to(log_in)),
        at("/auth/logout").route(web::post().to(log_out)),
    )
}

async fn who_am_i(request: HttpRequest, auth: web::Data<Auth>) -> Result<HttpResponse, ApiError> {
    let session = request.get_session();
    if let Some(bearer) = bearer::of(&request) {
        return Ok(HttpResponse::Ok().json(state(&request, &session, Some(&bearer.user))?));
    }
    let user = match session::holder(&session) {
        Holder::User(id) => session_user(&auth.database, &session, id)
            .await?
            .filter(|user| user.is_active),
        Holder::Guest(_) | Holder::Nobody => None,
    };
    Ok(HttpResponse::Ok().json(state(&request, &session, user.as_ref())?))
}

async fn register(
    request: HttpRequest,
    payload: web::Payload,
    auth: web::Data<Auth>,
) -> Result<HttpResponse, ApiError> {
    needs_session(&request)?;
    let mut fields = read_json(&request, payload, LIMIT).await?;
    let username = fields.required_text("username")?;
    let password = fields.required_text("password")?;
    let (email, display_name) = (fields.text("email")?, fields.text("display_name")?);
    let new = NewUser::check(
        &username,
        &password,
        email.as_deref(),
        display_name.as_deref(),
    )
    .map_err(|error| ApiError::invalid_body(error.to_string()))?;
    let user = login::register(&auth, new, password).await?;
    let session = request.get_session();
    login::begin(&auth, &session, &user).await?;
    Ok(HttpResponse::Created().json(state(&request, &session, Some(&user))?))
}

async fn log_in(
    request: HttpRequest,
    payload: web::Payload,
    auth: web::Data<Auth>,
) -> Result<HttpResponse, ApiError> {
    needs_session(&request)?;
    let mut fields = read_json(&request, payload, LIMIT).await?;
    let (username, password) = (
        fields.required_text("username")?,
        fields.required_text("password")?,
    );
    let user = login::authenticate(&auth, username, password).await?;
    let session = request.get_session();
    login::begin(&auth, &session, &user).await?;
    Ok(HttpResponse::Ok().json(state(&request, &session, Some(&user))?))
}

/// The session is deleted from the database with this answer: its cookie is worth nothing anywhere.
async fn log_out(request: HttpRequest, auth: web::Data<Auth>) -> Result<HttpResponse, ApiError> {
    needs_session(&request)?;
    let session = request.get_session();
    login::settle(&auth, &session).await?;
    session.purge();
    Ok(HttpResponse::Ok().json(json!({ "success": true })))
}

/// Refuses requests that show an API token: they have no session to begin or to end.
fn needs_session(request: &HttpRequest) -> Result<(), ApiError> {
    match bearer::of(request) {
        None => Ok(()),
        Some(_) => Err(ApiError::invalid_parameter(
            "sessions are not for API tokens: leave `Authorization` out",
        )),
    }
}

/// What `auth/session/` tells, also after a login.
#[derive(Serialize)]
struct State<'a> {
    success: bool,
    authenticated: bool,
    user: Option<UserJson<'a>>,
    account_id: Option<AccountId>,
    /// None for an API token, which needs none.
    csrf_token: Option<String>,
}

#[derive(Serialize)]
struct UserJson<'a> {
    id: String,
    username: &'a str,
    display_name: &'a str,
    email: Option<&'a str>,
}

fn state<'a>(
    request: &HttpRequest,
    session: &Session,
    user: Option<&'a User>,
) -> Result<State<'a>, ApiError> {
    let account_id = match (user, session::holder(session)) {
        (Some(user), _) => Some(user.as_webchat_user().account_id()),
        (None, Holder::Guest(guest)) => Some(guest.account_id()),
        (None, Holder::User(_) | Holder::Nobody) => None,
    };
    let user = user.map(|user| UserJson {
        id: user.id.to_string(),
        username: &user.username,
        display_name: &user.display_name,
        email: user.email.as_deref(),
    });
    Ok(State {
        success: true,
        authenticated: user.is_some(),
        user,
        account_id,
        csrf_token: match bearer::of(request) {
            Some(_) => None,
            None => Some(csrf::token_text(request)?),
        },
    })
}
