//! What the database holds: the number of rows of each table, and all of it as text.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use unicom_db::{Db, DbError, on_engine};

use crate::app::TestApp;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl TestApp {
    /// The number of rows of each table.
    pub async fn counts(&self) -> BTreeMap<String, usize> {
        let all = self.rows().await.into_iter();
        all.map(|(table, rows)| (table, rows.len())).collect()
    }

    /// The number of rows of one table.
    pub async fn count(&self, table: &str) -> usize {
        self.rows().await[table].len()
    }

    /// Every row of every table, as text in the engine's own form.
    pub async fn rows(&self) -> BTreeMap<String, Vec<String>> {
        self.database().read(all_rows).await.unwrap()
    }

    /// Waits until the pipeline has nothing left to do, and nothing is about to change any more.
    pub async fn settled(&self) {
        Self::wait_for("an idle pipeline", async || {
            let query = "SELECT count(*) AS number FROM unicom_requests WHERE due_at IS NOT NULL";
            (self.number(query).await == 0).then_some(())
        })
        .await;
    }

    /// The result of a query for one number, `number`.
    pub async fn number(&self, query: &str) -> i64 {
        let query = query.to_owned();
        let found = self.database().read(move |db| -> Result<Number, DbError> {
            Ok(on_engine!(db, conn => diesel::sql_query(query).get_result(conn))?)
        });
        found.await.unwrap().number
    }
}

fn all_rows(db: &mut Db) -> Result<BTreeMap<String, Vec<String>>, DbError> {
    let tables = match db {
        Db::Sqlite(_) => {
            "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name LIKE 'unicom%'"
        }
        Db::Postgres(_) => "SELECT tablename AS line FROM pg_tables WHERE tablename LIKE 'unicom%'",
    };
    let mut all = BTreeMap::new();
    for table in lines(db, tables.to_owned())? {
        let row = match db {
            Db::Sqlite(_) => {
                let columns = format!("SELECT name AS line FROM pragma_table_info('{table}')");
                let quoted = lines(db, columns)?
                    .into_iter()
                    .map(|column| format!("quote({column})"));
                quoted.collect::<Vec<_>>().join(" || ' ' || ")
            }
            Db::Postgres(_) => "t::text".to_owned(),
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
