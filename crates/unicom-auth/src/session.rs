//! The content of a session: its public name, its CSRF nonce and its user.

use std::collections::HashMap;

use actix_session::Session;
use serde_json::Value;
use unicom_http::{ApiError, random_token};
use unicom_models::UtcTime;
use unicom_webchat::GuestId;

use crate::user::User;

/// The session's public name, from which the guest's account id is derived. Never the secret in the
/// cookie.
const SESSION_KEY: &str = "session_key";

/// The nonce of the session's CSRF token.
const CSRF_NONCE: &str = "csrf_nonce";

/// The user who is logged in.
const USER_ID: &str = "user_id";

/// Whether the migration of a guest's chats failed at the login and is to be retried.
const PENDING_MIGRATION: &str = "owes_history";

/// The user as it is in the database at this request. Attached to the loaded session, never stored.
const USER: &str = "user";

/// Time of the user's last change, as of the login. The store uses it to decide whether the session
/// may begin. Never stored.
const USER_SINCE: &str = "user_since";

/// The owner of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SessionOwner {
    /// There is no session.
    Anonymous,
    /// A guest.
    Guest(GuestId),
    /// A user, by id.
    User(i64),
}

/// Returns the owner of the session.
pub(crate) fn owner(session: &Session) -> SessionOwner {
    match (
        text(session, USER_ID).and_then(|id| id.parse().ok()),
        text(session, SESSION_KEY),
    ) {
        (Some(user_id), _) => SessionOwner::User(user_id),
        (None, Some(key)) => SessionOwner::Guest(GuestId::new(key)),
        (None, None) => SessionOwner::Anonymous,
    }
}

/// Returns the session's public name, or `None` if there is no session.
pub(crate) fn public_name(session: &Session) -> Option<String> {
    text(session, SESSION_KEY)
}

/// Returns the session's CSRF nonce, or `None` if it has none.
pub(crate) fn csrf_nonce(session: &Session) -> Option<String> {
    text(session, CSRF_NONCE)
}

/// Begins a guest's session.
pub(crate) fn begin_guest(
    session: &Session,
    guest: &GuestId,
    csrf_nonce: &str,
) -> Result<(), ApiError> {
    set(session, SESSION_KEY, guest.session_key())?;
    set(session, CSRF_NONCE, csrf_nonce)
}

/// Begins a user's session in place of the previous one, with a new secret, public name and CSRF
/// token.
pub(crate) fn begin_user(session: &Session, user_id: i64, since: UtcTime) -> Result<(), ApiError> {
    session.clear();
    session.renew();
    set(session, SESSION_KEY, &random_token()?)?;
    // Longer than a nonce for clients without a session, so that the token is invalid once this
    // session has ended.
    set(session, CSRF_NONCE, &format!("u{}", random_token()?))?;
    set(session, USER_ID, &user_id.to_string())?;
    session
        .insert(USER_SINCE, since)
        .map_err(ApiError::unexpected)
}

/// Returns `true` if a migration to the session's user is pending.
pub(crate) fn has_pending_migration(session: &Session) -> bool {
    session
        .get(PENDING_MIGRATION)
        .ok()
        .flatten()
        .unwrap_or(false)
}

/// Sets whether a migration to the session's user is pending.
pub(crate) fn set_pending_migration(session: &Session, is_pending: bool) -> Result<(), ApiError> {
    if has_pending_migration(session) == is_pending {
        // Unchanged, so nothing is written.
        return Ok(());
    }
    if is_pending {
        session
            .insert(PENDING_MIGRATION, true)
            .map_err(ApiError::unexpected)
    } else {
        session.remove(PENDING_MIGRATION);
        Ok(())
    }
}

/// Adds the current user to the state of a loaded session.
pub(crate) fn attach_user(
    state: &mut HashMap<String, String>,
    user: &User,
) -> Result<(), serde_json::Error> {
    state.insert(USER.to_owned(), serde_json::to_string(user)?);
    Ok(())
}

/// Returns the user as it was in the database when the session was loaded, or `None` if the session
/// has begun since.
pub(crate) fn attached_user(session: &Session) -> Option<User> {
    session.get(USER).ok().flatten()
}

/// Returns the entries of a session's state that are stored.
pub(crate) fn persisted(
    state: &HashMap<String, String>,
) -> impl Iterator<Item = (&String, &String)> {
    let is_kept = |key: &str| key != USER && key != USER_SINCE;
    state.iter().filter(move |(key, _)| is_kept(key))
}

/// Returns the id of the user in the stored state of a session.
pub(crate) fn user_id_in(state: &HashMap<String, String>) -> Option<i64> {
    serde_json::from_str::<String>(state.get(USER_ID)?)
        .ok()?
        .parse()
        .ok()
}

/// Returns the public name in the stored state of a session.
pub(crate) fn public_name_in(state: &HashMap<String, String>) -> Option<String> {
    serde_json::from_str(state.get(SESSION_KEY)?).ok()
}

/// Returns the guest in the stored state of a session, or `None` if the session belongs to a user
/// or has no owner.
pub(crate) fn guest_in(state: &HashMap<String, String>) -> Option<GuestId> {
    match user_id_in(state) {
        Some(_) => None,
        None => public_name_in(state).map(GuestId::new),
    }
}

/// Returns the public name in a session's state as the database stores it, if it is a guest's
/// session.
pub(crate) fn guest_in_stored(state: &Value) -> Option<String> {
    if state.get(USER_ID).is_some() {
        return None;
    }
    // JSON text inside JSON text.
    serde_json::from_str(state.get(SESSION_KEY)?.as_str()?).ok()
}

/// Returns the time of the user's last change in the state of a session that begins.
pub(crate) fn user_since_in(state: &HashMap<String, String>) -> Option<UtcTime> {
    serde_json::from_str(state.get(USER_SINCE)?).ok()
}

fn text(session: &Session, key: &str) -> Option<String> {
    session.get(key).ok().flatten()
}

fn set(session: &Session, key: &str, value: &str) -> Result<(), ApiError> {
    session.insert(key, value).map_err(ApiError::unexpected)
}
