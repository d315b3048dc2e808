//! The complete content of a database as text, for tests that check what must not be stored.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::Text;
use unicom_db::{Db, DbError, Engine, on_engine};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Returns every row of unicom's tables, by table, as text in the form of the engine.
///
/// # Errors
/// [`DbError`] if the database fails.
pub fn all_rows(db: &mut Db) -> Result<BTreeMap<String, Vec<String>>, DbError> {
    let tables = match db.engine() {
        Engine::Sqlite => {
            "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name LIKE 'unicom%'"
        }
        Engine::Postgres => {
            "SELECT tablename AS line FROM pg_tables WHERE tablename LIKE 'unicom%'"
        }
    };
    let mut all = BTreeMap::new();
    for table in lines(db, tables.to_owned())? {
        let row = match db.engine() {
            Engine::Sqlite => {
                let columns = format!("SELECT name AS line FROM pragma_table_info('{table}')");
                let quoted = lines(db, columns)?
                    .into_iter()
                    .map(|column| format!("quote({column})"));
                quoted.collect::<Vec<_>>().join(" || ' ' || ")
            }
            Engine::Postgres => "t::text".to_owned(),
        };
        let mut rows = lines(db, format!("SELECT {row} AS line FROM {table} AS t"))?;
        rows.sort();
        all.insert(table, rows);
    }
    Ok(all)
}

fn lines(db: &mut Db, query: String) -> Result<Vec<String>, DbError> {
    let rows: Vec<Row> = on_engine!(db, conn => diesel::sql_query(query).load(conn))?;
    Ok(rows.into_iter().map(|row| row.line).collect())
}
