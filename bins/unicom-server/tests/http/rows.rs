//! What the database holds: the number of rows of each table, and all of it as text.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use unicom_db::{DbError, on_engine};
use unicom_testing::all_rows;

use crate::app::TestApp;

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
