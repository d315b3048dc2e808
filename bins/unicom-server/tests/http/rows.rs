//! Queries of the database: the number of rows of each table, and all rows as text.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use unicom_db::queries::queue;
use unicom_db::{DbError, on_engine};
use unicom_testing::all_rows;

use crate::app::TestApp;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl TestApp {
    /// Returns the number of rows of each table.
    pub async fn counts(&self) -> BTreeMap<String, usize> {
        let all = self.rows().await.into_iter();
        all.map(|(table, rows)| (table, rows.len())).collect()
    }

    /// Returns the number of rows of one table.
    pub async fn count(&self, table: &str) -> usize {
        self.rows().await[table].len()
    }

    /// Returns every row of every table, as text in the engine's format, without the leases of
    /// housekeeping, which change by themselves.
    pub async fn rows(&self) -> BTreeMap<String, Vec<String>> {
        let mut rows = self.database().read(all_rows).await.unwrap();
        let leases = rows.get_mut("unicom_leases").unwrap();
        leases.retain(|lease| !lease.contains("housekeeping"));
        rows
    }

    /// Waits until the pipeline has no work left and no more changes are due.
    pub async fn settled(&self) {
        Self::wait_for("an idle pipeline", async || {
            let query = "SELECT count(*) AS number FROM unicom_requests WHERE due_at IS NOT NULL";
            let is_open = self.number(query).await > 0;
            // A chat that was merged is claimed once more, although no request is open. One that
            // is due later waits for a clock that may stand still.
            let next = self.database().read(queue::next_due).await.unwrap();
            let is_due = next.is_some_and(|due| due <= self.database().now());
            (!is_open && !is_due).then_some(())
        })
        .await;
    }

    /// Returns the result of a query for one number, `number`.
    pub async fn number(&self, query: &str) -> i64 {
        let query = query.to_owned();
        let found = self.database().read(move |db| -> Result<Number, DbError> {
            Ok(on_engine!(db, conn => diesel::sql_query(query).get_result(conn))?)
        });
        found.await.unwrap().number
    }
}
