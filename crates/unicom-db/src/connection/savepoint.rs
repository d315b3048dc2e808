//! Savepoints of the jobs in a batch.
//!
//! The statements are prepared once for each connection, unlike those of diesel's transactions,
//! which a job may still open inside its savepoint.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};

use crate::{Db, on_engine};

/// The statement that sets the savepoint. Like the two below, it has no bound values.
#[derive(QueryId)]
struct Set;

#[derive(QueryId)]
struct RollBack;

#[derive(QueryId)]
struct Release;

macro_rules! text {
    ($name:ident, $sql:literal) => {
        impl<DB: Backend> QueryFragment<DB> for $name {
            fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
                pass.push_sql($sql);
                Ok(())
            }
        }

        impl<Conn> RunQueryDsl<Conn> for $name {}
    };
}

text!(Set, "SAVEPOINT unicom_job");
text!(RollBack, "ROLLBACK TO unicom_job");
text!(Release, "RELEASE unicom_job");

/// Sets the savepoint of a job.
pub(crate) fn set_savepoint(db: &mut Db) -> QueryResult<usize> {
    on_engine!(db, conn => Set.execute(conn))
}

/// Undoes the writes of the job.
pub(crate) fn rollback_to_savepoint(db: &mut Db) -> QueryResult<usize> {
    on_engine!(db, conn => RollBack.execute(conn))
}

/// Releases the savepoint and keeps the writes since it was set.
pub(crate) fn release_savepoint(db: &mut Db) -> QueryResult<usize> {
    on_engine!(db, conn => Release.execute(conn))
}
