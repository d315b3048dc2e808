//! `Insert`: several rows of any table in one statement.

use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

use super::value::{BindsValues, Value};
use crate::tables::Table;
use crate::{Db, on_engine};

/// Values bound to one statement at the most. SQLite takes 32,766 and PostgreSQL 65,535; more than this gains nothing.
const VALUES: usize = 2000;

/// How many rows of a table go into one statement.
pub(super) fn rows_at_once(table: &Table) -> usize {
    (VALUES / table.columns.len().max(1)).max(1)
}

/// Stores these rows.
pub(super) fn insert(db: &mut Db, table: &Table, rows: &[Vec<Value>]) -> QueryResult<usize> {
    on_engine!(db, conn => Insert { table, rows }.execute(conn))
}

/// Prepared once for each table and number of rows: diesel tells statements without an id apart by their text.
struct Insert<'a> {
    table: &'a Table,
    rows: &'a [Vec<Value>],
}

impl QueryId for Insert<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Conn> RunQueryDsl<Conn> for Insert<'_> {}

impl<DB: BindsValues> QueryFragment<DB> for Insert<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        pass.push_sql("INSERT INTO ");
        pass.push_identifier(self.table.name)?;
        for (index, column) in self.table.columns.iter().enumerate() {
            pass.push_sql(if index == 0 { " (" } else { ", " });
            pass.push_identifier(column.name)?;
        }
        pass.push_sql(") VALUES ");
        for (index, row) in self.rows.iter().enumerate() {
            pass.push_sql(if index == 0 { "" } else { ", " });
            for (index, value) in row.iter().enumerate() {
                pass.push_sql(if index == 0 { "(" } else { ", " });
                value.bind(&mut pass)?;
            }
            pass.push_sql(")");
        }
        Ok(())
    }
}
