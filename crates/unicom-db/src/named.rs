//! `Named`: a query that is found among the prepared ones by its name.
//!
//! diesel finds most queries by their type. Of one with an alias or a nullable table it builds the text each time to look
//! it up, which for a long query takes longer than running it.

use std::marker::PhantomData;

use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;

/// A query with a name. Queries of one name must have one text, whatever is bound.
pub struct Named<Q, Id> {
    query: Q,
    name: PhantomData<Id>,
}

/// Gives a query a name.
pub trait Name: Sized {
    /// The same query, named by a type that no other query has.
    fn named<Id: 'static>(self) -> Named<Self, Id> {
        Named {
            query: self,
            name: PhantomData,
        }
    }
}

impl<Q: Query> Name for Q {}

impl<Q, Id: 'static> QueryId for Named<Q, Id> {
    type QueryId = Named<(), Id>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Q, Id, DB> QueryFragment<DB> for Named<Q, Id>
where
    DB: Backend,
    Q: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.query.walk_ast(pass)
    }
}

impl<Q: Query, Id> Query for Named<Q, Id> {
    type SqlType = Q::SqlType;
}

impl<Q, Id, Conn> RunQueryDsl<Conn> for Named<Q, Id> {}

impl<Q, Id> std::fmt::Debug for Named<Q, Id> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(std::any::type_name::<Id>())
    }
}
