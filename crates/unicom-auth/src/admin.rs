//! Management of users and API tokens: each action with its change and its entry in the audit
//! trail, which are stored together.

use serde_json::{Value, json};
use unicom_core::{CoreError, admin::Actor};
use unicom_db::{Db, DbError, Event, Tx};
use unicom_models::UtcTime;

use crate::Scope;
use crate::carry_over::{CarriedOver, end_user_sessions};
use crate::tokens::{self, ApiToken, CreateTokenError};
use crate::users::{self, CreateUserError, NewUser, User};

/// Returns the user with this name, ignoring case.
///
/// # Errors
/// [`CoreError::NotFound`].
pub fn user_by_name(db: &mut Db, username: &str) -> Result<User, CoreError> {
    users::by_name(db, username)?.ok_or_else(|| CoreError::not_found("user", username))
}

/// Creates a user with the [hash](crate::password::hash) of a password.
///
/// # Errors
/// [`CreateUserError::UsernameTaken`] if a user has that name, or one that looks like it.
pub fn create_user(
    tx: &mut Tx<'_>,
    actor: &Actor,
    new: &NewUser,
    password_hash: &str,
) -> Result<User, CreateUserError> {
    let user = users::create(tx, new, password_hash)?;
    let details = json!({ "username": user.username, "is_staff": user.is_staff });
    record(tx, actor, "user.create", user.id, details)?;
    Ok(user)
}

/// Sets the hash of a user's password, ends all sessions of the user and, on request, revokes the
/// user's API tokens. Returns the user as it is now.
///
/// # Errors
/// [`CoreError::NotFound`].
pub fn set_password(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: i64,
    password_hash: &str,
    revoke_tokens: bool,
) -> Result<User, CoreError> {
    let user = user(tx, id)?;
    users::set_password(tx, id, password_hash)?;
    record_password(tx, actor, id, revoke_tokens)?;
    Ok(user)
}

/// Replaces the hash `old` of a user's password, ends all sessions of the user and, on request,
/// revokes the user's API tokens. Returns the time of this change, or `None` if the user has
/// another password meanwhile, may no longer log in, or was deleted.
pub(crate) fn replace_password(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: i64,
    (old, new): (&str, &str),
    revoke_tokens: bool,
) -> Result<Option<UtcTime>, DbError> {
    let since = users::replace_password(tx, id, old, new)?;
    if since.is_some() {
        record_password(tx, actor, id, revoke_tokens)?;
    }
    Ok(since)
}

fn record_password(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: i64,
    revoke_tokens: bool,
) -> Result<(), DbError> {
    let revoked = match revoke_tokens {
        true => tokens::revoke_all(tx, id)?,
        false => Vec::new(),
    };
    let details = json!({ "revoked_tokens": revoked });
    record(tx, actor, "user.set_password", id, details)
}

/// Marks the e-mail address of a user as verified. Returns the user as it is now.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Conflict`] if the user has no address.
pub fn verify_email(tx: &mut Tx<'_>, actor: &Actor, id: i64) -> Result<User, CoreError> {
    let before = user(tx, id)?;
    if before.email.is_none() {
        let problem = "has no e-mail address";
        return Err(CoreError::conflict("user", before.username, problem));
    }
    users::verify_email(tx, id)?;
    record(tx, actor, "user.verify_email", id, json!({}))?;
    user(tx, id)
}

/// Lets a user log in again. Returns the user as it is now.
///
/// # Errors
/// [`CoreError::NotFound`].
pub fn activate(tx: &mut Tx<'_>, actor: &Actor, id: i64) -> Result<User, CoreError> {
    users::set_active(tx, id, true)?;
    let user = user(tx, id)?;
    record(tx, actor, "user.activate", id, json!({}))?;
    Ok(user)
}

/// Prevents a user from logging in, ends all sessions of the user, and revokes the user's API
/// tokens. Returns the user as it is now.
///
/// # Errors
/// [`CoreError::NotFound`].
pub fn deactivate(tx: &mut Tx<'_>, actor: &Actor, id: i64) -> Result<User, CoreError> {
    let revoked = users::set_active(tx, id, false)?;
    let user = user(tx, id)?;
    let details = json!({ "revoked_tokens": revoked });
    record(tx, actor, "user.deactivate", id, details)?;
    Ok(user)
}

/// Ends all sessions of a user. Returns the user.
///
/// # Errors
/// [`CoreError::NotFound`].
pub fn log_out(tx: &mut Tx<'_>, actor: &Actor, id: i64) -> Result<User, CoreError> {
    let user = user(tx, id)?;
    users::end_sessions(tx, id)?;
    record(tx, actor, "user.logout", id, json!({}))?;
    Ok(user)
}

/// Ends the sessions of all users; guests keep theirs. Returns how many were ended.
///
/// # Errors
/// [`DbError`] if the database fails.
pub fn log_all_out(tx: &mut Tx<'_>, actor: &Actor) -> Result<usize, DbError> {
    let ended = end_user_sessions(tx)?;
    tx.emit(Event::AnythingChanged);
    actor.record(tx, "user.logout_all", "users", json!({ "sessions": ended }))?;
    Ok(ended)
}

/// Creates a token for a user and returns it with its secret, which is not available later.
///
/// # Errors
/// [`CreateTokenError`] says what is wrong.
pub fn create_token(
    tx: &mut Tx<'_>,
    actor: &Actor,
    user_id: i64,
    name: &str,
    scope: Scope,
    expires_at: Option<UtcTime>,
) -> Result<(ApiToken, String), CreateTokenError> {
    let (token, secret) = tokens::create(tx, user_id, name, scope, expires_at)?;
    let details = json!({
        "user_id": user_id, "name": token.name, "scope": scope, "expires_at": expires_at,
    });
    let subject = format_args!("token:{}", token.id);
    actor.record(tx, "token.create", subject, details)?;
    Ok((token, secret))
}

/// Revokes a token.
///
/// # Errors
/// [`CoreError::NotFound`].
pub fn revoke_token(tx: &mut Tx<'_>, actor: &Actor, id: i64) -> Result<(), CoreError> {
    if !tokens::revoke(tx, id)? {
        return Err(CoreError::not_found("token", id));
    }
    Ok(actor.record(tx, "token.revoke", format_args!("token:{id}"), json!({}))?)
}

/// Records that the database was restored from the backup `file`: how much was carried over from
/// the replaced database and, if not everything could be, the reason.
///
/// # Errors
/// [`DbError`] if the database fails.
pub fn record_restore(
    tx: &mut Tx<'_>,
    actor: &Actor,
    file: &str,
    carried: &CarriedOver,
    not_carried_over: Option<&str>,
) -> Result<(), DbError> {
    let details = json!({
        "file": file,
        "carried_over": {
            "deactivated_users": carried.deactivated_users.len(),
            "former_staff": carried.former_staff.len(),
            "newer_passwords": carried.newer_passwords.len(),
            "revoked_tokens": carried.revoked_tokens.len(),
            "blocked_accounts": carried.blocked_accounts.len(),
            "erased": carried.erased.len(),
            "ended_user_sessions": carried.ended_user_sessions,
            "ended_guest_sessions": carried.ended_guest_sessions,
        },
        "not_carried_over": not_carried_over,
    });
    actor.record(tx, "database.restore", "database", details)
}

fn user(db: &mut Db, id: i64) -> Result<User, CoreError> {
    users::get(db, id)?.ok_or_else(|| CoreError::not_found("user", id))
}

fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &str,
    id: i64,
    details: Value,
) -> Result<(), DbError> {
    actor.record(tx, action, format_args!("user:{id}"), details)
}
