//! Sessions in the database, under the hash of the cookie's secret.

use std::collections::HashMap;
use std::time::Duration;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time;
use diesel::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};
use unicom_db::named::Name;
use unicom_db::{Database, Db, DbError, Tx, on_engine};
use unicom_http::random_token;
use unicom_models::UtcTime;

use crate::schema::{unicom_sessions as sessions, unicom_users as users};
use crate::session;
use crate::users::User;

/// How far an expiry must have come nearer before it is pushed back: a read then costs a write once an hour.
const THROTTLE: Duration = Duration::from_secs(60 * 60);

/// actix-session's store over unicom's database.
#[derive(Debug, Clone)]
pub struct DatabaseSessions {
    database: Database,
    idle: Duration,
}

type State = HashMap<String, String>;

impl DatabaseSessions {
    /// Sessions that end after `idle` without use.
    pub fn new(database: Database, idle: Duration) -> Self {
        Self { database, idle }
    }
}

// actix-session passes a lifetime for every session; ours is `idle`, which the cookie's outlives.
impl SessionStore for DatabaseSessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let hash = hash(key);
        let (idle, now) = (self.idle, self.database.now());
        let found = self.database.read_again(hash.clone(), {
            let hash = hash.clone();
            move |db| find(db, &hash)
        });
        let Some(Stored { state, expires_at }) = found.await.map_err(LoadError::from)? else {
            return Ok(None);
        };
        if expires_at <= now {
            return Ok(None);
        }
        if expires_at < now.plus(idle.saturating_sub(THROTTLE)) {
            let pushed: Result<(), DbError> = self
                .database
                .write(move |tx| push_back(tx, &hash, idle))
                .await;
            if let Err(error) = pushed {
                log::warn!("a session's expiry could not be pushed back: {error}");
            }
        }
        Ok(Some(state))
    }

    async fn save(&self, state: State, _: &time::Duration) -> Result<SessionKey, SaveError> {
        let secret = new_secret().map_err(SaveError::Other)?;
        let key = SessionKey::try_from(secret).map_err(|error| SaveError::Other(error.into()))?;
        let (hash, idle) = (hash(&key), self.idle);
        let saved: Result<(), DbError> = self
            .database
            .write(move |tx| insert(tx, &hash, &state, idle))
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
        // A session that has ended meanwhile stays so: nothing is updated then.
        let updated: Result<(), DbError> = self
            .database
            .write(move |tx| update(tx, &hash, &state))
            .await;
        updated.map_err(|error| UpdateError::Other(error.into()))?;
        Ok(key)
    }

    async fn update_ttl(&self, _: &SessionKey, _: &time::Duration) -> Result<(), anyhow::Error> {
        // `load` pushes the expiry back.
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        let hash = hash(key);
        let deleted: Result<(), DbError> = self.database.write(move |tx| delete(tx, &hash)).await;
        Ok(deleted?)
    }
}

/// 256 random bits.
fn new_secret() -> Result<String, anyhow::Error> {
    let token = || random_token().map_err(|error| anyhow::anyhow!("{error}"));
    Ok(format!("{}{}", token()?, token()?))
}

fn hash(key: &SessionKey) -> String {
    hex::encode(Sha256::digest(key.as_ref()))
}

/// A session as it is stored, and its user with it.
#[derive(Debug, Clone)]
struct Stored {
    state: State,
    expires_at: UtcTime,
}

/// Why a session could not be had.
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

/// The name of the query.
struct Find;

/// A session, with its user as it is now: each request asks for both, in one statement.
fn find(db: &mut Db, hash: &str) -> Result<Option<Stored>, NotFound> {
    let found: QueryResult<(Value, UtcTime, Option<User>)> = on_engine!(db, conn => sessions::table
        .left_join(users::table.on(users::id.nullable().eq(sessions::user_id)))
        .filter(sessions::key_hash.eq(hash))
        .select((sessions::state, sessions::expires_at, Option::<User>::as_select()))
        .named::<Find>()
        .get_result(conn));
    let Some((state, expires_at, user)) = found.optional().map_err(DbError::from)? else {
        return Ok(None);
    };
    let mut state: State = serde_json::from_value(state)?;
    if let Some(user) = user {
        session::show_user(&mut state, &user)?;
    }
    Ok(Some(Stored { state, expires_at }))
}

fn insert(tx: &mut Tx<'_>, hash: &str, state: &State, idle: Duration) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(sessions::table)
        .values((
            sessions::key_hash.eq(hash),
            sessions::state.eq(as_json(state)),
            sessions::user_id.eq(session::user_id_in(state)),
            sessions::created_at.eq(now),
            sessions::expires_at.eq(now.plus(idle)),
        ))
        .execute(conn))?;
    Ok(())
}

fn update(tx: &mut Tx<'_>, hash: &str, state: &State) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(sessions::table.find(hash))
        .set((sessions::state.eq(as_json(state)), sessions::user_id.eq(session::user_id_in(state))))
        .execute(conn))?;
    Ok(())
}

fn push_back(tx: &mut Tx<'_>, hash: &str, idle: Duration) -> Result<(), DbError> {
    let expires_at = tx.now().plus(idle);
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

fn as_json(state: &State) -> Value {
    Value::Object(
        session::kept(state)
            .map(|(key, value)| (key.clone(), Value::String(value.clone())))
            .collect(),
    )
}
