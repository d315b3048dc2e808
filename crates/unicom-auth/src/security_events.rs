//! Security log entries of this crate: logins, tokens, and the actor of a request.

use actix_web::HttpRequest;
use unicom_core::admin::Actor;
use unicom_http::openapi::Kind;
use unicom_http::{
    ApiError, Caller,
    admission::{LoginLimit, LoginRefused},
    security_log::SecurityEvent,
};

use crate::identity_token::Refused;
use crate::login_outcome::LoginFailed;
use crate::tokens::RefusedToken;
use crate::user::User;
use crate::{Auth, users};

/// Length of a pseudonym in hexadecimal digits: 64 bits, enough to distinguish all names and
/// addresses of an installation.
const PSEUDONYM: usize = 16;

impl Auth {
    /// Returns a pseudonym for the security log. It is equal for equal texts of one kind, and
    /// derived from the server's secret, so that it cannot be reversed by trying all names or
    /// addresses.
    ///
    /// ```
    /// # let test = unicom_testing::TestDatabase::sqlite(&[]);
    /// # let key = unicom_auth::SecretKey::new("correct horse battery staple 0815")?;
    /// let auth = unicom_auth::Auth::new(test.database().clone(), key);
    /// assert_eq!(auth.pseudonym("name", "ada"), auth.pseudonym("name", "ada"));
    /// assert_ne!(auth.pseudonym("name", "ada"), auth.pseudonym("address", "ada"));
    /// # Ok::<(), unicom_auth::SecretKeyError>(())
    /// ```
    pub fn pseudonym(&self, kind: &str, text: &str) -> String {
        let mut code = self.key.sign(&format!("security log {kind}"), text);
        code.truncate(PSEUDONYM);
        code
    }

    /// Adds the pseudonym of the username given at a login. The name itself is never logged,
    /// because users sometimes type their password in its place.
    fn under_name(&self, event: SecurityEvent, username: &str) -> SecurityEvent {
        let name = self.pseudonym("name", &users::name_key(username));
        event.with("name_hash", name)
    }
}

/// Logs a login and sets the actor of the request to this user.
pub(crate) fn note_login(auth: &Auth, request: &HttpRequest, username: &str, user: &User) {
    Caller::of(request).set_actor(Actor::user(user.id));
    let event = SecurityEvent::done("auth.login").with("is_staff", user.is_staff);
    auth.under_name(event, username).write(request);
}

/// Logs a login that failed because of the name or the password.
pub(crate) fn note_failed_login(
    auth: &Auth,
    request: &HttpRequest,
    username: &str,
    failed: &LoginFailed,
) {
    let LoginFailed::Wrong { reason, user_id } = failed else {
        return;
    };
    let mut event = SecurityEvent::refused("auth.login_failed").with("reason", reason);
    if let Some(id) = user_id {
        event = event.with("user", format_args!("user:{id}"));
    }
    auth.under_name(event, username).write(request);
}

/// Logs that the user of the request has changed the password, which ends all other sessions.
pub(crate) fn note_password_change(request: &HttpRequest, revokes_tokens: bool) {
    SecurityEvent::done("auth.password_changed")
        .with("revokes_tokens", revokes_tokens)
        .write(request);
}

/// Logs that the current password given to change it was wrong, which is a guess made with a
/// session.
pub(crate) fn note_refused_password_change(request: &HttpRequest, error: &ApiError) {
    if error.kind() == Kind::InvalidCredentials {
        SecurityEvent::refused("auth.password_change_refused").write(request);
    }
}

/// Logs that the user of the request has ended another session of the same user.
pub(crate) fn note_ended_session(request: &HttpRequest) {
    SecurityEvent::done("auth.session_ended").write(request);
}

/// Logs a login that was refused without being checked because too many had failed.
pub(crate) fn note_refused_login(
    auth: &Auth,
    request: &HttpRequest,
    username: &str,
    refused: &LoginRefused,
) {
    let by = match refused.by {
        LoginLimit::Address => "address",
        LoginLimit::Name => "name",
    };
    let event = SecurityEvent::refused("auth.login_held_up").with("by", by);
    auth.under_name(event, username).write(request);
}

/// Logs a registration, which is also a login, and sets the actor of the request to this user.
pub(crate) fn note_registration(auth: &Auth, request: &HttpRequest, username: &str, user: &User) {
    Caller::of(request).set_actor(Actor::user(user.id));
    let event = SecurityEvent::done("auth.registered");
    auth.under_name(event, username).write(request);
}

/// Logs a registration that was refused because the name is taken or there were too many.
pub(crate) fn note_refused_registration(
    auth: &Auth,
    request: &HttpRequest,
    username: &str,
    error: &ApiError,
) {
    if matches!(error.kind(), Kind::UsernameTaken | Kind::RateLimited) {
        let reason = error.kind().code();
        let event = SecurityEvent::refused("auth.registration_refused").with("reason", reason);
        auth.under_name(event, username).write(request);
    }
}

/// Logs that a session, or all sessions of a user, ended by a logout.
pub(crate) fn note_logout(request: &HttpRequest, is_everywhere: bool) {
    SecurityEvent::done("auth.logout")
        .with("everywhere", is_everywhere)
        .write(request);
}

/// Logs a visitor token that does not work.
pub(crate) fn note_refused_visitor_token(request: &HttpRequest, error: &ApiError) {
    if error.kind() == Kind::TokenInvalid {
        SecurityEvent::refused("auth.visitor_token_refused").write(request);
    }
}

/// Logs an identity token that does not work.
pub(crate) fn note_refused_identity(request: &HttpRequest, refused: &Refused) {
    SecurityEvent::refused("auth.identity_refused")
        .with("reason", refused)
        .write(request);
}

/// Logs that a site has identified its user.
pub(crate) fn note_identified(request: &HttpRequest, is_merged: bool) {
    SecurityEvent::done("auth.identified")
        .with("merges_guest", is_merged)
        .write(request);
}

/// Logs an API token that does not work, with its id and user if they are known.
pub(crate) fn note_refused_token(request: &HttpRequest, refused: Option<&RefusedToken>) {
    let event = SecurityEvent::refused("auth.token_refused");
    let event = match refused {
        Some(token) => event
            .with("reason", token.reason)
            .with("token", format_args!("token:{}", token.id))
            .with("user", format_args!("user:{}", token.user_id)),
        // Revoked tokens are deleted, so they are as unknown as tokens that never existed.
        None => event.with("reason", "unknown"),
    };
    event.write(request);
}
