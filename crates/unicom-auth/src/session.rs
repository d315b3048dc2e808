//! What a session holds: its public name, its CSRF nonce, its user.

use std::collections::HashMap;

use actix_session::Session;
use unicom_http::{ApiError, random_token};
use unicom_webchat::GuestId;

use crate::users::User;

/// The session's public name, of which the guest's account id is made. Never the cookie's secret.
const SESSION_KEY: &str = "session_key";

/// What the session's CSRF token is made of.
const CSRF_NONCE: &str = "csrf_nonce";

/// The user who is logged in.
const USER_ID: &str = "user_id";

/// A guest whose history could not be given to the user at the login, to be tried again.
const PENDING_GUEST: &str = "pending_guest";

/// The user as the database has it at this request. Shown with the session, never kept in it.
const USER: &str = "user";

/// Who a session belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holder {
    /// Nobody: there is no session.
    Nobody,
    /// A guest.
    Guest(GuestId),
    /// A user, by number.
    User(i64),
}

/// Who the session belongs to.
pub(crate) fn holder(session: &Session) -> Holder {
    match (
        text(session, USER_ID).and_then(|id| id.parse().ok()),
        text(session, SESSION_KEY),
    ) {
        (Some(user_id), _) => Holder::User(user_id),
        (None, Some(key)) => Holder::Guest(GuestId::new(key)),
        (None, None) => Holder::Nobody,
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
pub(crate) fn begin_user(session: &Session, user_id: i64) -> Result<(), ApiError> {
    session.clear();
    session.renew();
    set(session, SESSION_KEY, &random_token()?)?;
    // Longer than a nonce that anybody may use: once this session has ended, its token is worth nothing.
    set(session, CSRF_NONCE, &format!("u{}", random_token()?))?;
    set(session, USER_ID, &user_id.to_string())
}

/// The guest whose history is still to be given to the user.
pub(crate) fn pending_guest(session: &Session) -> Option<GuestId> {
    text(session, PENDING_GUEST).map(GuestId::new)
}

/// Remembers a guest whose history is still to be given to the user, or that none is.
pub(crate) fn set_pending_guest(
    session: &Session,
    guest: Option<&GuestId>,
) -> Result<(), ApiError> {
    if pending_guest(session).as_ref() == guest {
        // Nothing changes, so nothing is written.
        return Ok(());
    }
    match guest {
        Some(guest) => set(session, PENDING_GUEST, guest.session_key()),
        None => {
            session.remove(PENDING_GUEST);
            Ok(())
        }
    }
}

/// Shows the user, as the database has it now, with a session that is loaded.
pub(crate) fn show_user(
    state: &mut HashMap<String, String>,
    user: &User,
) -> Result<(), serde_json::Error> {
    state.insert(USER.to_owned(), serde_json::to_string(user)?);
    Ok(())
}

/// The user as the database had it when the session was loaded; none where it has begun since.
pub(crate) fn shown_user(session: &Session) -> Option<User> {
    session.get(USER).ok().flatten()
}

/// What of a session's state is stored.
pub(crate) fn kept(state: &HashMap<String, String>) -> impl Iterator<Item = (&String, &String)> {
    state.iter().filter(|(key, _)| *key != USER)
}

/// The user in a session's state as it is stored.
pub(crate) fn user_id_in(state: &HashMap<String, String>) -> Option<i64> {
    serde_json::from_str::<String>(state.get(USER_ID)?)
        .ok()?
        .parse()
        .ok()
}

fn text(session: &Session, key: &str) -> Option<String> {
    session.get(key).ok().flatten()
}

fn set(session: &Session, key: &str, value: &str) -> Result<(), ApiError> {
    session.insert(key, value).map_err(ApiError::unexpected)
}
