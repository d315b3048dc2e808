//! Checks of the database itself after the visitors are done.

use std::collections::HashMap;
use std::thread;
use std::time::{Duration, Instant};

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use unicom_bench::interrupt;
use unicom_bench::scratch_db::ScratchDb;
use unicom_db::{Db, on_engine};
use unicom_models::RequestStatus;
use unicom_models::schema::{unicom_messages as messages, unicom_requests as requests};

use crate::row::Row;

/// How long the server may process requests after the last send. The claim of a killed server lasts
/// ten seconds, and the chat's other requests wait behind it.
const PATIENCE: Duration = Duration::from_secs(90);

/// The pause between two checks for open requests.
const PAUSE: Duration = Duration::from_millis(20);

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Waits until no request is open, for at most 90 seconds.
pub fn settle(scratch_db: &ScratchDb) -> anyhow::Result<()> {
    settle_within(scratch_db, PATIENCE)
}

/// Waits until no request is open, for at most `patience`.
pub fn settle_within(scratch_db: &ScratchDb, patience: Duration) -> anyhow::Result<()> {
    let mut db = scratch_db.connection()?;
    let deadline = Instant::now() + patience;
    let mut is_open = true;
    while is_open && Instant::now() < deadline {
        interrupt::check()?;
        thread::sleep(PAUSE);
        is_open = on_engine!(&mut db, conn => diesel::select(exists(
            requests::table.filter(requests::due_at.is_not_null()),
        ))
        .get_result(conn))?;
    }
    Ok(())
}

/// The results of checking a database that no server is using.
#[derive(Debug, Default)]
pub struct Books {
    /// The number of messages sent by clients.
    pub messages: u64,
    /// The number of client message ids that are stored more than once. In a trial, every message
    /// has a different one.
    pub twice: u64,
    /// The number of requests that are not COMPLETED.
    pub stuck: u64,
    /// The number of messages sent by clients that have no request.
    pub without_request: u64,
    /// The findings of SQLite's `integrity_check` and `foreign_key_check`.
    pub damage: Vec<String>,
}

impl Books {
    /// Adds the results of another database.
    pub fn add(&mut self, other: Self) {
        self.messages += other.messages;
        self.twice += other.twice;
        self.stuck += other.stuck;
        self.without_request += other.without_request;
        self.damage.extend(other.damage);
    }

    pub fn rows(&self) -> Vec<Row> {
        vec![
            Row::info("messages in the database", self.messages),
            Row::none(
                "of these, more than one with the same `client_message_id`",
                self.twice,
            ),
            Row::none("of these, without a request", self.without_request),
            Row::none("requests stuck: not COMPLETED", self.stuck),
            Row::none(
                "lines of SQLite's `integrity_check` and `foreign_key_check`",
                self.damage.len() as u64,
            ),
        ]
    }

    pub fn read(scratch_db: &ScratchDb) -> anyhow::Result<Self> {
        let mut db = scratch_db.connection()?;
        let messages: i64 = on_engine!(&mut db, conn => messages::table
            .filter(messages::client_message_id.is_not_null())
            .count()
            .get_result(conn))?;
        let stuck: i64 = on_engine!(&mut db, conn => requests::table
            .filter(requests::status.ne(RequestStatus::Completed))
            .count()
            .get_result(conn))?;
        Ok(Self {
            messages: messages.unsigned_abs(),
            twice: count(
                &mut db,
                "SELECT count(*) AS count FROM (SELECT client_message_id FROM unicom_messages \
                 WHERE client_message_id IS NOT NULL GROUP BY client_message_id HAVING count(*) > 1) AS twice",
            )?,
            stuck: stuck.unsigned_abs(),
            without_request: count(
                &mut db,
                "SELECT count(*) AS count FROM unicom_messages AS message \
                 WHERE client_message_id IS NOT NULL AND NOT EXISTS \
                 (SELECT 1 FROM unicom_requests AS request WHERE request.message_id = message.id)",
            )?,
            damage: damage(&mut db)?,
        })
    }
}

/// Returns the findings of SQLite's own checks. Returns nothing on PostgreSQL, which has no such
/// checks.
pub fn damage(db: &mut Db) -> anyhow::Result<Vec<String>> {
    let Db::Sqlite(conn) = db else {
        return Ok(Vec::new());
    };
    let integrity =
        "SELECT integrity_check AS line FROM pragma_integrity_check WHERE integrity_check <> 'ok'";
    let foreign_keys = "SELECT \"table\" || ' refers to a missing ' || parent AS line FROM pragma_foreign_key_check";
    let mut found = Vec::new();
    for check in [integrity, foreign_keys] {
        let lines: Vec<Line> = diesel::sql_query(check).load(conn)?;
        found.extend(lines.into_iter().map(|line| line.line));
    }
    Ok(found)
}

/// Returns the client message ids, each with the storage key of the message's file.
pub fn client_ids(db: &mut Db) -> QueryResult<HashMap<String, Option<String>>> {
    let stored: Vec<(Option<String>, Option<String>)> = on_engine!(db, conn => messages::table
        .filter(messages::client_message_id.is_not_null())
        .select((messages::client_message_id, messages::media_key))
        .load(conn))?;
    Ok(stored
        .into_iter()
        .filter_map(|(id, key)| Some((id?, key)))
        .collect())
}

fn count(db: &mut Db, sql: &str) -> QueryResult<u64> {
    let found: Count = on_engine!(db, conn => diesel::sql_query(sql).get_result(conn))?;
    Ok(found.count.unsigned_abs())
}
