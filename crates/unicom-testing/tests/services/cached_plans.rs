//! Tests that statements which PostgreSQL planned while the tables were small read no whole tables
//! later.

use std::time::Duration;

use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl};
use serde_json::json;
use unicom_core::PipelineOptions;
use unicom_db::queries::queue;
use unicom_db::{Db, on_engine};
use unicom_testing::TestDatabase;
use unicom_webchat::{NewMessage, Visitor, store_webchat_message};

use crate::fixture::{Fixture, bots};
use crate::pipeline::{Running, quick, until};

#[derive(QueryableByName)]
struct Read {
    #[diesel(sql_type = Text)]
    relname: String,
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

const GUESTS: usize = 20;

/// Lets all guests write at the same time, several times, until everything is answered.
fn converse(site: &Fixture) {
    for _ in 0..8 {
        let sent: Vec<_> = (0..GUESTS)
            .map(|guest| {
                let (guest, text) = (Visitor::guest(guest.to_string()), NewMessage::text("hi"));
                store_webchat_message(&site.database, None, guest, text)
            })
            .collect();
        for sent in sent {
            sent.wait().unwrap();
        }
        let is_done = || {
            site.database
                .read(queue::next_due)
                .wait()
                .unwrap()
                .is_none()
        };
        until("all are answered", is_done);
    }
}

#[test]
fn plans_of_small_tables_read_no_large_ones() {
    let Some(db) = TestDatabase::postgres(&[&unicom_db::MIGRATIONS]) else {
        return;
    };
    let mut conn = Db::connect(db.url()).unwrap();
    let execute = |conn: &mut Db, sql: &str| {
        on_engine!(conn, conn => diesel::sql_query(sql).execute(conn)).unwrap();
    };
    let rows_read = |conn: &mut Db| {
        // Connections that are idle report what they have read within a second.
        std::thread::sleep(Duration::from_millis(1_500));
        let sql = "SELECT relname::text, seq_tup_read AS rows FROM pg_stat_user_tables ORDER BY 1";
        let read: Vec<Read> = on_engine!(conn, conn => diesel::sql_query(sql).load(conn)).unwrap();
        read
    };
    let site = Fixture::with(db.database(), json!({"bot": "echo"}));
    execute(&mut conn, "ANALYZE");
    let options = PipelineOptions {
        poll: Duration::from_secs(3600),
        ..quick()
    };
    let _running = Running::start(&site.database, bots(), options);
    converse(&site);
    let before = rows_read(&mut conn);
    converse(&site);
    let mut read = rows_read(&mut conn);
    for (after, before) in read.iter_mut().zip(before) {
        after.rows -= before.rows;
    }
    for table in read {
        let name = table.relname;
        assert_eq!(
            table.rows, 0,
            "rows of {name} that were read without an index"
        );
    }
}
