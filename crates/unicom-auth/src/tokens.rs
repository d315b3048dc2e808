//! API tokens: what a user's programs show instead of a session.

use std::time::Duration;

use diesel::prelude::*;
use serde::Serialize;
use sha2::{Digest, Sha256};
use unicom_db::{Db, DbError, Tx, on_engine};
use unicom_http::random_token;
use unicom_models::UtcTime;

use crate::Scope;
use crate::schema::{unicom_api_tokens as tokens, unicom_users as users};
use crate::user::User;

/// What every token begins with, so that people and scanners know one when they see it.
pub const PREFIX: &str = "uct_";

/// Characters of a token's name at the most.
const LONGEST_NAME: usize = 150;

/// How old the note of a token's last use must be before it is written anew: a call then costs a write once an hour.
const THROTTLE: Duration = Duration::from_secs(60 * 60);

/// A token, without its secret: only the secret's SHA-256 is stored, and that leaves this module in no type.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = tokens)]
pub struct ApiToken {
    /// Its number.
    pub id: i64,
    /// The user for whom it speaks.
    pub user_id: i64,
    /// What it is for, in its owner's words.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// When it was made.
    pub created_at: UtcTime,
    /// When it stops working; none: never.
    pub expires_at: Option<UtcTime>,
    /// When it was last used, to the hour.
    pub last_used_at: Option<UtcTime>,
}

/// Why a token was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateTokenError {
    /// The name is none.
    #[error("`name` must have 1 to {LONGEST_NAME} characters, none of them a control character")]
    Name,
    /// It would have stopped working already.
    #[error("`expires_at` must be in the future")]
    Expired,
    /// There is no such user.
    #[error("user `{0}` does not exist")]
    UserNotFound(i64),
    /// The operating system gives no randomness.
    #[error("there is no randomness to make a token of")]
    NoRandomness,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Makes a token that speaks for the user, and its secret: the one time that anybody sees it.
///
/// # Errors
/// [`CreateTokenError`] names what is wrong.
///
/// ```
/// use unicom_auth::{Scope, password, tokens, users};
/// # let test = unicom_testing::TestDatabase::sqlite(&[&unicom_db::MIGRATIONS, &unicom_auth::MIGRATIONS]);
/// # let database = test.database();
/// let new = users::NewUser::check("ada", "correct horse battery", None, None)?;
/// let hash = password::hash("correct horse battery")?;
/// let ada = database.write(move |tx| users::create(tx, &new, &hash)).wait()?;
///
/// let (token, secret) = database
///     .write(move |tx| tokens::create(tx, ada.id, "nightly export", Scope::Read, None))
///     .wait()?;
/// assert_eq!(token.name, "nightly export");
/// assert!(secret.starts_with("uct_"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn create(
    tx: &mut Tx<'_>,
    user_id: i64,
    name: &str,
    scope: Scope,
    expires_at: Option<UtcTime>,
) -> Result<(ApiToken, String), CreateTokenError> {
    let (name, now) = (name.trim(), tx.now());
    if !(1..=LONGEST_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(CreateTokenError::Name);
    }
    if expires_at.is_some_and(|expires_at| expires_at <= now) {
        return Err(CreateTokenError::Expired);
    }
    let secret = new_secret()?;
    let db: &mut Db = tx;
    let made: Result<ApiToken, DbError> = on_engine!(db, conn => diesel::insert_into(tokens::table)
        .values((
            tokens::user_id.eq(user_id),
            tokens::name.eq(name),
            tokens::scope.eq(scope),
            tokens::token_hash.eq(hash(&secret)),
            tokens::created_at.eq(now),
            tokens::expires_at.eq(expires_at),
        ))
        .returning(ApiToken::as_returning())
        .get_result(conn))
    .map_err(DbError::from);
    match made {
        Ok(token) => Ok((token, secret)),
        Err(error) if error.is_foreign_key_violation() => {
            Err(CreateTokenError::UserNotFound(user_id))
        }
        Err(error) => Err(error.into()),
    }
}

/// Every token, by number.
pub fn list(db: &mut Db) -> Result<Vec<ApiToken>, DbError> {
    Ok(
        on_engine!(db, conn => tokens::table.order(tokens::id).select(ApiToken::as_select()).load(conn))?,
    )
}

/// Deletes a token, which is refused from then on; whether there was one.
pub fn revoke(tx: &mut Tx<'_>, id: i64) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::delete(tokens::table.find(id)).execute(conn))? > 0)
}

/// Deletes all tokens of a user. Returns their numbers.
pub fn revoke_all(tx: &mut Tx<'_>, user_id: i64) -> Result<Vec<i64>, DbError> {
    let db: &mut Db = tx;
    let mut revoked: Vec<i64> = on_engine!(db, conn => diesel::delete(tokens::table.filter(tokens::user_id.eq(user_id)))
        .returning(tokens::id)
        .get_results(conn))?;
    revoked.sort_unstable();
    Ok(revoked)
}

/// The token with this secret and its user, where the one has not expired and the other may log in.
///
/// It is looked for by its hash: how long that takes tells nothing of the secret.
pub fn find(db: &mut Db, secret: &str, now: UtcTime) -> Result<Option<(ApiToken, User)>, DbError> {
    Ok(on_engine!(db, conn => tokens::table
        .inner_join(users::table)
        .filter(tokens::token_hash.eq(hash(secret)))
        .filter(tokens::expires_at.is_null().or(tokens::expires_at.gt(now)))
        .filter(users::is_active.eq(true))
        .select((ApiToken::as_select(), User::as_select()))
        .first(conn)
        .optional())?)
}

/// Returns the user of a token that still works.
pub(crate) fn user_of(db: &mut Db, id: i64, now: UtcTime) -> Result<Option<User>, DbError> {
    Ok(on_engine!(db, conn => tokens::table
        .find(id)
        .inner_join(users::table)
        .filter(tokens::expires_at.is_null().or(tokens::expires_at.gt(now)))
        .filter(users::is_active.eq(true))
        .select(User::as_select())
        .first(conn)
        .optional())?)
}

/// A token that does not work any more, for the security log.
#[derive(Debug)]
pub(crate) struct RefusedToken {
    pub id: i64,
    pub user_id: i64,
    /// `expired`, or `deactivated` if its user may not log in.
    pub reason: &'static str,
}

/// Returns why the token with this secret does not work; none if there is no such token.
pub(crate) fn why_refused(
    db: &mut Db,
    secret: &str,
    now: UtcTime,
) -> Result<Option<RefusedToken>, DbError> {
    let found: Option<ApiToken> = on_engine!(db, conn => tokens::table
        .filter(tokens::token_hash.eq(hash(secret)))
        .select(ApiToken::as_select())
        .first(conn)
        .optional())?;
    Ok(found.map(|token| RefusedToken {
        id: token.id,
        user_id: token.user_id,
        reason: match token.expires_at {
            Some(end) if end <= now => "expired",
            _ => "deactivated",
        },
    }))
}

/// Whether it is time to note that the token was used.
pub(crate) fn is_use_due(token: &ApiToken, now: UtcTime) -> bool {
    token
        .last_used_at
        .is_none_or(|noted| noted < now.minus(THROTTLE))
}

/// Notes that the token was used.
pub(crate) fn note_use(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(tokens::table.find(id)).set(tokens::last_used_at.eq(now)).execute(conn))?;
    Ok(())
}

/// 256 random bits behind the prefix.
fn new_secret() -> Result<String, CreateTokenError> {
    let token = || random_token().map_err(|_| CreateTokenError::NoRandomness);
    Ok(format!("{PREFIX}{}{}", token()?, token()?))
}

fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}
