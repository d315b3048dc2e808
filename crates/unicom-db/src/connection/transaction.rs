//! `Tx`: the proof that a write transaction is open.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use diesel::QueryResult;
use diesel::connection::{
    AnsiTransactionManager, SimpleConnection, TransactionManager, TransactionManagerStatus,
};
use unicom_models::UtcTime;

use crate::{Clock, Db, DbError, Event, by_engine, on_engine};

/// An open write transaction. Functions that write require one; the events they emit are published
/// after the commit.
///
/// Dereferences to [`Db`], so that reads run inside the transaction.
pub struct Tx<'a> {
    db: &'a mut Db,
    now: UtcTime,
    clock: &'a Clock,
    events: Vec<Event>,
}

impl<'a> Tx<'a> {
    /// Wraps `db`, on which the caller must have opened a transaction.
    pub(crate) fn new(db: &'a mut Db, clock: &'a Clock) -> Self {
        Self {
            db,
            now: clock.now(),
            clock,
            events: Vec::new(),
        }
    }

    /// Returns the application's time when the transaction began. The clock of the database server
    /// is used for leases only.
    pub fn now(&self) -> UtcTime {
        self.now
    }

    /// Returns the application's current time: later than [`Tx::now`] by the time the transaction
    /// has taken so far, including its waits for locks.
    pub fn current_time(&self) -> UtcTime {
        self.clock.now()
    }

    /// Returns the time of leases. Returns `None` if it is that of the database server when the
    /// transaction began.
    pub(crate) fn lease_time(&self) -> Option<UtcTime> {
        self.clock.lease_time(self.db.engine(), self.now)
    }

    /// Publishes `event` to all listeners once the transaction is committed.
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

/// The result of a committed transaction, and its events.
#[derive(Debug)]
pub struct Committed<T> {
    /// The value that the closure returned.
    pub value: T,
    /// The events of the transaction. Pass them to [`Database::publish`](crate::Database::publish)
    /// if bots run in this process.
    pub events: Vec<Event>,
}

/// Runs `f` in a write transaction on the caller's connection, which is committed as a whole or not
/// at all.
///
/// If a transaction is open already, the new one becomes a savepoint of it. On SQLite, the
/// transaction takes the write lock immediately (`BEGIN IMMEDIATE`), so that concurrent
/// transactions wait for each other instead of failing.
///
/// # Errors
/// Returns the error of `f` after a rollback, or an error if the transaction could not begin or
/// commit.
///
/// ```
/// use diesel::connection::SimpleConnection;
/// use unicom_db::{Db, DbError, lookups, on_engine, transaction};
/// # let folder = tempfile::tempdir().unwrap();
/// # let url = format!("sqlite://{}", folder.path().join("host.db").display());
/// let mut db = Db::connect(&url)?;
/// unicom_db::MIGRATIONS.run(&mut db)?;
/// let committed = transaction(&mut db, |tx| {
///     let order = "CREATE TABLE orders (number INTEGER)";
///     on_engine!(&mut **tx, conn => conn.batch_execute(order))?;
///     // `unicom_webchat::save_webchat_message(tx, …)` stores a message with it.
///     lookups::channels(tx)
/// })?;
/// assert!(committed.value.is_empty());
/// # Ok::<(), DbError>(())
/// ```
pub fn transaction<T, E: From<DbError>>(
    db: &mut Db,
    f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<Committed<T>, E> {
    begin(db).map_err(DbError::from)?;
    let (result, events) = {
        let clock = Clock::default();
        let mut tx = Tx::new(db, &clock);
        let result = catch_unwind(AssertUnwindSafe(|| f(&mut tx)));
        (result, tx.into_events())
    };
    match result {
        Ok(Ok(value)) => {
            commit(db).map_err(DbError::from)?;
            Ok(Committed { value, events })
        }
        Ok(Err(error)) => {
            // If both fail, the error of `f` is the more useful one: SQLite has already rolled back
            // if its disk is full.
            let _ = rollback(db);
            Err(error)
        }
        Err(panic) => {
            // On a connection left inside a transaction, later writes would become part of it.
            let _ = rollback(db);
            resume_unwind(panic)
        }
    }
}

/// Begins a write transaction, or a savepoint if one is open.
pub(crate) fn begin(db: &mut Db) -> QueryResult<()> {
    by_engine!(
        db,
        Postgres(conn) => AnsiTransactionManager::begin_transaction(conn),
        Sqlite(conn) => match AnsiTransactionManager::transaction_manager_status_mut(conn) {
            TransactionManagerStatus::Valid(status) if status.transaction_depth().is_none() => {
                AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")
            }
            _ => AnsiTransactionManager::begin_transaction(conn),
        },
    )
}

/// Commits the innermost transaction or releases the innermost savepoint.
pub(crate) fn commit(db: &mut Db) -> QueryResult<()> {
    by_engine!(db, Postgres(conn) => if depth_of(conn) == Some(1) {
        // If a statement of the transaction has failed, PostgreSQL turns COMMIT into a ROLLBACK
        // without an error. A statement sent before it in the same round trip fails and reports
        // that.
        return conn.batch_execute("SELECT 1; COMMIT").or_else(|error| {
            AnsiTransactionManager::rollback_transaction(conn)?;
            Err(error)
        });
    });
    on_engine!(db, conn => AnsiTransactionManager::commit_transaction(conn))
}

/// Returns how many transactions and savepoints are open, or `None` if diesel has lost track.
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

/// Rolls back the innermost transaction or savepoint.
pub(crate) fn rollback(db: &mut Db) -> QueryResult<()> {
    on_engine!(db, conn => AnsiTransactionManager::rollback_transaction(conn))
}
