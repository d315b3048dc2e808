//! Storage of sessions in the database, by the hash of the secret in the cookie.

use std::collections::HashMap;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time;
use diesel::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};
use unicom_db::prepared::CachedQuery;
use unicom_db::queries::accounts;
use unicom_db::{Database, Db, DbError, Tx, on_engine};
use unicom_http::random_token;
use unicom_models::UtcTime;
use unicom_webchat::GuestId;

use crate::schema::{unicom_sessions as sessions, unicom_users};
use crate::user::User;
use crate::users::{self};
use crate::{SessionLife, pending_migrations, session};

/// A session store for actix-session that uses unicom's database.
#[derive(Debug, Clone)]
pub struct DatabaseSessions {
    database: Database,
    life: SessionLife,
}

type State = HashMap<String, String>;

impl DatabaseSessions {
    /// Creates a store with sessions that last as long as `life` says.
    pub fn new(database: Database, life: SessionLife) -> Self {
        Self { database, life }
    }
}

// actix-session passes a lifetime for every session. The store uses `life` instead, which ends
// before the cookie's.
impl SessionStore for DatabaseSessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let hash = hash(key);
        let now = self.database.now();
        let found = self.database.read_cached(hash.clone(), {
            let hash = hash.clone();
            move |db| find(db, &hash)
        });
        let Some(stored) = found.await.map_err(LoadError::from)? else {
            return Ok(None);
        };
        let Stored {
            state,
            expires_at,
            logged_in_at,
        } = stored;
        // The settings may have changed since the session was stored.
        let end = self.life.end(now, logged_in_at);
        if expires_at.min(end) <= now {
            return Ok(None);
        }
        if self.life.is_worth_a_write(expires_at, end) {
            let pushed: Result<(), DbError> = self
                .database
                .write(move |tx| push_back(tx, &hash, end))
                .await;
            if let Err(error) = pushed {
                log::warn!("the expiry of a session could not be extended: {error}");
            }
        }
        Ok(Some(state))
    }

    async fn save(&self, state: State, _: &time::Duration) -> Result<SessionKey, SaveError> {
        let secret = new_secret().map_err(SaveError::Other)?;
        let key = SessionKey::try_from(secret).map_err(|error| SaveError::Other(error.into()))?;
        let (hash, life) = (hash(&key), self.life);
        let saved: Result<(), DbError> = self
            .database
            .write(move |tx| insert(tx, &hash, &state, life))
            .await;
        saved.map_err(|error| SaveError::Other(error.into()))?;
        Ok(key)
    }

    async fn update(
        &self,
        key: SessionKey,
        state: State,
        _: &time::Duration,
    ) -> Result<SessionKey, UpdateError> {
        let hash = hash(&key);
        let updated: Result<(), DbError> = self
            .database
            .write(move |tx| update(tx, &hash, &state))
            .await;
        updated.map_err(|error| UpdateError::Other(error.into()))?;
        Ok(key)
    }

    async fn update_ttl(&self, _: &SessionKey, _: &time::Duration) -> Result<(), anyhow::Error> {
        // `load` extends the expiry.
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        let hash = hash(key);
        let deleted: Result<(), DbError> = self.database.write(move |tx| delete(tx, &hash)).await;
        Ok(deleted?)
    }
}

/// Returns a secret of 256 random bits.
fn new_secret() -> Result<String, anyhow::Error> {
    let token = || random_token().map_err(|error| anyhow::anyhow!("{error}"));
    Ok(format!("{}{}", token()?, token()?))
}

fn hash(key: &SessionKey) -> String {
    hex::encode(Sha256::digest(key.as_ref()))
}

/// A stored session with its user.
#[derive(Debug, Clone)]
struct Stored {
    state: State,
    expires_at: UtcTime,
    /// Set for a user's session. A login always begins a new session.
    logged_in_at: Option<UtcTime>,
}

/// Why a session could not be loaded.
#[derive(Debug)]
enum NotFound {
    Db(DbError),
    Unreadable(serde_json::Error),
}

impl From<DbError> for NotFound {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl From<serde_json::Error> for NotFound {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(error)
    }
}

impl From<NotFound> for LoadError {
    fn from(error: NotFound) -> Self {
        match error {
            NotFound::Db(error) => Self::Other(error.into()),
            NotFound::Unreadable(error) => Self::Deserialization(error.into()),
        }
    }
}

/// The cache key of the query.
struct Find;

/// Returns a session with its current user. Each request needs both, so they are read with one
/// statement.
fn find(db: &mut Db, hash: &str) -> Result<Option<Stored>, NotFound> {
    type Row = (Value, UtcTime, UtcTime, Option<User>);
    let found: QueryResult<Row> = on_engine!(db, conn => sessions::table
        .left_join(unicom_users::table.on(unicom_users::id.nullable().eq(sessions::user_id)))
        .filter(sessions::key_hash.eq(hash))
        .select((sessions::state, sessions::expires_at, sessions::created_at, Option::<User>::as_select()))
        .cached_as::<Find>()
        .get_result(conn));
    let Some((state, expires_at, created_at, user)) = found.optional().map_err(DbError::from)?
    else {
        return Ok(None);
    };
    let mut state: State = serde_json::from_value(state)?;
    if let Some(user) = user {
        session::attach_user(&mut state, &user)?;
    }
    let logged_in_at = session::user_id_in(&state).map(|_| created_at);
    Ok(Some(Stored {
        state,
        expires_at,
        logged_in_at,
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

/// Stores a session that begins. Stores nothing, so that the session is invalid, if since the
/// request arrived the sessions of its user were ended, or its guest has become a user or was
/// erased.
fn insert(tx: &mut Tx<'_>, hash: &str, state: &State, life: SessionLife) -> Result<(), DbError> {
    let now = tx.now();
    let user_id = session::user_id_in(state);
    if let Some(id) = user_id {
        let since = session::user_since_in(state).unwrap_or(UtcTime::BEGINNING);
        if !users::is_unchanged(tx, id, since)? {
            return Ok(());
        }
    }
    if let Some(guest) = session::guest_in(state)
        && !is_there(tx, &guest)?
    {
        return Ok(());
    }
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(sessions::table)
        .values((
            sessions::key_hash.eq(hash),
            sessions::state.eq(as_json(state)),
            sessions::user_id.eq(user_id),
            sessions::session_key.eq(session::public_name_in(state)),
            sessions::created_at.eq(now),
            sessions::expires_at.eq(life.end(now, user_id.map(|_| now))),
        ))
        .execute(conn))?;
    Ok(())
}

/// Returns `true` if the guest has an account and no pending migration.
///
/// Locks the account until the transaction ends. A transaction that ends the guest's sessions locks
/// it, too, and either sees the session that begins or is seen here.
fn is_there(tx: &mut Tx<'_>, guest: &GuestId) -> Result<bool, DbError> {
    let account = accounts::lock(tx, &guest.account_id())?;
    Ok(account.is_some() && !pending_migrations::is_pending(tx, guest, UtcTime::BEGINNING)?)
}

/// Updates the state of a session. A session that has ended meanwhile stays ended, since no row is
/// updated then.
fn update(tx: &mut Tx<'_>, hash: &str, state: &State) -> Result<(), DbError> {
    if let Some(guest) = session::guest_in(state)
        && !is_there(tx, &guest)?
    {
        return Ok(());
    }
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(sessions::table.find(hash))
        .set((
            sessions::state.eq(as_json(state)),
            sessions::user_id.eq(session::user_id_in(state)),
            sessions::session_key.eq(session::public_name_in(state)),
        ))
        .execute(conn))?;
    Ok(())
}

fn push_back(tx: &mut Tx<'_>, hash: &str, expires_at: UtcTime) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(sessions::table.find(hash))
        .set(sessions::expires_at.eq(expires_at))
        .execute(conn))?;
    Ok(())
}

fn delete(tx: &mut Tx<'_>, hash: &str) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::delete(sessions::table.find(hash)).execute(conn))?;
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

fn as_json(state: &State) -> Value {
    Value::Object(
        session::persisted(state)
            .map(|(key, value)| (key.clone(), Value::String(value.clone())))
            .collect(),
    )
}
