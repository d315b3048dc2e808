//! Who of the users may manage unicom.

use unicom_db::queries::accounts;
use unicom_db::{Database, DbError, Tx};
use unicom_http::{Admin, ApiError};

use crate::user::User;
use crate::users::{self};

/// Returns the user as staff, called `actor` in the audit trail; none if the user is not staff.
///
/// Asks the database only for users who are staff, so that requests of visitors cost nothing more.
///
/// # Errors
/// [`ApiError::account_blocked`] if the web chat account of the user is blocked: staff who are blocked manage nothing,
/// and so cannot unblock themselves.
pub(crate) async fn of(
    database: &Database,
    user: User,
    actor: String,
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
    Ok(Some(Admin {
        actor,
        name: user.display_name,
        user_id: Some(user.id.to_string()),
    }))
}

/// Refuses to erase a user who is staff, deactivated or not: only the command line does that.
///
/// # Errors
/// [`ApiError::staff_user`].
pub(crate) fn check_erasable(tx: &mut Tx<'_>, user_id: &str) -> Result<(), ApiError> {
    let Ok(id) = user_id.parse() else {
        // A user of a host, which no row of these tables stands for.
        return Ok(());
    };
    match users::get(tx, id)? {
        Some(user) if user.is_staff => Err(ApiError::staff_user(
            "users who are staff are erased on the command line only, with `unicom account erase`",
        )),
        _ => Ok(()),
    }
}
