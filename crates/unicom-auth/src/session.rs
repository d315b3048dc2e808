//! What a session holds: its public name, its CSRF nonce, its user.

use std::collections::HashMap;

use actix_session::Session;
use serde_json::Value;
use unicom_http::{ApiError, random_token};
use unicom_models::UtcTime;
use unicom_webchat::GuestId;

use crate::user::User;

/// The session's public name, of which the guest's account id is made. Never the cookie's secret.
const SESSION_KEY: &str = "session_key";

/// What the session's CSRF token is made of.
const CSRF_NONCE: &str = "csrf_nonce";

/// The user who is logged in.
const USER_ID: &str = "user_id";

/// Whether a guest's history could not be given to the user at the login: to be tried again.
const PENDING_MIGRATION: &str = "owes_history";

/// The user as the database has it at this request. Shown with the session, never kept in it.
const USER: &str = "user";

/// Since when the user is what it was at the login. Tells the store whether the session may begin, never kept in it.
const USER_SINCE: &str = "user_since";

/// Who a session belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SessionOwner {
    /// Nobody: there is no session.
    Nobody,
    /// A guest.
    Guest(GuestId),
    /// A user, by number.
    User(i64),
}

/// Who the session belongs to.
pub(crate) fn owner(session: &Session) -> SessionOwner {
    match (
        text(session, USER_ID).and_then(|id| id.parse().ok()),
        text(session, SESSION_KEY),
    ) {
        (Some(user_id), _) => SessionOwner::User(user_id),
        (None, Some(key)) => SessionOwner::Guest(GuestId::new(key)),
        (None, None) => SessionOwner::Nobody,
    }
}

/// The session's public name, where there is a session.
pub(crate) fn public_name(session: &Session) -> Option<String> {
    text(session, SESSION_KEY)
}

/// The session's CSRF nonce, where it has one.
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

/// Begins a user's session in the place of the one before: another secret, another public name, another token.
pub(crate) fn begin_user(session: &Session, user_id: i64, since: UtcTime) -> Result<(), ApiError> {
    session.clear();
    session.renew();
    set(session, SESSION_KEY, &random_token()?)?;
    // Longer than a nonce that anybody may use: once this session has ended, its token is worth nothing.
    set(session, CSRF_NONCE, &format!("u{}", random_token()?))?;
    set(session, USER_ID, &user_id.to_string())?;
    session
        .insert(USER_SINCE, since)
        .map_err(ApiError::unexpected)
}

/// Whether a guest's history is owed to the session's user.
pub(crate) fn has_pending_migration(session: &Session) -> bool {
    session
        .get(PENDING_MIGRATION)
        .ok()
        .flatten()
        .unwrap_or(false)
}

/// Remembers that a guest's history is owed to the session's user, or that none is.
pub(crate) fn set_pending_migration(session: &Session, owes: bool) -> Result<(), ApiError> {
    if has_pending_migration(session) == owes {
        // Nothing changes, so nothing is written.
        return Ok(());
    }
    if owes {
        session
            .insert(PENDING_MIGRATION, true)
            .map_err(ApiError::unexpected)
    } else {
        session.remove(PENDING_MIGRATION);
        Ok(())
    }
}

/// Shows the user, as the database has it now, with a session that is loaded.
pub(crate) fn attach_user(
    state: &mut HashMap<String, String>,
    user: &User,
) -> Result<(), serde_json::Error> {
    state.insert(USER.to_owned(), serde_json::to_string(user)?);
    Ok(())
}

/// The user as the database had it when the session was loaded; none where it has begun since.
pub(crate) fn attached_user(session: &Session) -> Option<User> {
    session.get(USER).ok().flatten()
}

/// What of a session's state is stored.
pub(crate) fn persisted(
    state: &HashMap<String, String>,
) -> impl Iterator<Item = (&String, &String)> {
    let is_kept = |key: &str| key != USER && key != USER_SINCE;
    state.iter().filter(move |(key, _)| is_kept(key))
}

/// The user in a session's state as it is stored.
pub(crate) fn user_id_in(state: &HashMap<String, String>) -> Option<i64> {
    serde_json::from_str::<String>(state.get(USER_ID)?)
        .ok()?
        .parse()
        .ok()
}

/// Returns the session's public name in a session's state as it is stored.
pub(crate) fn public_name_in(state: &HashMap<String, String>) -> Option<String> {
    serde_json::from_str(state.get(SESSION_KEY)?).ok()
}

/// Returns the guest in a session's state as it is stored; `None` if it is a user's, or nobody's.
pub(crate) fn guest_in(state: &HashMap<String, String>) -> Option<GuestId> {
    match user_id_in(state) {
        Some(_) => None,
        None => public_name_in(state).map(GuestId::new),
    }
}

/// Returns the public name in a session as the database stores it, if it is a guest's.
pub(crate) fn guest_in_stored(state: &Value) -> Option<String> {
    if state.get(USER_ID).is_some() {
        return None;
    }
    // A JSON text in a JSON text.
    serde_json::from_str(state.get(SESSION_KEY)?.as_str()?).ok()
}

/// Since when the user in the state of a session that begins is what it is.
pub(crate) fn user_since_in(state: &HashMap<String, String>) -> Option<UtcTime> {
    serde_json::from_str(state.get(USER_SINCE)?).ok()
}

fn text(session: &Session, key: &str) -> Option<String> {
    session.get(key).ok().flatten()
}

fn set(session: &Session, key: &str, value: &str) -> Result<(), ApiError> {
    session.insert(key, value).map_err(ApiError::unexpected)
}
