//! Helpers shared by the session routes: access checks and responses.

use actix_web::HttpRequest;
use serde::Serialize;
use unicom_http::ApiError;
use unicom_models::AccountId;
use utoipa::ToSchema;

use crate::current_session::CurrentSession;
use crate::identity::session_user;
use crate::user::User;
use crate::{Auth, bearer, csrf};

/// Maximum size of a request body, in bytes.
pub(crate) const LIMIT: usize = 16 << 10;

/// The response of an operation without further results.
#[derive(Serialize, ToSchema)]
pub(crate) struct LoggedOut {
    /// Always true.
    pub success: bool,
}

/// Refuses requests with an API token, since they have no session to begin or to end.
pub(crate) fn needs_session(request: &HttpRequest) -> Result<(), ApiError> {
    match bearer::of(request) {
        None => Ok(()),
        Some(_) => Err(ApiError::invalid_parameter(
            "sessions are not for API tokens: leave `Authorization` out",
        )),
    }
}

/// Returns the user who is logged in with this session.
///
/// # Errors
/// [`ApiError::login_required`] if the session is not a user's, or the user may no longer log in.
pub(crate) async fn user_of(auth: &Auth, session: &CurrentSession) -> Result<User, ApiError> {
    let user = match session.user_id() {
        Some(id) => session_user(&auth.database, session, id).await?,
        None => None,
    };
    user.filter(|user| user.is_active)
        .ok_or_else(|| ApiError::login_required("no user is logged in"))
}

/// The state of the session, returned by `auth/session/` and after a login.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct State<'a> {
    success: bool,
    authenticated: bool,
    user: Option<UserJson<'a>>,
    account_id: Option<AccountId>,
    /// Missing for requests with an API token, which need no CSRF token.
    csrf_token: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SessionUser)]
struct UserJson<'a> {
    id: String,
    username: &'a str,
    display_name: &'a str,
    email: Option<&'a str>,
}

pub(crate) fn state<'a>(
    request: &HttpRequest,
    session: &CurrentSession,
    user: Option<&'a User>,
) -> Result<State<'a>, ApiError> {
    let account_id = match user {
        Some(user) => Some(user.as_webchat_user().account_id()),
        None => session.guest().map(|guest| guest.account_id()),
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
