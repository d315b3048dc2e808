//! The users of the bundled server.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use unicom_db::queries::change_numbers::announce_account;
use unicom_db::{Database, Db, DbError, Tx, by_engine, on_engine};
use unicom_models::UtcTime;

use crate::reserved::Reserved;
use crate::schema::unicom_users as users;
use crate::user::account_id;
pub use crate::user::{InvalidUser, NewUser, User};
use crate::{names, tokens};

/// Why a user was not created.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateUserError {
    /// Another user has that name or one that looks like it, or the name is reserved.
    #[error("the username `{0}` is taken")]
    UsernameTaken(String),
    /// The display name is that of an admin or a bot, or suggests one. Only for users who register
    /// themselves.
    #[error("`display_name` is reserved: choose another one")]
    DisplayNameReserved,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Creates a user with the [hash](crate::password::hash) of a password.
///
/// # Errors
/// [`CreateUserError::UsernameTaken`] if a user has that name, or one that looks like it.
pub fn create(
    tx: &mut Tx<'_>,
    new: &NewUser,
    password_hash: &str,
) -> Result<User, CreateUserError> {
    lock_names(tx)?;
    while fill_some_skeletons(tx)? > 0 {}
    let taken = || CreateUserError::UsernameTaken(new.username.clone());
    let now = tx.now();
    let (key, skeleton) = (name_key(&new.username), names::skeleton(&new.username));
    let db: &mut Db = tx;
    let alike = users::table.filter(
        users::username_key
            .eq(&key)
            .or(users::username_skeleton.eq(&skeleton)),
    );
    let is_taken: bool = on_engine!(db, conn => diesel::select(exists(alike)).get_result(conn))
        .map_err(DbError::from)?;
    if is_taken {
        return Err(taken());
    }
    let made: Option<User> = on_engine!(db, conn => diesel::insert_into(users::table)
        .values((
            users::username.eq(&new.username),
            users::username_key.eq(&key),
            users::username_skeleton.eq(&skeleton),
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
    made.ok_or_else(taken)
}

/// Creates a user who registers. Unlike [`create`], refuses names that are reserved for admins and
/// bots.
///
/// # Errors
/// [`CreateUserError::UsernameTaken`] if a user has that name or one that looks like it, or the
/// name is reserved; [`CreateUserError::DisplayNameReserved`] if the display name is reserved.
pub fn register(
    tx: &mut Tx<'_>,
    new: &NewUser,
    password_hash: &str,
) -> Result<User, CreateUserError> {
    lock_names(tx)?;
    let reserved = Reserved::read(tx)?;
    if reserved.contains(&new.username) {
        return Err(CreateUserError::UsernameTaken(new.username.clone()));
    }
    if reserved.contains(&new.display_name) {
        return Err(CreateUserError::DisplayNameReserved);
    }
    create(tx, new, password_hash)
}

/// The class and number of the PostgreSQL advisory lock held to name users. Arbitrary constants.
const NAMES: (i32, i32) = (0x756e_6963, 0x7573_6572);

/// Keeps other transactions from creating users until this one ends, so that two names that look
/// alike are not created concurrently. SQLite has one writer at a time.
pub(crate) fn lock_names(tx: &mut Tx<'_>) -> Result<(), DbError> {
    let db: &mut Db = tx;
    by_engine!(db, Postgres(conn) => {
        diesel::sql_query("SELECT pg_advisory_xact_lock($1, $2)")
            .bind::<Integer, _>(NAMES.0)
            .bind::<Integer, _>(NAMES.1)
            .execute(conn)?;
    });
    Ok(())
}

/// Number of users updated per write.
const SKELETONS_AT_A_TIME: i64 = 500;

/// Sets the skeletons of the names of users that earlier versions created. To be called when a
/// server starts; [`create`] updates users added later. Returns how many users were updated.
///
/// # Errors
/// [`DbError`] if the database fails.
pub fn fill_skeletons(database: &Database) -> Result<usize, DbError> {
    let mut all = 0;
    loop {
        match database
            .write(|tx| {
                lock_names(tx)?;
                fill_some_skeletons(tx)
            })
            .wait()?
        {
            0 => return Ok(all),
            some => all += some,
        }
    }
}

fn fill_some_skeletons(tx: &mut Tx<'_>) -> Result<usize, DbError> {
    let db: &mut Db = tx;
    let without: Vec<(i64, String)> = on_engine!(db, conn => users::table
        .filter(users::username_skeleton.is_null())
        .order(users::id)
        .limit(SKELETONS_AT_A_TIME)
        .select((users::id, users::username))
        .load(conn))?;
    for (id, username) in &without {
        on_engine!(db, conn => diesel::update(users::table.find(id))
            .set(users::username_skeleton.eq(names::skeleton(username)))
            .execute(conn))?;
    }
    Ok(without.len())
}

/// Returns the user with this id.
pub fn get(db: &mut Db, id: i64) -> Result<Option<User>, DbError> {
    Ok(
        on_engine!(db, conn => users::table.find(id).select(User::as_select()).first(conn).optional())?,
    )
}

/// Returns the user with this name, ignoring case.
pub fn by_name(db: &mut Db, username: &str) -> Result<Option<User>, DbError> {
    Ok(with_password(db, username)?.map(|(user, _)| user))
}

/// Returns all users, by id.
pub fn list(db: &mut Db) -> Result<Vec<User>, DbError> {
    Ok(on_engine!(db, conn => users::table.order(users::id).select(User::as_select()).load(conn))?)
}

/// Sets the hash of the user's password, and ends all sessions of the user.
pub fn set_password(tx: &mut Tx<'_>, id: i64, password_hash: &str) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(users::table.find(id))
        .set((users::password_hash.eq(password_hash), users::updated_at.eq(now)))
        .execute(conn))?;
    end_sessions(tx, id)
}

/// Replaces the hash `old` of the user's password, and ends all sessions of the user. Returns the
/// time of this change, or `None` if the user has another password meanwhile, may no longer log in,
/// or was deleted.
pub(crate) fn replace_password(
    tx: &mut Tx<'_>,
    id: i64,
    old: &str,
    new: &str,
) -> Result<Option<UtcTime>, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let replaced: Option<UtcTime> = on_engine!(db, conn => diesel::update(users::table.find(id))
        .filter(users::is_active.eq(true))
        .filter(users::password_hash.eq(old))
        .set((users::password_hash.eq(new), users::updated_at.eq(now)))
        .returning(users::updated_at)
        .get_result(conn)
        .optional())?;
    if replaced.is_some() {
        end_sessions(tx, id)?;
    }
    Ok(replaced)
}

/// Sets whether the user may log in. Deactivating a user ends all sessions of the user and deletes
/// all API tokens, which do not come back. Returns the ids of those tokens.
pub fn set_active(tx: &mut Tx<'_>, id: i64, is_active: bool) -> Result<Vec<i64>, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(users::table.find(id))
        .set((users::is_active.eq(is_active), users::updated_at.eq(now)))
        .execute(conn))?;
    if is_active {
        return Ok(Vec::new());
    }
    end_sessions(tx, id)?;
    tokens::revoke_all(tx, id)
}

/// Returns `true` if `id` is the id of a user, active or not, in its canonical form.
pub fn is_user(tx: &mut Tx<'_>, id: &str) -> Result<bool, DbError> {
    match id.parse::<i64>() {
        Ok(number) if number.to_string() == id => Ok(get(tx, number)?.is_some()),
        _ => Ok(false),
    }
}

/// Records that the user's e-mail address was verified.
pub fn verify_email(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(users::table.find(id).filter(users::email.is_not_null()))
        .set((users::email_verified.eq(true), users::updated_at.eq(now)))
        .execute(conn))?;
    Ok(())
}

/// Ends all sessions of the user.
pub fn end_sessions(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    use crate::schema::unicom_sessions as sessions;
    announce_account(tx, &account_id(id));
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::delete(sessions::table.filter(sessions::user_id.eq(id))).execute(conn))?;
    Ok(())
}

/// Removes all access of a user who was erased elsewhere: login, sessions and tokens. Returns
/// `false` if the user does not exist.
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

/// Returns the key by which usernames are unique, for example to count logins with a name.
pub(crate) fn name_key(username: &str) -> String {
    names::key(username)
}

/// Returns `true` if the user may log in with this password. As slow as hashing a password if the
/// user exists.
///
/// # Errors
/// [`DbError`] if the database fails.
pub fn can_log_in(db: &mut Db, username: &str, password: &str) -> Result<bool, DbError> {
    let found = with_password(db, username)?;
    Ok(found
        .is_some_and(|(user, hash)| user.is_active && crate::password::is_right(password, &hash)))
}

/// Returns the user with this name, in any case or width, and the hash of the password.
///
/// A user whom an earlier version created with exactly this name takes precedence over one whose
/// name has the same normal form.
pub(crate) fn with_password(
    db: &mut Db,
    username: &str,
) -> Result<Option<(User, String)>, DbError> {
    let (old, key) = (names::old_key(username), name_key(username));
    if old.contains('\0') {
        return Ok(None);
    }
    type Found = (String, User, String);
    let found: Vec<Found> = on_engine!(db, conn => users::table
        .filter(users::username_key.eq_any([&old, &key]))
        .select((users::username_key, User::as_select(), users::password_hash))
        .load(conn))?;
    let chosen = found.into_iter().max_by_key(|(found, ..)| *found == old);
    Ok(chosen.map(|(_, user, hash)| (user, hash)))
}

/// Returns the user with this id and the hash of the password.
pub(crate) fn get_with_password(db: &mut Db, id: i64) -> Result<Option<(User, String)>, DbError> {
    Ok(on_engine!(db, conn => users::table
        .find(id)
        .select((User::as_select(), users::password_hash))
        .first(conn)
        .optional())?)
}

/// Records a login of the user. Returns the time of the user's last change, or `None` if the user
/// was deleted, may not log in, or has a password other than that of this hash. `new_hash` is
/// another hash of the same password, to replace it with.
pub(crate) fn note_login(
    tx: &mut Tx<'_>,
    id: i64,
    password_hash: &str,
    new_hash: Option<&str>,
) -> Result<Option<UtcTime>, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::update(users::table.find(id))
        .filter(users::is_active.eq(true))
        .filter(users::password_hash.eq(password_hash))
        .set((
            users::last_login_at.eq(now),
            users::password_hash.eq(new_hash.unwrap_or(password_hash)),
        ))
        .returning(users::updated_at)
        .get_result(conn)
        .optional())?)
}

/// Returns `true` if the user has not changed since a login: was not erased or deactivated and has
/// the same password. This holds until the transaction ends.
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
    let found: Option<i64> = by_engine!(
        db,
        Postgres(conn) => found!().for_share().first(conn).optional()?,
        Sqlite(conn) => found!().first(conn).optional()?,
    );
    Ok(found.is_some())
}
