//! Tests of several processes on one database: each finds the work of the others.

use std::time::{Duration, Instant};

use serde_json::json;
use unicom_core::PipelineOptions;
use unicom_db::DatabaseOptions;
use unicom_models::RequestStatus;
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::Visitor;

use crate::fixture::{Fixture, bots};
use crate::pipeline::{Running, quick, until};

both_engines! {
    fn requests_of_another_process_are_processed(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let other = db.connect_with(DatabaseOptions::default());
        let _running = Running::start(&other, bots(), quick());
        let message = site.say(&Visitor::guest("4f3c"), "hello");
        until("it is answered", || site.request_of(&message).status == RequestStatus::Completed);
    }
}

/// Tests that processes on PostgreSQL notify each other instead of waiting for the poll.
#[cfg(feature = "postgres")]
#[test]
fn postgres_processes_notify_each_other() {
    let Some(db) = TestDatabase::postgres(&[&unicom_db::MIGRATIONS]) else {
        return;
    };
    let site = Fixture::with(db.database(), json!({"bot": "echo"}));
    let other = db.connect_with(DatabaseOptions::default());
    let options = PipelineOptions {
        poll: Duration::from_secs(3600),
        ..quick()
    };
    let _running = Running::start(&other, bots(), options);
    let visitor = Visitor::guest("4f3c");
    for number in 0..5 {
        // Listening starts in the background, followed by a search for what was written before.
        let message = site.say(&visitor, &number.to_string());
        let begun = Instant::now();
        until("it is answered", || {
            site.request_of(&message).status == RequestStatus::Completed
        });
        println!("answered after {:?}", begun.elapsed());
    }
}
