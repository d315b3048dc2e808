//! `Insert`: inserts several rows of any table with one statement.

use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};
use unicom_db::tables::Table;
use unicom_db::{Db, on_engine};

use super::value::{BindsValues, Value};

/// Maximum number of values bound to one statement. SQLite allows 32,766 and PostgreSQL 65,535;
/// larger statements are not faster.
const VALUES: usize = 2000;

/// Returns how many rows of a table fit into one statement.
pub(super) fn rows_at_once(table: &Table) -> usize {
    (VALUES / table.columns().len().max(1)).max(1)
}

/// Inserts the rows.
pub(super) fn insert(db: &mut Db, table: &Table, rows: &[Vec<Value>]) -> QueryResult<usize> {
    on_engine!(db, conn => Insert { table, rows }.execute(conn))
}

/// An `INSERT` that is prepared once for each table and number of rows, as diesel identifies
/// statements without a query id by their text.
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
        pass.push_identifier(self.table.name())?;
        for (index, column) in self.table.columns().iter().enumerate() {
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
