//! Erasure and export of a person's data in the bundled server, besides that of the web chat.

use diesel::prelude::*;
use serde_json::{Value, json};
use unicom_db::queries::audit;
use unicom_db::{Db, DbError, Tx, on_engine};
use unicom_models::UtcTime;
use unicom_webchat::{ErasedByHost, GuestId, HostIdentity, Visitor};

use crate::schema::{
    unicom_api_tokens as tokens, unicom_sessions as sessions, unicom_users as users,
};
use crate::tokens::ApiToken;
use crate::user::User;
use crate::{browser, guest_sessions, pending_migrations, visitor_tokens};

/// Erases a user with the user's sessions and tokens, or ends the sessions of a guest and deletes
/// the guest's pending migration. To be passed to [`unicom_webchat::erase`], which erases the rest
/// in the same transaction.
///
/// # Errors
/// [`DbError`] if the database fails.
pub fn erase(tx: &mut Tx<'_>, known: &HostIdentity) -> Result<ErasedByHost, DbError> {
    match known {
        HostIdentity::User(id) => match id.parse() {
            Ok(number) => erase_user(tx, number),
            // A user whom another site has identified, without a row in our tables.
            Err(_) => {
                visitor_tokens::revoke_all_of(tx, &Visitor::user(id, ""))?;
                Ok(ErasedByHost::default())
            }
        },
        HostIdentity::Guest(key) => {
            let guest = GuestId::new(key.clone());
            guest_sessions::end_sessions_of_guest(tx, &guest)?;
            pending_migrations::delete(tx, &guest)?;
            visitor_tokens::revoke_all_of(tx, &guest.into())?;
            Ok(ErasedByHost::default())
        }
    }
}

/// Exports a user with the user's tokens and sessions, without anything that allows a login.
/// Returns `None` for guests and if the user does not exist.
///
/// # Errors
/// [`DbError`] if the database fails.
pub fn export(db: &mut Db, known: &HostIdentity) -> Result<Option<Value>, DbError> {
    let HostIdentity::User(id) = known else {
        return Ok(None);
    };
    let Ok(id) = id.parse::<i64>() else {
        return Ok(None);
    };
    let found: Option<User> = on_engine!(db, conn => users::table.find(id).select(User::as_select()).first(conn).optional())?;
    let Some(user) = found else {
        return Ok(None);
    };
    let of_user: (Vec<ApiToken>, Vec<(UtcTime, UtcTime, Value)>) = on_engine!(db, conn => (
        tokens::table
            .filter(tokens::user_id.eq(id))
            .order(tokens::id)
            .select(ApiToken::as_select())
            .load(conn)?,
        sessions::table
            .filter(sessions::user_id.eq(id))
            .order((sessions::created_at, sessions::key_hash))
            .select((sessions::created_at, sessions::expires_at, sessions::state))
            .load(conn)?,
    ));
    let sessions = of_user
        .1
        .into_iter()
        .map(|(created_at, expires_at, state)| {
            let user_agent = browser::browser_in(&state);
            json!({ "created_at": created_at, "expires_at": expires_at, "user_agent": user_agent })
        });
    Ok(Some(json!({
        "user": user,
        "tokens": of_user.0,
        "sessions": sessions.collect::<Vec<_>>(),
    })))
}

/// Deletes the user together with the user's sessions and tokens.
fn erase_user(tx: &mut Tx<'_>, id: i64) -> Result<ErasedByHost, DbError> {
    let mut actors = vec![format!("user:{id}")];
    // Revoked tokens as well: the audit trail records whose they were.
    let made = audit::of_action(tx, "token.create")?;
    let its_own = |entry: &&unicom_models::AuditEntry| entry.details["user_id"] == json!(id);
    actors.extend(
        made.iter()
            .filter(its_own)
            .map(|entry| entry.subject.clone()),
    );
    let db: &mut Db = tx;
    let (there, deleted) = on_engine!(db, conn => {
        let there: Vec<i64> = tokens::table
            .filter(tokens::user_id.eq(id))
            .select(tokens::id)
            .load(conn)?;
        (there, diesel::delete(users::table.find(id)).execute(conn)?)
    });
    actors.extend(there.into_iter().map(|token| format!("token:{token}")));
    actors.sort();
    actors.dedup();
    Ok(ErasedByHost {
        users: i64::try_from(deleted).unwrap_or(i64::MAX),
        actors,
    })
}
