//! Tests of the request queue: order, one request at a time for each chat, leases, attempts.

use std::time::Duration;

use serde_json::json;
use unicom_db::queries::{queue, requests};
use unicom_models::{Request, RequestStatus};
use unicom_testing::{TestClock, TestDatabase, both_engines};
use unicom_webchat::Visitor;

use crate::fixture::Fixture;

const LEASE: Duration = Duration::from_secs(10);

impl Fixture {
    fn end(&self, request: &Request, status: RequestStatus) -> bool {
        let mut request = request.clone();
        self.write(move |tx| {
            request.reach(status, tx.now());
            Ok(queue::finish(tx, &request)?)
        })
    }

    fn now_of(&self, request: &Request) -> Request {
        let id = request.id;
        self.read(move |db| requests::get(db, id)).unwrap()
    }
}

/// Creates a site whose clock stands still.
fn frozen(db: &TestDatabase) -> (Fixture, TestClock) {
    let clock = TestClock::new();
    let site = Fixture::with(&db.connect_with(clock.options()), json!({}));
    (site, clock)
}

fn lines(requests: &[Request]) -> Vec<&str> {
    requests
        .iter()
        .map(|request| request.display_text.as_str())
        .collect()
}

both_engines! {
    fn requests_of_a_chat_are_claimed_one_at_a_time_in_order(db: &TestDatabase) {
        let (site, clock) = frozen(db);
        for text in ["a1", "a2", "a3"] {
            site.say(&Visitor::guest("a"), text);
        }
        site.say(&Visitor::guest("b"), "b1");
        clock.advance(Duration::from_secs(1));
        let mut seen = Vec::new();
        for expected in [vec!["a1", "b1"], vec!["a2"], vec!["a3"], vec![]] {
            let claimed = site.claim(10, LEASE);
            assert_eq!(lines(&claimed), expected);
            assert!(site.claim(10, LEASE).is_empty(), "claimed twice");
            for request in &claimed {
                assert_eq!(request.attempts, 1);
                assert!(site.end(request, RequestStatus::Completed));
            }
            seen.extend(claimed);
        }
        assert_eq!(seen.len(), 4);
        for request in seen {
            let request = site.now_of(&request);
            assert_eq!(request.status, RequestStatus::Completed);
            assert_eq!((request.completed_at, request.due_at), (Some(clock.now()), None));
        }
    }

    fn earliest_requests_are_claimed_up_to_the_limit(db: &TestDatabase) {
        let (site, clock) = frozen(db);
        for guest in ["a", "b", "c"] {
            site.say(&Visitor::guest(guest), guest);
            clock.advance(Duration::from_millis(1));
        }
        assert_eq!(lines(&site.claim(2, LEASE)), ["a", "b"]);
        assert_eq!(lines(&site.claim(2, LEASE)), ["c"]);
        // All leases run out. `a`, which was written first, becomes due again after `d`, which was
        // written last.
        clock.advance(2 * LEASE);
        site.say(&Visitor::guest("d"), "d");
        let again = site.claim(1, LEASE).remove(0);
        assert_eq!(again.display_text, "a");
        let due = clock.now().plus(LEASE);
        assert!(site.write(move |tx| Ok(queue::requeue(tx, &again, due)?)));
        clock.advance(2 * LEASE);
        assert_eq!(lines(&site.claim(4, LEASE)), ["b", "c", "d", "a"]);
    }

    fn expired_claim_is_taken_over(db: &TestDatabase) {
        let (site, clock) = frozen(db);
        site.say(&Visitor::guest("a"), "a1");
        let late = site.claim(1, LEASE).remove(0);
        clock.advance(LEASE - Duration::from_micros(1));
        assert!(site.claim(1, LEASE).is_empty());
        clock.advance(Duration::from_micros(1));
        let taken_over = site.claim(1, LEASE).remove(0);
        assert_eq!((taken_over.id, taken_over.attempts), (late.id, 2));

        assert!(!site.end(&late, RequestStatus::Completed));
        let held = late.clone();
        let refused: Vec<bool> = site.write(move |tx| Ok(vec![
            queue::renew(tx, &held, LEASE)?,
            queue::save_progress(tx, &held)?,
            queue::requeue(tx, &held, tx.now())?,
            queue::finish(tx, &held)?,
        ]));
        assert_eq!(refused, [false; 4]);
        assert_eq!(site.now_of(&late), taken_over);
        assert!(site.end(&taken_over, RequestStatus::Completed));
        assert!(!site.end(&taken_over, RequestStatus::Failed), "ended already");
    }

    fn renewed_claim_does_not_expire(db: &TestDatabase) {
        let (site, clock) = frozen(db);
        site.say(&Visitor::guest("a"), "a1");
        let request = site.claim(1, LEASE).remove(0);
        for _ in 0..3 {
            clock.advance(LEASE / 2);
            let held = request.clone();
            assert!(site.write(move |tx| Ok(queue::renew(tx, &held, LEASE)?)));
            assert!(site.claim(1, LEASE).is_empty());
        }
    }

    fn failed_attempt_is_delayed_and_keeps_its_position(db: &TestDatabase) {
        let (site, clock) = frozen(db);
        site.say(&Visitor::guest("a"), "a1");
        site.say(&Visitor::guest("a"), "a2");
        clock.advance(Duration::from_secs(1));
        let request = site.claim(1, LEASE).remove(0);
        let mut held = request.clone();
        assert!(site.write(move |tx| {
            held.reach(RequestStatus::Queued, tx.now());
            held.error = Some("no answer".to_owned());
            let due = tx.now().plus(Duration::from_secs(5));
            Ok(queue::requeue(tx, &held, due)?)
        }));
        let waiting = site.now_of(&request);
        assert_eq!(waiting.status, RequestStatus::Queued);
        assert_eq!(waiting.error.as_deref(), Some("no answer"));
        // The next request of the chat does not overtake it.
        assert!(site.claim(10, LEASE).is_empty());
        clock.advance(Duration::from_secs(5));
        let again = site.claim(10, LEASE);
        assert_eq!(lines(&again), ["a1"]);
        assert_eq!(again[0].attempts, 2);
        assert!(site.end(&again[0], RequestStatus::Completed));
    }

    fn failed_request_unblocks_the_next_and_can_be_retried(db: &TestDatabase) {
        let (site, clock) = frozen(db);
        site.say(&Visitor::guest("a"), "a1");
        site.say(&Visitor::guest("a"), "a2");
        clock.advance(Duration::from_secs(1));
        let request = site.claim(1, LEASE).remove(0);
        let mut held = request.clone();
        held.error = Some("no bot".to_owned());
        assert!(site.end(&held, RequestStatus::Failed));
        let failed = site.now_of(&request);
        assert_eq!((failed.status, failed.failed_at), (RequestStatus::Failed, Some(clock.now())));
        assert_eq!(failed.error.as_deref(), Some("no bot"));
        let next = site.claim(10, LEASE);
        assert_eq!(lines(&next), ["a2"]);
        assert!(site.end(&next[0], RequestStatus::Completed));

        let id = request.id;
        assert!(site.write(move |tx| Ok(queue::retry(tx, id)?)));
        assert!(!site.write(move |tx| Ok(queue::retry(tx, id)?)), "not failed any more");
        assert_eq!(lines(&site.claim(10, LEASE)), ["a1"]);
    }

    fn retried_request_waits_for_the_claimed_one(db: &TestDatabase) {
        let (site, clock) = frozen(db);
        site.say(&Visitor::guest("a"), "a1");
        site.say(&Visitor::guest("a"), "a2");
        clock.advance(Duration::from_secs(1));
        let first = site.claim(1, LEASE).remove(0);
        assert!(site.end(&first, RequestStatus::Failed));
        let second = site.claim(1, LEASE).remove(0);
        let id = first.id;
        assert!(site.write(move |tx| Ok(queue::retry(tx, id)?)));
        assert!(site.claim(10, LEASE).is_empty(), "two of one chat at a time");
        assert!(site.end(&second, RequestStatus::Completed));
        assert_eq!(lines(&site.claim(10, LEASE)), ["a1"]);
    }

    fn claim_from_before_a_retry_is_rejected(db: &TestDatabase) {
        let (site, clock) = frozen(db);
        site.say(&Visitor::guest("a"), "a1");
        let old = site.claim(1, LEASE).remove(0);
        clock.advance(LEASE);
        let failing = site.claim(1, LEASE).remove(0);
        assert!(site.end(&failing, RequestStatus::Failed));
        let id = old.id;
        assert!(site.write(move |tx| Ok(queue::retry(tx, id)?)));
        assert!(!site.end(&failing, RequestStatus::Completed), "no worker holds it now");
        let new = site.claim(1, LEASE).remove(0);
        assert_eq!((new.attempts, new.attempts_before), (3, 2), "attempts count anew, their numbers go on");
        assert!(!site.end(&old, RequestStatus::Completed));
        assert!(!site.end(&failing, RequestStatus::Completed));
        assert_eq!(site.now_of(&new), new);
    }

    fn reply_token_is_valid_for_one_attempt(db: &TestDatabase) {
        let (site, clock) = frozen(db);
        site.say(&Visitor::guest("a"), "a1");
        let first = site.claim(1, LEASE).remove(0);
        let (id, held) = (first.id, first.clone());
        assert!(site.write(move |tx| Ok(queue::set_reply_token(tx, &held, "hash")?)));
        assert!(site.read(move |db| queue::by_reply_token(db, id, "hash")).is_some());
        clock.advance(LEASE);
        let second = site.claim(1, LEASE).remove(0);
        assert!(site.write(move |tx| Ok(queue::save_progress(tx, &second)?)));
        assert!(site.read(move |db| queue::by_reply_token(db, id, "hash")).is_none());
        let late = first.clone();
        assert!(!site.write(move |tx| Ok(queue::set_reply_token(tx, &late, "hash")?)));
    }

    fn many_workers_claim_each_request_once(db: &TestDatabase) {
        let site = Fixture::new(db);
        for number in 0..40 {
            site.say(&Visitor::guest((number % 20).to_string()), &number.to_string());
        }
        let other = db.connect_with(unicom_db::DatabaseOptions::default());
        let workers: Vec<_> = (0..8).map(|number| {
            let database = if number % 2 == 0 { site.database.clone() } else { other.clone() };
            let site = Fixture { database, ..site.clone() };
            std::thread::spawn(move || {
                let mut done = Vec::new();
                for _ in 0..200 {
                    for request in site.claim(3, LEASE) {
                        assert!(site.end(&request, RequestStatus::Completed));
                        done.push(request.id);
                    }
                    if site.read(queue::next_due).is_none() { break }
                }
                done
            })
        }).collect();
        let mut done: Vec<_> = workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect();
        done.sort();
        let all = done.len();
        done.dedup();
        assert_eq!((all, done.len()), (40, 40));
    }

    fn expired_claim_behind_another_request_does_not_block_the_chat(db: &TestDatabase) {
        let (site, clock) = frozen(db);
        site.say(&Visitor::guest("a"), "a1");
        site.say(&Visitor::guest("a"), "a2");
        clock.advance(Duration::from_secs(1));
        let first = site.claim(1, LEASE).remove(0);
        assert!(site.end(&first, RequestStatus::Failed));
        assert_eq!(lines(&site.claim(1, LEASE)), ["a2"]);
        let id = first.id;
        assert!(site.write(move |tx| Ok(queue::retry(tx, id)?)));
        // The worker of `a2` is gone and does not renew its lease.
        clock.advance(LEASE);
        let again = site.claim(10, LEASE);
        assert_eq!(lines(&again), ["a1"]);
        assert!(site.end(&again[0], RequestStatus::Completed));
        // It became due when the previous request ended.
        assert_eq!(lines(&site.claim(10, LEASE)), ["a2"]);
    }
}
