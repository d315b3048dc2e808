//! Checks which users are admins.

use unicom_core::admin::Actor;
use unicom_db::queries::accounts;
use unicom_db::{Database, DbError, Tx};
use unicom_http::{Admin, ApiError};

use crate::user::User;
use crate::users::{self};

/// Returns the user as an admin, called `actor` in the audit trail, or `None` if the user is not an
/// admin.
///
/// Queries the database only for admins, so that requests of visitors cost nothing.
///
/// # Errors
/// [`ApiError::account_blocked`] if the web chat account of the user is blocked. Blocked admins
/// cannot manage anything, and so cannot unblock themselves.
pub(crate) async fn of(
    database: &Database,
    user: User,
    actor: Actor,
) -> Result<Option<Admin>, ApiError> {
    if !user.is_staff {
        return Ok(None);
    }
    let account = user.as_visitor().account_id();
    let account = database.read(move |db| accounts::get(db, &account));
    let account = account
        .await
        .map_err(|error: DbError| ApiError::from(error))?;
    if account.is_some_and(|account| account.blocked) {
        return Err(ApiError::account_blocked("this account is blocked"));
    }
    Ok(Some(
        Admin::new(actor, user.display_name).with_user_id(user.id.to_string()),
    ))
}

/// Refuses to erase an admin, deactivated or not, which only the command line may do.
///
/// # Errors
/// [`ApiError::staff_user`] if the user is an admin.
pub(crate) fn check_erasable(tx: &mut Tx<'_>, user_id: &str) -> Result<(), ApiError> {
    let Ok(id) = user_id.parse() else {
        // A user of the host, without a row in these tables.
        return Ok(());
    };
    match users::get(tx, id)? {
        Some(user) if user.is_staff => Err(ApiError::staff_user(
            "admins can only be erased on the command line, with `unicom account erase`",
        )),
        _ => Ok(()),
    }
}
