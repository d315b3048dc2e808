//! `Cached`: a statement that is prepared once for each connection and kept.
//!
//! diesel keeps SELECTs and INSERTs by itself. An UPDATE it prepares anew each time, since some updates have a text that
//! depends on what is set; preparing one takes SQLite longer than running it, and PostgreSQL a round trip more.

use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;

/// A statement that is kept prepared, under its text. Only for one whose text is always the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cached<Q>(Q);

/// Has a statement kept prepared.
pub(crate) trait Cache: Sized {
    /// The same statement, kept prepared. Its text must depend on nothing that is bound.
    fn cached(self) -> Cached<Self>;
}

impl<Q> Cache for Q {
    fn cached(self) -> Cached<Self> {
        Cached(self)
    }
}

impl<Q> QueryId for Cached<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q, DB> QueryFragment<DB> for Cached<Q>
where
    DB: Backend,
    Q: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q: Query> Query for Cached<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, Conn> RunQueryDsl<Conn> for Cached<Q> {}
