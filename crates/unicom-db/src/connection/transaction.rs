//! `Tx`: the proof that a write transaction is open.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use diesel::QueryResult;
use diesel::connection::{
    AnsiTransactionManager, SimpleConnection, TransactionManager, TransactionManagerStatus,
};
use unicom_models::UtcTime;

use crate::{Db, DbError, Event, on_engine};

/// An open write transaction. Whoever has one may write; what it emits is published after the commit.
///
/// It dereferences to [`Db`], so that reads run inside the transaction.
pub struct Tx<'a> {
    db: &'a mut Db,
    now: UtcTime,
    clock: &'a dyn Fn() -> UtcTime,
    events: Vec<Event>,
}

impl<'a> Tx<'a> {
    /// The caller has opened a transaction on `db`.
    pub(crate) fn new(db: &'a mut Db, clock: &'a dyn Fn() -> UtcTime) -> Self {
        Self {
            db,
            now: clock(),
            clock,
            events: Vec::new(),
        }
    }

    /// The application's time when the transaction began. SQL's own `now` is never asked.
    pub fn now(&self) -> UtcTime {
        self.now
    }

    /// Returns the application's time at this moment: later than [`Tx::now`] by what the transaction
    /// has taken so far, which includes its waits for locks.
    pub fn current_time(&self) -> UtcTime {
        (self.clock)()
    }

    /// Tells `event` to all listeners once the transaction is committed.
    pub fn emit(&mut self, event: Event) {
        self.events.push(event);
    }

    pub(crate) fn into_events(self) -> Vec<Event> {
        self.events
    }
}

impl fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx")
            .field("db", &self.db)
            .field("now", &self.now)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

impl Deref for Tx<'_> {
    type Target = Db;

    fn deref(&self) -> &Db {
        self.db
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Db {
        self.db
    }
}

/// What a committed transaction gave, and what it had to tell.
#[derive(Debug)]
pub struct Committed<T> {
    /// What the closure returned.
    pub value: T,
    /// What happened. Hand it to [`Database::publish`](crate::Database::publish) where bots run in this process.
    pub events: Vec<Event>,
}

/// Runs `f` in a write transaction on a connection of the caller's own: all of it is kept, or nothing.
///
/// Inside a transaction that is open already it becomes a savepoint of that one. On SQLite the transaction
/// takes the write lock at once (`BEGIN IMMEDIATE`), so that two of them wait for each other instead of failing.
///
/// # Errors
/// What `f` returns, after a rollback; or why the transaction could not begin or commit.
///
/// ```
/// use unicom_db::{Db, DbError, queries::channels, transaction};
/// # let folder = tempfile::tempdir().unwrap();
/// # let url = format!("sqlite://{}", folder.path().join("host.db").display());
/// let mut db = Db::connect(&url)?;
/// unicom_db::MIGRATIONS.run(&mut db)?;
/// let committed = transaction(&mut db, |tx| {
///     channels::insert(tx, &"WebChat".into(), "Site", &serde_json::json!({}))
/// })?;
/// assert_eq!(committed.value.name, "Site");
/// # Ok::<(), DbError>(())
/// ```
pub fn transaction<T, E: From<DbError>>(
    db: &mut Db,
    f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<Committed<T>, E> {
    begin(db).map_err(DbError::from)?;
    let (result, events) = {
        let mut tx = Tx::new(db, &UtcTime::now);
        let result = catch_unwind(AssertUnwindSafe(|| f(&mut tx)));
        (result, tx.into_events())
    };
    match result {
        Ok(Ok(value)) => {
            commit(db).map_err(DbError::from)?;
            Ok(Committed { value, events })
        }
        Ok(Err(error)) => {
            rollback(db).map_err(DbError::from)?;
            Err(error)
        }
        Err(panic) => {
            // A connection left inside a transaction would swallow whatever is written on it next.
            let _ = rollback(db);
            resume_unwind(panic)
        }
    }
}

/// Begins a write transaction, or a savepoint where one is open.
pub(crate) fn begin(db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Postgres(conn) => AnsiTransactionManager::begin_transaction(conn),
        Db::Sqlite(conn) => match AnsiTransactionManager::transaction_manager_status_mut(conn) {
            TransactionManagerStatus::Valid(status) if status.transaction_depth().is_none() => {
                AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")
            }
            _ => AnsiTransactionManager::begin_transaction(conn),
        },
    }
}

/// Commits the innermost transaction or releases the innermost savepoint.
pub(crate) fn commit(db: &mut Db) -> QueryResult<()> {
    if let Db::Postgres(conn) = db
        && depth_of(conn) == Some(1)
    {
        // PostgreSQL answers the COMMIT of a transaction in which a statement failed with a friendly ROLLBACK.
        // A statement in front of it fails there, in the same trip, and says so.
        return conn.batch_execute("SELECT 1; COMMIT").or_else(|error| {
            AnsiTransactionManager::rollback_transaction(conn)?;
            Err(error)
        });
    }
    on_engine!(db, conn => AnsiTransactionManager::commit_transaction(conn))
}

/// How many transactions and savepoints are open; `None` where the connection has lost count.
pub(crate) fn depth(db: &mut Db) -> Option<u32> {
    on_engine!(db, conn => depth_of(conn))
}

fn depth_of<C>(conn: &mut C) -> Option<u32>
where
    C: diesel::Connection<TransactionManager = AnsiTransactionManager>,
    AnsiTransactionManager: TransactionManager<C>,
{
    match AnsiTransactionManager::transaction_manager_status_mut(conn) {
        TransactionManagerStatus::Valid(status) => {
            Some(status.transaction_depth().map_or(0, u32::from))
        }
        TransactionManagerStatus::InError => None,
    }
}

/// Undoes the innermost transaction or savepoint.
pub(crate) fn rollback(db: &mut Db) -> QueryResult<()> {
    on_engine!(db, conn => AnsiTransactionManager::rollback_transaction(conn))
}
