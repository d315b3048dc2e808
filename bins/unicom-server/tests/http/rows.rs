//! Queries of the database: the number of rows of each table, and all rows as text.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use unicom_db::{DbError, on_engine};
use unicom_testing::all_rows;

use crate::app::TestApp;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = BigInt)]
    claim: i64,
}

/// How long the claim of a chat without an open request may take: one transaction.
const LONGER_THAN_A_CLAIM: Duration = Duration::from_secs(3);

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

    /// Waits until the pipeline has no work left.
    ///
    /// A chat that was merged is claimed once more, although no request is open. Its lease is due
    /// when the claim ends, and looks like one that waits for a clock that may stand still; only
    /// the latter stays as it is.
    pub async fn settled(&self) {
        let mut unchanged = (Vec::new(), Instant::now());
        Self::wait_for("an idle pipeline", async || {
            let query = "SELECT count(*) AS number FROM unicom_requests WHERE due_at IS NOT NULL";
            let is_open = self.number(query).await > 0;
            let waiting = self.leases_of_requests().await;
            if is_open || waiting != unchanged.0 {
                unchanged = (waiting, Instant::now());
            }
            let is_idle = unchanged.0.is_empty() || unchanged.1.elapsed() > LONGER_THAN_A_CLAIM;
            (!is_open && is_idle).then_some(())
        })
        .await;
    }

    /// Returns the key and the number of the claim of each chat that has or had work.
    async fn leases_of_requests(&self) -> Vec<(String, i64)> {
        let found = self.database().read(|db| -> Result<Vec<Held>, DbError> {
            let query = "SELECT key, claim FROM unicom_leases \
                WHERE kind = 'requests' AND due_at IS NOT NULL ORDER BY key";
            Ok(on_engine!(db, conn => diesel::sql_query(query).load(conn))?)
        });
        let leases = found.await.unwrap().into_iter();
        leases.map(|lease| (lease.key, lease.claim)).collect()
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
