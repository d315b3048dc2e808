//! API tokens, which a user's programs send instead of a session.

use std::time::Duration;

use diesel::prelude::*;
use serde::Serialize;
use sha2::{Digest, Sha256};
use unicom_db::queries::change_numbers::announce_account;
use unicom_db::{Db, DbError, Tx, on_engine};
use unicom_http::random_token;
use unicom_models::UtcTime;

use crate::Scope;
use crate::schema::{unicom_api_tokens as tokens, unicom_users as users};
use crate::user::{User, account_id};

/// The prefix of every token, by which people and scanners recognize one.
pub const PREFIX: &str = "uct_";

/// Maximum length of a token's name, in characters.
const LONGEST_NAME: usize = 150;

/// Minimum age of a token's recorded last use before it is updated, so that a token in use costs
/// one write per hour.
const THROTTLE: Duration = Duration::from_secs(60 * 60);

/// A token without its secret. Only the secret's SHA-256 is stored, and no type outside this module
/// contains it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[diesel(table_name = tokens)]
pub struct ApiToken {
    /// The id of the token.
    pub id: i64,
    /// The id of the token's user.
    pub user_id: i64,
    /// The name that its owner gave it.
    pub name: String,
    /// What the token may do.
    pub scope: Scope,
    /// When the token was created.
    pub created_at: UtcTime,
    /// When the token expires. `None` if it never does.
    pub expires_at: Option<UtcTime>,
    /// When the token was last used, to the hour.
    pub last_used_at: Option<UtcTime>,
}

/// Why a token was not created.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateTokenError {
    /// The name is invalid.
    #[error("`name` must have 1 to {LONGEST_NAME} characters, none of them a control character")]
    Name,
    /// The expiry is not in the future.
    #[error("`expires_at` must be in the future")]
    Expired,
    /// The user does not exist.
    #[error("user `{0}` does not exist")]
    UserNotFound(i64),
    /// The operating system provides no randomness.
    #[error("the system's random number generator failed")]
    NoRandomness,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Creates a token for the user and returns it with its secret, which is not available later.
///
/// # Errors
/// [`CreateTokenError`] says what is wrong.
///
/// ```
/// use unicom_auth::{Scope, password, tokens, users};
/// # let test = unicom_testing::TestDatabase::sqlite(&[
/// #     &unicom_db::MIGRATIONS,
/// #     &unicom_auth::MIGRATIONS,
/// # ]);
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

/// Returns all tokens, by id.
pub fn list(db: &mut Db) -> Result<Vec<ApiToken>, DbError> {
    Ok(
        on_engine!(db, conn => tokens::table.order(tokens::id).select(ApiToken::as_select()).load(conn))?,
    )
}

/// Deletes a token, which no longer works from then on. Returns `true` if it existed.
pub fn revoke(tx: &mut Tx<'_>, id: i64) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    let user_id: Option<i64> = on_engine!(db, conn => diesel::delete(tokens::table.find(id))
        .returning(tokens::user_id)
        .get_result(conn)
        .optional())?;
    if let Some(user_id) = user_id {
        announce_account(tx, &account_id(user_id));
    }
    Ok(user_id.is_some())
}

/// Deletes all tokens of a user. Returns their ids.
pub fn revoke_all(tx: &mut Tx<'_>, user_id: i64) -> Result<Vec<i64>, DbError> {
    let db: &mut Db = tx;
    let mut revoked: Vec<i64> = on_engine!(db, conn => diesel::delete(tokens::table.filter(tokens::user_id.eq(user_id)))
        .returning(tokens::id)
        .get_results(conn))?;
    revoked.sort_unstable();
    Ok(revoked)
}

/// Returns the token with this secret and its user, if the token has not expired and the user may
/// log in.
///
/// The token is looked up by its hash, so that the time taken reveals nothing about the secret.
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

/// Returns the user of a token, or `None` if the token no longer works.
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

/// A token that no longer works, for the security log.
#[derive(Debug)]
pub(crate) struct RefusedToken {
    pub id: i64,
    pub user_id: i64,
    /// `expired`, or `deactivated` if its user may not log in.
    pub reason: &'static str,
}

/// Returns why the token with this secret does not work, or `None` if there is no token with this
/// secret.
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

/// Returns `true` if the last use of the token is due to be recorded.
pub(crate) fn is_use_due(token: &ApiToken, now: UtcTime) -> bool {
    token
        .last_used_at
        .is_none_or(|noted| noted < now.minus(THROTTLE))
}

/// Records that the token was used.
pub(crate) fn note_use(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(tokens::table.find(id)).set(tokens::last_used_at.eq(now)).execute(conn))?;
    Ok(())
}

/// Returns a secret: the prefix and 256 random bits.
fn new_secret() -> Result<String, CreateTokenError> {
    let token = || random_token().map_err(|_| CreateTokenError::NoRandomness);
    Ok(format!("{PREFIX}{}{}", token()?, token()?))
}

fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}
