//! `CachedAs`: queries that diesel finds in its statement cache by a name. Public for the crates of
//! unicom only, and may change in any version.
//!
//! diesel looks up most prepared statements by the type of the query. For a query with an alias or
//! a nullable table it builds the SQL text for every lookup, which takes longer than running the
//! query if the text is long.

use std::marker::PhantomData;

use diesel::RunQueryDsl;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;

/// A query that is cached under the name `Id`. All queries with the same name must have the same
/// SQL text, whatever values are bound.
pub struct CachedAs<Q, Id> {
    query: Q,
    name: PhantomData<Id>,
}

/// Adds [`cached_as`](CachedQuery::cached_as) to queries.
pub trait CachedQuery: Sized {
    /// Names the query by the type `Id`, which no other query may use.
    fn cached_as<Id: 'static>(self) -> CachedAs<Self, Id> {
        CachedAs {
            query: self,
            name: PhantomData,
        }
    }
}

impl<Q: Query> CachedQuery for Q {}

impl<Q, Id: 'static> QueryId for CachedAs<Q, Id> {
    type QueryId = CachedAs<(), Id>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Q, Id, DB> QueryFragment<DB> for CachedAs<Q, Id>
where
    DB: Backend,
    Q: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.query.walk_ast(pass)
    }
}

impl<Q: Query, Id> Query for CachedAs<Q, Id> {
    type SqlType = Q::SqlType;
}

impl<Q, Id, Conn> RunQueryDsl<Conn> for CachedAs<Q, Id> {}

impl<Q, Id> std::fmt::Debug for CachedAs<Q, Id> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(std::any::type_name::<Id>())
    }
}

/// Declares a statement: pieces of SQL, each followed by the value that is bound after it.
macro_rules! cached_sql {
    (
        $(#[$meta:meta])*
        struct $name:ident<'a> { $($sql:literal $field:ident: $type:ty as $sql_type:ty,)+ } $end:expr
    ) => {
        $(#[$meta])*
        struct $name<'a> { $($field: $type),+ }

        impl diesel::query_builder::QueryId for $name<'_> {
            type QueryId = $name<'static>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl<Conn> diesel::RunQueryDsl<Conn> for $name<'_> {}

        impl<'a, DB> diesel::query_builder::QueryFragment<DB> for $name<'a>
        where
            DB: diesel::backend::Backend,
            $($type: diesel::serialize::ToSql<$sql_type, DB>,)+
            $(DB: diesel::sql_types::HasSqlType<$sql_type>,)+
        {
            fn walk_ast<'b>(
                &'b self,
                mut pass: diesel::query_builder::AstPass<'_, 'b, DB>,
            ) -> diesel::QueryResult<()> {
                $(
                    pass.push_sql($sql);
                    pass.push_bind_param::<$sql_type, $type>(&self.$field)?;
                )+
                pass.push_sql($end);
                Ok(())
            }
        }
    };
}
pub(crate) use cached_sql;
