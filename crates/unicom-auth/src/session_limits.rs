//! How many requests a session and an account may send (API.md: 429 `rate_limited`).

use actix_session::SessionExt;
use actix_web::HttpRequest;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web;
use unicom_http::{Admission, ApiError, Caller};
use unicom_webchat::Visitor;

use crate::session::{self, SessionOwner};
use crate::{Auth, bearer};

/// Middleware: refuses a request where its session or its account sends too many, before its body is read; and says for
/// the logs whose request it is.
///
/// An API token counts as its user's account, and has no session. Somebody without a session counts by address alone,
/// in [`admit`](unicom_http::admit).
///
/// Wrap it between [`csrf_protection`](crate::csrf_protection) and [`Auth::sessions`]; needs [`Auth`] in the
/// application's data. Without an [`Admission`] there, it lets everything in.
///
/// # Errors
/// [`ApiError::rate_limited`].
pub async fn session_limits(
    auth: web::Data<Auth>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    name_caller(request.request());
    if let Some(admission) = &auth.admission {
        check(admission, request.request())?;
    }
    next.call(request).await
}

/// Says for the logs which user or token a request is of. Guests have no name there.
fn name_caller(request: &HttpRequest) {
    if let Some(bearer) = bearer::of(request) {
        Caller::of(request).set_actor(format!("token:{}", bearer.token_id));
    } else if let SessionOwner::User(id) = session::owner(&request.get_session()) {
        Caller::of(request).set_actor(format!("user:{id}"));
    }
}

fn check(admission: &Admission, request: &HttpRequest) -> Result<(), ApiError> {
    if let Some(bearer) = bearer::of(request) {
        return admission.check_account(request, &bearer.user.as_visitor().account_id());
    }
    let session = request.get_session();
    if let Some(key) = session::public_name(&session) {
        admission.check_session(request, &key)?;
    }
    match session::owner(&session) {
        SessionOwner::Nobody => Ok(()),
        SessionOwner::Guest(guest) => admission.check_account(request, &guest.account_id()),
        SessionOwner::User(id) => {
            let user = Visitor::user(id.to_string(), "");
            admission.check_account(request, &user.account_id())
        }
    }
}
