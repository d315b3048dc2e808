//! `ReadCache`: what a connection to SQLite has read, until somebody commits.
//!
//! SQLite tells a connection at little cost whether another one, of this process or of any other, has committed since it
//! last asked. As long as none has, what was read is what would be read.

use std::any::{Any, TypeId};
use std::collections::HashMap;

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;

use crate::{Db, DbError};

/// Results that one connection remembers at the most: some hundred kilobytes.
const MAX_ENTRIES: usize = 1024;

/// What one connection has read since the last commit that it knows of.
#[derive(Default)]
pub(crate) struct ReadCache {
    version: i64,
    results: HashMap<(TypeId, String), Box<dyn Any + Send>>,
}

impl ReadCache {
    /// What was read under this key; none where that was before the last commit.
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
        // A key of another type is another key.
        let found = self.results.get(&(TypeId::of::<T>(), key.to_owned()));
        Ok(found.and_then(|result| result.downcast_ref::<T>().cloned()))
    }

    /// Remembers what was read after [`ReadCache::get`] had found nothing. A commit in between counts as one after it.
    pub fn insert<T: Send + 'static>(&mut self, key: String, result: T) {
        if self.results.len() >= MAX_ENTRIES {
            self.results.clear();
        }
        self.results
            .insert((TypeId::of::<T>(), key), Box::new(result));
    }
}

/// A number that is another one after every commit of another connection. Numbers of two connections say nothing about
/// each other. The caller's connections are on SQLite.
fn version(db: &mut Db) -> Result<i64, DbError> {
    match db {
        Db::Sqlite(conn) => Ok(DataVersion.get_result(conn)?),
        Db::Postgres(_) => Err(DbError::Closed),
    }
}

/// The question, prepared once for each connection.
#[derive(QueryId)]
struct DataVersion;

impl Query for DataVersion {
    type SqlType = BigInt;
}

impl QueryFragment<Sqlite> for DataVersion {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        pass.push_sql("PRAGMA data_version");
        Ok(())
    }
}

impl RunQueryDsl<SqliteConnection> for DataVersion {}
