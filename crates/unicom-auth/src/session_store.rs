//! Storage of sessions in the database, by the hash of the secret in the cookie.

use diesel::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};
use unicom_db::prepared::CachedQuery;
use unicom_db::queries::accounts;
use unicom_db::queries::change_numbers::announce_account;
use unicom_db::{Database, Db, DbError, Tx, on_engine};
use unicom_http::{ApiError, random_token};
use unicom_models::UtcTime;
use unicom_webchat::GuestId;

use crate::schema::{unicom_sessions as sessions, unicom_users};
use crate::session::Session;
use crate::user::{User, account_id};
use crate::{SessionLife, pending_migrations, users};

/// The sessions in the database.
#[derive(Debug, Clone)]
pub struct SessionStore {
    database: Database,
    life: SessionLife,
}

impl SessionStore {
    /// Creates a store with sessions that last as long as `life` says.
    pub fn new(database: Database, life: SessionLife) -> Self {
        Self { database, life }
    }

    /// Returns the session with this secret, and its user as it is in the database now. Returns
    /// `None` if there is no such session or it has ended. Extends the expiry now and then.
    ///
    /// # Errors
    /// [`DbError`] if the database fails.
    pub async fn find(&self, secret: &str) -> Result<Option<(Session, Option<User>)>, DbError> {
        let hash = hash(secret);
        let now = self.database.now();
        let found = self.database.read_cached(hash.clone(), {
            let hash = hash.clone();
            move |db| find(db, &hash)
        });
        let Some(stored) = found.await? else {
            return Ok(None);
        };
        // The settings may have changed since the session was stored.
        let end = self.life.end(now, stored.logged_in_at());
        if stored.expires_at.min(end) <= now {
            return Ok(None);
        }
        if self.life.is_worth_a_write(stored.expires_at, end) {
            let extended: Result<(), DbError> =
                self.database.write(move |tx| extend(tx, &hash, end)).await;
            if let Err(error) = extended {
                log::warn!("the expiry of a session could not be extended: {error}");
            }
        }
        Ok(Some((stored.session, stored.user)))
    }

    /// Stores a session that begins in place of the one with the secret `before`. Returns its
    /// secret.
    ///
    /// Stores nothing, so that the secret is invalid, if its user has changed after `user_since`,
    /// which ends all sessions of the user, or if its guest has become a user or was erased.
    ///
    /// # Errors
    /// The error of the database, or [`ApiError::internal`] if the operating system provides no
    /// randomness.
    pub async fn begin(
        &self,
        session: Session,
        user_since: Option<UtcTime>,
        before: Option<&str>,
    ) -> Result<String, ApiError> {
        // 256 random bits.
        let secret = format!("{}{}", random_token()?, random_token()?);
        let (hash, before, life) = (hash(&secret), before.map(hash), self.life);
        let begun: Result<(), DbError> = self
            .database
            .write(move |tx| {
                if let Some(before) = before {
                    delete(tx, &before)?;
                }
                insert(tx, &hash, &session, user_since, life)
            })
            .await;
        begun?;
        Ok(secret)
    }

    /// Stores the changed state of a session.
    pub(crate) async fn update(&self, secret: &str, session: Session) -> Result<(), DbError> {
        let hash = hash(secret);
        self.database
            .write(move |tx| update(tx, &hash, &session))
            .await
    }

    /// Ends the session with this secret.
    pub(crate) async fn end(&self, secret: &str) -> Result<(), DbError> {
        let hash = hash(secret);
        self.database.write(move |tx| delete(tx, &hash)).await
    }
}

fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}

/// A stored session with its user.
#[derive(Debug, Clone)]
struct Stored {
    session: Session,
    user: Option<User>,
    created_at: UtcTime,
    expires_at: UtcTime,
}

impl Stored {
    /// Returns when the user logged in, which always begins a new session.
    fn logged_in_at(&self) -> Option<UtcTime> {
        self.session.user_id.map(|_| self.created_at)
    }
}

/// The cache key of the query.
struct Find;

/// Returns a session with its current user. Each request needs both, so they are read with one
/// statement.
fn find(db: &mut Db, hash: &str) -> Result<Option<Stored>, DbError> {
    type Row = (
        Option<String>,
        Option<i64>,
        Value,
        UtcTime,
        UtcTime,
        Option<User>,
    );
    let found: QueryResult<Row> = on_engine!(db, conn => sessions::table
        .left_join(unicom_users::table.on(unicom_users::id.nullable().eq(sessions::user_id)))
        .filter(sessions::key_hash.eq(hash))
        .select((
            sessions::session_key,
            sessions::user_id,
            sessions::state,
            sessions::created_at,
            sessions::expires_at,
            Option::<User>::as_select(),
        ))
        .cached_as::<Find>()
        .get_result(conn));
    let Some((Some(public_name), user_id, state, created_at, expires_at, user)) =
        found.optional()?
    else {
        return Ok(None);
    };
    let state = match serde_json::from_value(state) {
        Ok(state) => state,
        Err(error) => {
            log::warn!("a session was ignored, because its state cannot be read: {error}");
            return Ok(None);
        }
    };
    Ok(Some(Stored {
        session: Session {
            public_name,
            user_id,
            state,
        },
        user,
        created_at,
        expires_at,
    }))
}

/// Returns the user of the session with this public name, or `Some(None)` if it is a guest's.
/// Returns `None` if there is no such session or it has ended.
pub(crate) fn find_live(
    db: &mut Db,
    public_name: &str,
    now: UtcTime,
) -> Result<Option<Option<User>>, DbError> {
    Ok(on_engine!(db, conn => sessions::table
        .left_join(unicom_users::table.on(unicom_users::id.nullable().eq(sessions::user_id)))
        .filter(sessions::session_key.eq(public_name))
        .filter(sessions::expires_at.gt(now))
        .select(Option::<User>::as_select())
        .first(conn)
        .optional())?)
}

fn insert(
    tx: &mut Tx<'_>,
    hash: &str,
    session: &Session,
    user_since: Option<UtcTime>,
    life: SessionLife,
) -> Result<(), DbError> {
    let now = tx.now();
    let can_begin = match session.user_id {
        Some(id) => users::is_unchanged(tx, id, user_since.unwrap_or(UtcTime::BEGINNING))?,
        None => can_continue(tx, session)?,
    };
    if !can_begin {
        return Ok(());
    }
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(sessions::table)
        .values((
            sessions::key_hash.eq(hash),
            sessions::state.eq(as_json(session)?),
            sessions::user_id.eq(session.user_id),
            sessions::session_key.eq(&session.public_name),
            sessions::created_at.eq(now),
            sessions::expires_at.eq(life.end(now, session.user_id.map(|_| now))),
        ))
        .execute(conn))?;
    Ok(())
}

/// Returns `false` for the session of a guest who has no account or a pending migration.
///
/// Locks the account until the transaction ends. A transaction that ends the guest's sessions locks
/// it, too, and either sees the session that begins or is seen here.
fn can_continue(tx: &mut Tx<'_>, session: &Session) -> Result<bool, DbError> {
    let Some(guest) = session.guest() else {
        return Ok(true);
    };
    let account = accounts::lock(tx, &guest.account_id())?;
    Ok(account.is_some() && !pending_migrations::is_pending(tx, &guest, UtcTime::BEGINNING)?)
}

/// Updates the state of a session. A session that has ended meanwhile stays ended, since no row is
/// updated then.
fn update(tx: &mut Tx<'_>, hash: &str, session: &Session) -> Result<(), DbError> {
    if !can_continue(tx, session)? {
        return Ok(());
    }
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(sessions::table.find(hash))
        .set(sessions::state.eq(as_json(session)?))
        .execute(conn))?;
    Ok(())
}

fn extend(tx: &mut Tx<'_>, hash: &str, expires_at: UtcTime) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(sessions::table.find(hash))
        .set(sessions::expires_at.eq(expires_at))
        .execute(conn))?;
    Ok(())
}

fn delete(tx: &mut Tx<'_>, hash: &str) -> Result<(), DbError> {
    type Owner = (Option<i64>, Option<String>);
    let db: &mut Db = tx;
    let owner: Option<Owner> = on_engine!(db, conn => diesel::delete(sessions::table.find(hash))
        .returning((sessions::user_id, sessions::session_key))
        .get_result(conn)
        .optional())?;
    match owner {
        Some((Some(user_id), _)) => announce_account(tx, &account_id(user_id)),
        Some((None, Some(key))) => announce_account(tx, &GuestId::new(key).account_id()),
        Some((None, None)) | None => {}
    }
    Ok(())
}

/// Deletes up to `limit` sessions that have ended, and returns how many were deleted.
///
/// Ended sessions are useless, and deleting them keeps the table small. The limit keeps other
/// writers from waiting long.
pub fn delete_ended_sessions(tx: &mut Tx<'_>, limit: i64) -> Result<usize, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => {
        let ended: Vec<String> = sessions::table
            .filter(sessions::expires_at.le(now))
            .order(sessions::expires_at)
            .limit(limit)
            .select(sessions::key_hash)
            .load(conn)?;
        diesel::delete(sessions::table.filter(sessions::key_hash.eq_any(ended))
            .filter(sessions::expires_at.le(now)))
        .execute(conn)
    })?)
}

/// Returns `true` if the database has a session, including ended ones that were not deleted yet.
///
/// # Errors
/// [`DbError`] if the database fails.
pub fn has_sessions(db: &mut Db) -> Result<bool, DbError> {
    let query = diesel::select(diesel::dsl::exists(
        sessions::table.select(sessions::key_hash),
    ));
    Ok(on_engine!(db, conn => query.get_result(conn))?)
}

fn as_json(session: &Session) -> Result<Value, DbError> {
    serde_json::to_value(&session.state)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()).into())
}
