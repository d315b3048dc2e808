//! `ReadCache`: results of reads on a SQLite connection, valid until the next commit.
//!
//! SQLite reports cheaply whether another connection, in this or another process, has committed
//! since the last check. As long as none has, the cached results are current.

use std::any::{Any, TypeId};
use std::collections::HashMap;

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::BigInt;

use crate::{Db, DbError, on_engine};

/// Maximum number of results cached for each connection: some hundred kilobytes.
const MAX_ENTRIES: usize = 1024;

/// The results that one connection has read since the last commit it has seen.
#[derive(Default)]
pub(crate) struct ReadCache {
    version: i64,
    results: HashMap<(TypeId, String), Box<dyn Any + Send>>,
}

impl ReadCache {
    /// Returns the result cached under `key`, or `None` if there is none or it is older than the
    /// last commit.
    pub fn get<T: Clone + 'static>(
        &mut self,
        db: &mut Db,
        key: &str,
    ) -> Result<Option<T>, DbError> {
        let version = version(db)?;
        if version != self.version {
            self.version = version;
            self.results.clear();
        }
        // The type is part of the key.
        let found = self.results.get(&(TypeId::of::<T>(), key.to_owned()));
        Ok(found.and_then(|result| result.downcast_ref::<T>().cloned()))
    }

    /// Caches a result that was read after [`ReadCache::get`] returned `None`. A commit in between
    /// invalidates it, as a later commit would.
    pub fn insert<T: Send + 'static>(&mut self, key: String, result: T) {
        if self.results.len() >= MAX_ENTRIES {
            self.results.clear();
        }
        self.results
            .insert((TypeId::of::<T>(), key), Box::new(result));
    }
}

/// Returns a number that changes with every commit of another connection. The numbers of two
/// connections cannot be compared. Supports SQLite only.
pub(crate) fn version(db: &mut Db) -> Result<i64, DbError> {
    Ok(on_engine!(db, conn => DataVersion.get_result(conn))?)
}

/// The query for the version, prepared once for each connection.
#[derive(QueryId)]
struct DataVersion;

impl Query for DataVersion {
    type SqlType = BigInt;
}

impl<DB: Backend> QueryFragment<DB> for DataVersion {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        pass.push_sql("PRAGMA data_version");
        Ok(())
    }
}

impl<Conn> RunQueryDsl<Conn> for DataVersion {}
