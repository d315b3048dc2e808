//! The bundled server's users.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use unicom_core::email_address;
use unicom_db::{Db, DbError, Tx, on_engine};
use unicom_models::UtcTime;
use unicom_webchat::Visitor;

use crate::schema::unicom_users as users;

/// A user of the bundled server. Its password's hash is in no type that leaves this crate.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = users)]
pub struct User {
    /// Its number.
    pub id: i64,
    /// The name to log in with.
    pub username: String,
    /// The name to show.
    pub display_name: String,
    /// An e-mail address, in lower case.
    pub email: Option<String>,
    /// Whether the address was proven to be the user's.
    pub email_verified: bool,
    /// Whether the user may manage unicom.
    pub is_staff: bool,
    /// Whether the user may log in.
    pub is_active: bool,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it last logged in.
    pub last_login_at: Option<UtcTime>,
}

impl User {
    /// The user as the web chat knows it.
    pub fn as_webchat_user(&self) -> unicom_webchat::User {
        unicom_webchat::User {
            id: self.id.to_string(),
            name: self.display_name.clone(),
            email: self.email.clone(),
            email_verified: self.email_verified,
        }
    }

    /// The user as a visitor of the web chat.
    pub fn as_visitor(&self) -> Visitor {
        Visitor::User(self.as_webchat_user())
    }
}

/// A user to make. [`NewUser::check`] has looked it over.
#[derive(Debug, Clone)]
pub struct NewUser {
    username: String,
    display_name: String,
    email: Option<String>,
    email_verified: bool,
    is_staff: bool,
}

/// What is wrong with a user to make.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {problem}")]
pub struct InvalidUser {
    /// The field.
    pub field: &'static str,
    /// What it must be, to follow the field's name.
    pub problem: &'static str,
}

/// Why a user was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateUserError {
    /// Another user has that name, in whatever case.
    #[error("the username `{0}` is taken")]
    UsernameTaken(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl NewUser {
    /// Looks a user to make over: a name of 1 to 150 letters, digits and `@.+-_`, a password of 8 to 256 characters,
    /// an e-mail address with one `@`, a display name of at most 100 characters.
    ///
    /// # Errors
    /// [`InvalidUser`] names the first field that is wrong.
    pub fn check(
        username: &str,
        password: &str,
        email: Option<&str>,
        display_name: Option<&str>,
    ) -> Result<Self, InvalidUser> {
        let wrong = |field, problem| Err(InvalidUser { field, problem });
        let username = username.trim();
        let in_name = |c: char| c.is_alphanumeric() || "@.+-_".contains(c);
        if !(1..=150).contains(&username.chars().count()) || !username.chars().all(in_name) {
            return wrong("username", "must have 1 to 150 letters, digits and `@.+-_`");
        }
        if !(crate::password::SHORTEST..=crate::password::LONGEST)
            .contains(&password.chars().count())
        {
            return wrong("password", "must have 8 to 256 characters");
        }
        if password.contains('\0') {
            return wrong("password", "must not have a NUL character");
        }
        let email = email
            .filter(|email| !email.trim().is_empty())
            .map(email_address)
            .transpose()
            .map_err(|problem| InvalidUser {
                field: "email",
                problem,
            })?;
        let display_name = display_name
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .unwrap_or(username);
        if display_name.chars().count() > 150 || display_name.chars().any(char::is_control) {
            return wrong(
                "display_name",
                "must have at most 150 characters, none of them a control character",
            );
        }
        Ok(Self {
            username: username.to_owned(),
            display_name: display_name.to_owned(),
            email,
            email_verified: false,
            is_staff: false,
        })
    }

    /// The same with an e-mail address that was proven to be the user's.
    #[must_use]
    pub fn with_verified_email(self, email_verified: bool) -> Self {
        Self {
            email_verified: email_verified && self.email.is_some(),
            ..self
        }
    }

    /// The same as staff.
    #[must_use]
    pub fn with_staff(self, is_staff: bool) -> Self {
        Self { is_staff, ..self }
    }
}

/// Makes a user with the [hash](crate::password::hash) of a password.
///
/// # Errors
/// [`CreateUserError::UsernameTaken`].
pub fn create(
    tx: &mut Tx<'_>,
    new: &NewUser,
    password_hash: &str,
) -> Result<User, CreateUserError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let made: Option<User> = on_engine!(db, conn => diesel::insert_into(users::table)
        .values((
            users::username.eq(&new.username),
            users::username_key.eq(new.username.to_lowercase()),
            users::display_name.eq(&new.display_name),
            users::email.eq(&new.email),
            users::email_verified.eq(new.email_verified),
            users::password_hash.eq(password_hash),
            users::is_staff.eq(new.is_staff),
            users::is_active.eq(true),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .returning(User::as_returning())
        .get_result(conn)
        .optional())
    .map_err(DbError::from)?;
    made.ok_or_else(|| CreateUserError::UsernameTaken(new.username.clone()))
}

/// The user with this number.
pub fn get(db: &mut Db, id: i64) -> Result<Option<User>, DbError> {
    Ok(
        on_engine!(db, conn => users::table.find(id).select(User::as_select()).first(conn).optional())?,
    )
}

/// The user of that name, in whatever case.
pub fn by_name(db: &mut Db, username: &str) -> Result<Option<User>, DbError> {
    Ok(with_password(db, username)?.map(|(user, _)| user))
}

/// Every user, by number.
pub fn list(db: &mut Db) -> Result<Vec<User>, DbError> {
    Ok(on_engine!(db, conn => users::table.order(users::id).select(User::as_select()).load(conn))?)
}

/// Sets the hash of the user's password, and ends the user's sessions everywhere.
pub fn set_password(tx: &mut Tx<'_>, id: i64, password_hash: &str) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(users::table.find(id))
        .set((users::password_hash.eq(password_hash), users::updated_at.eq(now)))
        .execute(conn))?;
    end_sessions(tx, id)
}

/// Lets the user log in or not; one who may not is logged out everywhere.
pub fn set_active(tx: &mut Tx<'_>, id: i64, is_active: bool) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(users::table.find(id))
        .set((users::is_active.eq(is_active), users::updated_at.eq(now)))
        .execute(conn))?;
    if is_active {
        Ok(())
    } else {
        end_sessions(tx, id)
    }
}

/// Notes that the user's e-mail address was proven to be the user's.
pub fn verify_email(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(users::table.find(id).filter(users::email.is_not_null()))
        .set((users::email_verified.eq(true), users::updated_at.eq(now)))
        .execute(conn))?;
    Ok(())
}

/// Ends the user's sessions everywhere.
pub fn end_sessions(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    use crate::schema::unicom_sessions as sessions;
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::delete(sessions::table.filter(sessions::user_id.eq(id))).execute(conn))?;
    Ok(())
}

/// Takes from a user, who was erased elsewhere, whatever lets them in: no login, session or token is
/// left. Returns `false` if there is no such user.
pub(crate) fn shut_out(tx: &mut Tx<'_>, id: i64) -> Result<bool, DbError> {
    use crate::schema::unicom_api_tokens as tokens;
    if get(tx, id)?.is_none() {
        return Ok(false);
    }
    set_active(tx, id, false)?;
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::delete(tokens::table.filter(tokens::user_id.eq(id))).execute(conn))?;
    Ok(true)
}

/// What of a name tells users apart: no case, no spaces around it.
pub(crate) fn name_key(username: &str) -> String {
    username.trim().to_lowercase()
}

/// The user of that name, in whatever case, and the hash of its password.
pub(crate) fn with_password(
    db: &mut Db,
    username: &str,
) -> Result<Option<(User, String)>, DbError> {
    let key = name_key(username);
    if key.contains('\0') {
        return Ok(None);
    }
    Ok(on_engine!(db, conn => users::table
        .filter(users::username_key.eq(key))
        .select((User::as_select(), users::password_hash))
        .first(conn)
        .optional())?)
}

/// Notes that the user has logged in, unless it may not any more: it is gone, or may not log in, or its password is
/// another one than that of this hash. Where it was noted, since when the user is what it is now.
pub(crate) fn note_login(
    tx: &mut Tx<'_>,
    id: i64,
    password_hash: &str,
) -> Result<Option<UtcTime>, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::update(users::table.find(id))
        .filter(users::is_active.eq(true))
        .filter(users::password_hash.eq(password_hash))
        .set(users::last_login_at.eq(now))
        .returning(users::updated_at)
        .get_result(conn)
        .optional())?)
}

/// Whether the user is what it was at a login: not erased, nor with another password, nor shut out since. Stays so until
/// the transaction ends.
pub(crate) fn is_unchanged(tx: &mut Tx<'_>, id: i64, since: UtcTime) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    macro_rules! found {
        () => {
            users::table
                .find(id)
                .filter(users::updated_at.eq(since))
                .select(users::id)
        };
    }
    let found: Option<i64> = match db {
        Db::Postgres(conn) => found!().for_share().first(conn).optional()?,
        Db::Sqlite(conn) => found!().first(conn).optional()?,
    };
    Ok(found.is_some())
}
