//! `statement!`: SQL that is sent so often that its text is written out.
//!
//! diesel keeps SELECTs and INSERTs prepared. An UPDATE of its own it prepares anew each time, since its text may depend
//! on what is set; that takes SQLite longer than running it, and PostgreSQL a round trip more. A statement of this macro
//! has one text, and is prepared once for each connection.

/// Declares a statement: pieces of SQL, each followed by the value that is bound after it.
macro_rules! statement {
    (
        $(#[$meta:meta])*
        struct $name:ident<'a> { $($sql:literal $field:ident: $type:ty as $sql_type:ty,)+ } $end:literal
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
pub(crate) use statement;
