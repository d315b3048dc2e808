//! Limits on the number of requests per session and account (API.md: 429 `rate_limited`).

use actix_web::HttpRequest;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web;
use unicom_core::admin::Actor;
use unicom_http::{ApiError, Caller, admission::Admission};
use unicom_webchat::Visitor;

use crate::current_session::CurrentSession;
use crate::session::SessionOwner;
use crate::{Auth, bearer, visitor_tokens};

/// Middleware that refuses requests of a session or an account that sends too many, before the body
/// is read. It also sets the actor of the request for the logs.
///
/// A token counts as the account of its owner and has no session. Clients without a session are
/// limited by address only, in [`admit`](unicom_http::admission::admit).
///
/// Without an [`Admission`] in the application data, all requests are let through.
///
/// # Errors
/// [`ApiError::rate_limited`] if there are too many requests.
pub(crate) async fn session_limits(
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

/// Sets the user or token as the actor of the request for the logs. Guests have no name there.
fn name_caller(request: &HttpRequest) {
    if let Some(bearer) = bearer::of(request) {
        Caller::of(request).set_actor(Actor::token(bearer.token_id));
    } else if let Some(id) = CurrentSession::of(request).user_id() {
        Caller::of(request).set_actor(Actor::user(id));
    }
}

fn check(admission: &Admission, request: &HttpRequest) -> Result<(), ApiError> {
    if let Some(token) = visitor_tokens::bearer::of(request) {
        return admission.check_account(request, &token.account_id());
    }
    if let Some(bearer) = bearer::of(request) {
        return admission.check_account(request, &bearer.user.as_visitor().account_id());
    }
    let session = CurrentSession::of(request);
    if let Some(key) = session.public_name() {
        admission.check_session(request, &key)?;
    }
    match session.owner() {
        None => Ok(()),
        Some(SessionOwner::Guest(guest)) => admission.check_account(request, &guest.account_id()),
        Some(SessionOwner::User(id)) => {
            let user = Visitor::user(id.to_string(), "");
            admission.check_account(request, &user.account_id())
        }
    }
}
