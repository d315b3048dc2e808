//! The outcome of a login attempt.

use unicom_db::DbError;
use unicom_http::ApiError;
use unicom_models::UtcTime;

use crate::user::User;

/// A user who has just been authenticated.
#[derive(Debug)]
pub(crate) struct LoggedIn {
    pub user: User,
    /// Time of the user's last change. A later change ends all sessions of the user, including the
    /// one that begins now.
    pub since: UtcTime,
}

/// Why a login failed. The reason is written to the security log; the client is not told.
#[derive(Debug)]
pub(crate) enum LoginFailed {
    /// The name or the password is wrong, or the user may not log in.
    Wrong {
        /// `unknown_name`, `wrong_password`, `deactivated` or `changed_meanwhile`.
        reason: &'static str,
        /// The user with that name.
        user_id: Option<i64>,
    },
    /// The login could not be checked.
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
