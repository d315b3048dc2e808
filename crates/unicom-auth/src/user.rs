//! [`User`]: a user of the bundled server.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use unicom_core::text::email_address;
use unicom_models::{AccountId, UtcTime};
use unicom_webchat::Visitor;

use crate::guessable::is_guessable;
use crate::names;
use crate::schema::unicom_users as users;

/// A user of the bundled server. No public type contains the hash of the password.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = users)]
pub struct User {
    /// The id of the user.
    pub id: i64,
    /// The name to log in with.
    pub username: String,
    /// The name to display.
    pub display_name: String,
    /// The e-mail address, in lower case.
    pub email: Option<String>,
    /// Whether the address was verified.
    pub email_verified: bool,
    /// Whether the user is an admin.
    pub is_staff: bool,
    /// Whether the user may log in.
    pub is_active: bool,
    /// When the user was created.
    pub created_at: UtcTime,
    /// When the user last logged in.
    pub last_login_at: Option<UtcTime>,
}

impl User {
    /// Returns the user as the web chat knows it.
    pub fn as_webchat_user(&self) -> unicom_webchat::User {
        unicom_webchat::User {
            id: self.id.to_string(),
            name: self.display_name.clone(),
            email: self.email.clone(),
            email_verified: self.email_verified,
        }
    }

    /// Returns the user as a visitor of the web chat.
    pub fn as_visitor(&self) -> Visitor {
        Visitor::User(self.as_webchat_user())
    }

    /// Validates a new password for the user. Takes up to a tenth of a second: run it where
    /// passwords are hashed.
    ///
    /// # Errors
    /// [`InvalidUser`] names `field` and says what the password must be.
    pub fn check_password(&self, field: &'static str, password: &str) -> Result<(), InvalidUser> {
        check_password_form(field, password)?;
        let (username, name) = (&self.username, &self.display_name);
        check_password_strength(field, password, username, name, self.email.as_deref())
    }
}

/// A user to create, validated by [`NewUser::check`].
#[derive(Debug, Clone)]
pub struct NewUser {
    pub(crate) username: String,
    pub(crate) display_name: String,
    pub(crate) email: Option<String>,
    pub(crate) email_verified: bool,
    pub(crate) is_staff: bool,
}

/// The error for a user that cannot be created.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {problem}")]
pub struct InvalidUser {
    /// The name of the invalid field.
    pub field: &'static str,
    /// What the value must be, worded to follow the field's name.
    pub problem: &'static str,
}

/// Validates the length and the characters of a password. There are no composition rules (ASVS 5.0,
/// 6.2.5).
fn check_password_form(field: &'static str, password: &str) -> Result<(), InvalidUser> {
    let wrong = |problem| Err(InvalidUser { field, problem });
    let characters = crate::password::prepared(password).chars().count();
    if !(crate::password::SHORTEST..=crate::password::LONGEST).contains(&characters) {
        return wrong("must have 8 to 256 characters");
    }
    if password.contains('\0') {
        return wrong("must not have a NUL character");
    }
    Ok(())
}

fn check_password_strength(
    field: &'static str,
    password: &str,
    username: &str,
    display_name: &str,
    email: Option<&str>,
) -> Result<(), InvalidUser> {
    let email = email.unwrap_or_default();
    let local_part = email.split('@').next().unwrap_or_default();
    if is_guessable(password, &[username, display_name, email, local_part]) {
        return Err(InvalidUser {
            field,
            problem: "is easy to guess: choose a longer one that is not a common password, name, address or date, such as \
                      several words that do not belong together",
        });
    }
    Ok(())
}

impl NewUser {
    /// Validates a user to create: a name of 1 to 150 letters of one script with their marks,
    /// digits and `@.+-_`, a password of 8 to 256 characters, an e-mail address with one `@`, and a
    /// display name of at most 150 characters.
    ///
    /// Names are stored in the normal form NFKC, display names without invisible characters.
    /// [`NewUser::check_password`], which takes longer, checks whether the password is easy to
    /// guess.
    ///
    /// # Errors
    /// [`InvalidUser`] names the first invalid field.
    pub fn check(
        username: &str,
        password: &str,
        email: Option<&str>,
        display_name: Option<&str>,
    ) -> Result<Self, InvalidUser> {
        let wrong = |field| move |problem| InvalidUser { field, problem };
        let username = names::checked_username(username).map_err(wrong("username"))?;
        check_password_form("password", password)?;
        let email = email
            .filter(|email| !email.trim().is_empty())
            .map(email_address)
            .transpose()
            .map_err(wrong("email"))?;
        let display_name = names::checked_display_name(display_name.unwrap_or_default())
            .map_err(wrong("display_name"))?;
        Ok(Self {
            display_name: display_name.unwrap_or_else(|| username.clone()),
            username,
            email,
            email_verified: false,
            is_staff: false,
        })
    }

    /// Validates that the user's password is not easy to guess. Takes up to a tenth of a second:
    /// run it where passwords are hashed.
    ///
    /// # Errors
    /// [`InvalidUser`] names `password` and says what it must be.
    pub fn check_password(&self, password: &str) -> Result<(), InvalidUser> {
        let (username, name) = (&self.username, &self.display_name);
        check_password_strength("password", password, username, name, self.email.as_deref())
    }

    /// Sets whether the e-mail address was verified. Has no effect without an address.
    #[must_use]
    pub fn with_verified_email(self, email_verified: bool) -> Self {
        Self {
            email_verified: email_verified && self.email.is_some(),
            ..self
        }
    }

    /// Sets whether the user is an admin.
    #[must_use]
    pub fn with_staff(self, is_staff: bool) -> Self {
        Self { is_staff, ..self }
    }
}

/// Returns the id of the user's account in the web chat.
pub(crate) fn account_id(id: i64) -> AccountId {
    Visitor::user(id.to_string(), "").account_id()
}
