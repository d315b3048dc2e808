//! Tests that a clock which was ahead and is set back holds up nothing.

use std::time::Duration;

use serde_json::json;
use unicom_core::bots::{BotContext, BotError, Outcome};
use unicom_core::platform::DeliveryError;
use unicom_core::{Bots, PipelineOptions};
use unicom_db::queries::clock_jumps;
use unicom_db::queries::leases::{self, LeaseKind};
use unicom_models::RequestStatus;
use unicom_testing::{FakePlatform, TestClock, TestDatabase, both_engines};
use unicom_webchat::Visitor;

use crate::deliveries::fixture::{fake_site, from_anna};
use crate::fixture::{Fixture, bots};
use crate::pipeline::{Running, quick, until};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Returns the site in a process whose clock is this far ahead.
fn ahead(db: &TestDatabase, site: &Fixture, by: Duration) -> Fixture {
    let clock = TestClock::new();
    clock.advance(by);
    Fixture {
        database: db.connect_with(clock.options()),
        ..site.clone()
    }
}

/// Returns the site in a process whose clock is right. On PostgreSQL leases run by that clock too,
/// as those of a server whose clock was wrong and is right again.
fn right(db: &TestDatabase, site: &Fixture) -> Fixture {
    ahead(db, site, Duration::ZERO)
}

fn failing() -> Bots {
    Bots::default().with("echo", |_: BotContext| async {
        Err::<Outcome, _>(BotError::Temporary("down".to_owned()))
    })
}

/// Waits long between attempts, so that a retry would not come within the time of a test.
fn patient() -> PipelineOptions {
    PipelineOptions {
        backoff: Duration::from_secs(600),
        delivery_horizon: DAY,
        ..quick()
    }
}

both_engines! {
    fn requests_that_waited_for_the_future_are_answered(db: &TestDatabase) {
        for by in [HOUR, DAY, DAY * 365] {
            let site = Fixture::with(db.database(), json!({"bot": "echo"}));
            let guest = Visitor::guest(format!("{by:?}"));
            let early = ahead(db, &site, by);
            early.say(&guest, "ahead");
            let running = Running::start(&early.database, failing(), patient());
            until("the attempt has failed", || early.requests().iter().any(|one| one.error.is_some()));
            drop(running);

            let late = right(db, &site);
            late.say(&guest, "right");
            let _running = Running::start(&late.database, bots(), quick());
            until("both are answered", || {
                let of_guest = late.requests();
                of_guest.iter().all(|one| one.status == RequestStatus::Completed)
            });
        }
    }

    fn claim_of_a_process_that_died_in_the_future_ends(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let early = ahead(db, &site, DAY);
        early.say(&Visitor::guest("g"), "hello");
        assert_eq!(early.claim(9, HOUR).len(), 1);
        let late = right(db, &site);
        let _running = Running::start(&late.database, bots(), quick());
        until("it is answered", || late.requests()[0].status == RequestStatus::Completed);
    }

    fn deliveries_that_waited_for_the_future_are_sent(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let early = ahead(db, &site, DAY);
        early.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let message = early.send_out("news");
        let fake = FakePlatform::default();
        fake.fail_next(DeliveryError::Temporary("no network".to_owned()));
        let running = Running::start_with(&early.database, &fake, bots(), patient());
        until("the attempt has failed", || early.delivery(&message).1.is_some());
        drop(running);
        let late = right(db, &site);
        let _running = Running::start_with(&late.database, &fake, bots(), quick());
        late.until_delivery(&message, "sent");
        assert_eq!(fake.delivered().len(), 1);
    }

    fn periodic_tasks_of_the_future_are_due(db: &TestDatabase) {
        let site = Fixture::new(db);
        let early = ahead(db, &site, DAY * 3);
        early.write(|tx| Ok(leases::claim_key(tx, LeaseKind::Housekeeping, "a task", DAY)?.is_some()));
        let late = right(db, &site);
        let claimed = || late.write(|tx| {
            Ok(leases::claim_key(tx, LeaseKind::Housekeeping, "a task", DAY)?.is_some())
        });
        assert!(!claimed());
        late.write(|tx| Ok(clock_jumps::make_due(tx)?));
        assert!(claimed());
    }

    fn waits_that_were_set_by_a_right_clock_stay(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let now = right(db, &site);
        now.say(&Visitor::guest("g"), "hello");
        let running = Running::start(&now.database, failing(), patient());
        until("the attempt has failed", || now.requests()[0].error.is_some());
        drop(running);
        let lease_time = now.database.lease_time();
        assert!(!now.read(move |db| clock_jumps::found(db, lease_time)));
        let before = now.rows();
        assert_eq!(now.write(|tx| Ok(clock_jumps::make_due(tx)?)), 0);
        assert_eq!(now.rows(), before);
    }
}
