//! What this crate writes into the security log: logins, tokens, and who a request is of.

use actix_web::HttpRequest;
use unicom_http::openapi::Kind;
use unicom_http::{ApiError, Caller, HeldUp, HeldUpBy, SecurityEvent};

use crate::login_outcome::LoginFailed;
use crate::tokens::RefusedToken;
use crate::user::User;
use crate::{Auth, users};

/// Hexadecimal digits of a pseudonym: 64 bits, enough to tell all names and addresses of an installation apart.
const PSEUDONYM: usize = 16;

impl Auth {
    /// Returns a pseudonym for the security log: the same for the same text of one kind, and made by this server's secret,
    /// so that trying all names or addresses does not tell which one it is.
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

    /// Adds the pseudonym of a name that was given to log in. Never the name: people type passwords there.
    fn under_name(&self, event: SecurityEvent, username: &str) -> SecurityEvent {
        let name = self.pseudonym("name", &users::name_key(username));
        event.with("name_hash", name)
    }
}

/// Notes a login, and says that the request is of this user.
pub(crate) fn note_login(auth: &Auth, request: &HttpRequest, username: &str, user: &User) {
    Caller::of(request).set_actor(format!("user:{}", user.id));
    let event = SecurityEvent::done("auth.login").with("is_staff", user.is_staff);
    auth.under_name(event, username).write(request);
}

/// Notes a login that failed because of the name or the password.
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

/// Notes that the user of the request has changed the password, which ends all other sessions.
pub(crate) fn note_password_change(request: &HttpRequest, revokes_tokens: bool) {
    SecurityEvent::done("auth.password_changed")
        .with("revokes_tokens", revokes_tokens)
        .write(request);
}

/// Notes that the current password, which a change needs, was wrong: a guess with a session.
pub(crate) fn note_refused_password_change(request: &HttpRequest, error: &ApiError) {
    if error.kind() == Kind::InvalidCredentials {
        SecurityEvent::refused("auth.password_change_refused").write(request);
    }
}

/// Notes that the user of the request has ended another session of theirs.
pub(crate) fn note_ended_session(request: &HttpRequest) {
    SecurityEvent::done("auth.session_ended").write(request);
}

/// Notes a login that was not tried, since too many had failed.
pub(crate) fn note_held_up(auth: &Auth, request: &HttpRequest, username: &str, held_up: &HeldUp) {
    let by = match held_up.by {
        HeldUpBy::Address => "address",
        HeldUpBy::Name => "name",
    };
    let event = SecurityEvent::refused("auth.login_held_up").with("by", by);
    auth.under_name(event, username).write(request);
}

/// Notes a registration, which is a login, and says that the request is of this user.
pub(crate) fn note_registration(auth: &Auth, request: &HttpRequest, username: &str, user: &User) {
    Caller::of(request).set_actor(format!("user:{}", user.id));
    let event = SecurityEvent::done("auth.registered");
    auth.under_name(event, username).write(request);
}

/// Notes a registration that was refused since the name is taken, or there were too many.
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

/// Notes that a session, or all of a user's, ended by a logout.
pub(crate) fn note_logout(request: &HttpRequest, is_everywhere: bool) {
    SecurityEvent::done("auth.logout")
        .with("everywhere", is_everywhere)
        .write(request);
}

/// Notes an API token that does not work, and whose it is or was, where that is known.
pub(crate) fn note_refused_token(request: &HttpRequest, refused: Option<&RefusedToken>) {
    let event = SecurityEvent::refused("auth.token_refused");
    let event = match refused {
        Some(token) => event
            .with("reason", token.reason)
            .with("token", format_args!("token:{}", token.id))
            .with("user", format_args!("user:{}", token.user_id)),
        // A revoked one is deleted: it is as unknown as one that never was.
        None => event.with("reason", "unknown"),
    };
    event.write(request);
}
