//! What an attempt to log in comes to.

use unicom_db::DbError;
use unicom_http::ApiError;
use unicom_models::UtcTime;

use crate::user::User;

/// A user who has just shown who it is.
#[derive(Debug)]
pub(crate) struct LoggedIn {
    pub user: User,
    /// Since when the user is what it is. A change ends all its sessions, also the one that begins now.
    pub since: UtcTime,
}

/// Why a login failed. The client is not told which of the reasons it was; the security log is.
#[derive(Debug)]
pub(crate) enum LoginFailed {
    /// The name or the password is wrong, or the user may not log in.
    Wrong {
        /// `unknown_name`, `wrong_password`, `deactivated` or `changed_meanwhile`.
        reason: &'static str,
        /// The user of that name.
        user_id: Option<i64>,
    },
    /// It could not be found out.
    Refused(ApiError),
}

impl From<ApiError> for LoginFailed {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

impl From<DbError> for LoginFailed {
    fn from(error: DbError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<LoginFailed> for ApiError {
    fn from(failed: LoginFailed) -> Self {
        match failed {
            LoginFailed::Wrong { .. } => {
                Self::invalid_credentials("the username or the password is wrong")
            }
            LoginFailed::Refused(error) => error,
        }
    }
}
