//! Savepoints of the jobs in a batch.
//!
//! The statements are prepared once for each connection, unlike those of diesel's transactions,
//! which a job may still open inside its savepoint.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sqlite::Sqlite;

use crate::{Db, DbError};

/// The statement that sets the savepoint. Like the two below, it has no bound values.
#[derive(QueryId)]
struct Set;

#[derive(QueryId)]
struct RollBack;

#[derive(QueryId)]
struct Release;

macro_rules! text {
    ($name:ident, $sql:literal) => {
        impl QueryFragment<Sqlite> for $name {
            fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
                pass.push_sql($sql);
                Ok(())
            }
        }

        impl RunQueryDsl<SqliteConnection> for $name {}
    };
}

text!(Set, "SAVEPOINT unicom_job");
text!(RollBack, "ROLLBACK TO unicom_job");
text!(Release, "RELEASE unicom_job");

/// Sets the savepoint of a job.
pub(crate) fn set_savepoint(db: &mut Db) -> Result<(), DbError> {
    run(db, Set)
}

/// Undoes the writes of the job.
pub(crate) fn rollback_to_savepoint(db: &mut Db) -> Result<(), DbError> {
    run(db, RollBack)
}

/// Releases the savepoint and keeps the writes since it was set.
pub(crate) fn release_savepoint(db: &mut Db) -> Result<(), DbError> {
    run(db, Release)
}

fn run<S>(db: &mut Db, statement: S) -> Result<(), DbError>
where
    S: QueryFragment<Sqlite> + QueryId + RunQueryDsl<SqliteConnection>,
{
    match db {
        Db::Sqlite(conn) => statement.execute(conn).map(drop)?,
        // Batches exist on SQLite only: on PostgreSQL each job has a transaction.
        Db::Postgres(_) => {}
    }
    Ok(())
}
