//! Tests of the queue when a request changes between a worker's search and its action.

use std::time::Duration;

use serde_json::json;
use unicom_db::Event;
use unicom_db::queries::queue::{self, Claim};
use unicom_db::queries::{leases, requests};
use unicom_models::{Request, RequestId, RequestStatus, UtcTime};
use unicom_testing::{TestClock, TestDatabase, both_engines};
use unicom_webchat::Visitor;

use crate::fixture::{Fixture, user};

const LEASE: Duration = Duration::from_secs(10);

/// Longer than a lease.
const LONG: Duration = Duration::from_secs(600);

impl Fixture {
    /// Claims the first request of the only chat with work, if it can be claimed.
    fn claim_one(&self) -> Option<Claim> {
        self.claim(1, LEASE).pop()
    }

    fn finish(&self, claim: &Claim, status: RequestStatus) {
        let Claim { mut request, lease } = claim.clone();
        assert!(self.write(move |tx| {
            request.reach(status, tx.now());
            Ok(queue::finish(tx, &request, Some(&lease))?)
        }));
    }

    fn wait_until(&self, claim: &Claim, due: UtcTime) {
        let mut claim = claim.clone();
        assert!(self.write(move |tx| {
            claim.request.reach(RequestStatus::Queued, tx.now());
            Ok(queue::requeue(tx, &claim, due)?)
        }));
    }

    fn put_back(&self, id: RequestId) -> bool {
        self.write(move |tx| Ok(queue::retry(tx, id)?))
    }

    fn stored(&self, id: RequestId) -> Request {
        self.read(move |db| requests::get(db, id)).unwrap()
    }
}

/// Creates a site whose clock stands still, one second after a guest has written these texts.
fn wrote<const N: usize>(
    db: &TestDatabase,
    texts: [&str; N],
) -> (Fixture, TestClock, [Request; N]) {
    let clock = TestClock::new();
    let site = Fixture::with(&db.connect_with(clock.options()), json!({}));
    let requests = texts.map(|text| site.request_of(&site.say(&Visitor::guest("a"), text)));
    clock.advance(Duration::from_secs(1));
    (site, clock, requests)
}

both_engines! {
    fn claim_blocks_its_chat_until_it_expires(db: &TestDatabase) {
        let (site, clock, [first, second]) = wrote(db, ["a1", "a2"]);
        site.finish(&site.claim_one().unwrap(), RequestStatus::Failed);
        let held = site.claim_one().unwrap();
        assert_eq!(held.request.id, second.id);
        assert!(site.put_back(first.id));
        for status in [RequestStatus::Identifying, RequestStatus::Categorizing, RequestStatus::Processing] {
            let mut held = held.request.clone();
            assert!(site.write(move |tx| {
                held.reach(status, tx.now());
                Ok(queue::save_progress(tx, &held)?)
            }));
            assert!(site.claim_one().is_none(), "{status}");
        }
        clock.advance(LEASE - Duration::from_micros(1));
        assert!(site.claim_one().is_none());
        clock.advance(Duration::from_micros(1));
        assert_eq!(site.claim_one().unwrap().request.id, first.id);
    }

    fn equal_times_are_ordered_by_id(db: &TestDatabase) {
        let clock = TestClock::new();
        let site = Fixture::with(&db.connect_with(clock.options()), json!({}));
        let alice = user("7");
        // Both chats become one, with messages written in each at the same time.
        let mut ids = [Visitor::User(alice.clone()), Visitor::guest("a")]
            .map(|visitor| site.request_of(&site.say(&visitor, "hi")).id);
        site.log_in("a", &alice).unwrap();
        ids.sort();
        let [first, second] = ids.map(|id| site.stored(id));
        assert_eq!((&first.chat_id, first.created_at), (&second.chat_id, second.created_at));
        clock.advance(Duration::from_secs(1));
        let claimed = site.claim(10, LEASE);
        assert_eq!(claimed.iter().map(|one| one.request.id).collect::<Vec<_>>(), [first.id]);
        site.finish(&claimed[0], RequestStatus::Completed);
        assert_eq!(site.claim(10, LEASE)[0].request.id, second.id);
    }

    fn claim_of_a_merged_chat_is_lost_and_its_request_answered_once(db: &TestDatabase) {
        let clock = TestClock::new();
        let site = Fixture::with(&db.connect_with(clock.options()), json!({}));
        let alice = user("7");
        site.say(&Visitor::User(alice.clone()), "of alice");
        let moved = site.request_of(&site.say(&Visitor::guest("a"), "of the guest")).id;
        let held = site.claim(10, LEASE);
        assert_eq!(held.len(), 2);
        site.log_in("a", &alice).unwrap();
        for claim in &held {
            let mut request = site.stored(claim.request.id);
            request.attempts = claim.request.attempts;
            request.reach(RequestStatus::Completed, clock.now());
            let lease = claim.lease.clone();
            assert!(site.write(move |tx| Ok(queue::finish(tx, &request, Some(&lease))?)));
        }
        assert_eq!(site.stored(moved).status, RequestStatus::Completed);
        clock.advance(LEASE);
        assert!(site.claim(10, LEASE).is_empty());
        assert_eq!(site.read(queue::next_due), None);
    }

    fn waiting_for_an_attempt_is_not_shortened_by_new_messages(db: &TestDatabase) {
        let (site, clock, [first]) = wrote(db, ["a1"]);
        let due = clock.now().plus(LONG);
        site.wait_until(&site.claim_one().unwrap(), due);
        site.say(&Visitor::guest("a"), "a2");
        assert!(site.claim_one().is_none());
        assert_eq!(site.read(queue::next_due), Some(due));
        clock.advance(LONG);
        assert_eq!(site.claim_one().unwrap().request.id, first.id);
    }

    fn retried_request_does_not_wait_for_a_later_one(db: &TestDatabase) {
        let (site, clock, [first, second]) = wrote(db, ["a1", "a2"]);
        site.finish(&site.claim_one().unwrap(), RequestStatus::Failed);
        site.wait_until(&site.claim_one().unwrap(), clock.now().plus(LONG));
        assert!(site.put_back(first.id));
        let retried = site.claim_one().unwrap();
        assert_eq!(retried.request.id, first.id);
        site.finish(&retried, RequestStatus::Completed);
        assert!(site.claim_one().is_none(), "the later one keeps waiting");
        clock.advance(LONG);
        assert_eq!(site.claim_one().unwrap().request.id, second.id);
    }

    fn event_is_published_when_a_request_becomes_due(db: &TestDatabase) {
        let (site, _clock, [first, second]) = wrote(db, ["a1", "a2"]);
        let claimed = site.claim_one().unwrap();
        let mut events = site.database.subscribe();
        site.finish(&claimed, RequestStatus::Failed);
        let ready_event = |id| Event::RequestReady { request_id: id };
        assert_eq!(events.try_recv().unwrap(), ready_event(second.id));
        assert!(site.put_back(first.id));
        assert_eq!(events.try_recv().unwrap(), ready_event(first.id));
        assert!(!site.put_back(first.id));
        assert!(events.try_recv().is_err(), "nothing has become due");
    }

    fn work_added_during_a_claim_is_not_lost(db: &TestDatabase) {
        let (site, _clock, [_]) = wrote(db, ["a1"]);
        let held = site.claim_one().unwrap();
        let added = site.request_of(&site.say(&Visitor::guest("a"), "a2")).id;
        // As if the end had not seen the new request: the lease remembers that work was added.
        let lease = held.lease.clone();
        assert!(site.write(move |tx| Ok(leases::finish(tx, &lease, None)?)));
        let mut request = held.request.clone();
        site.write(move |tx| {
            request.reach(RequestStatus::Completed, tx.now());
            Ok(queue::finish(tx, &request, Some(&held.lease))?)
        });
        assert_eq!(site.claim_one().unwrap().request.id, added);
    }

    fn lost_claim_begins_no_attempt(db: &TestDatabase) {
        let (site, clock, [request]) = wrote(db, ["a1"]);
        let late = site.write(|tx| Ok(queue::claim(tx, 1, LEASE)?)).remove(0);
        clock.advance(LEASE);
        let held = site.claim_one().unwrap();
        assert!(site.write(move |tx| Ok(queue::begin_attempt(tx, late)?)).is_none());
        assert_eq!(site.stored(request.id), held.request);
        assert!(site.claim_one().is_none());
    }

    fn ended_or_retried_request_cannot_be_changed_by_an_old_claim(db: &TestDatabase) {
        let (site, _clock, [request]) = wrote(db, ["a1"]);
        let old = site.claim_one().unwrap();
        site.finish(&old, RequestStatus::Failed);
        let refused = |held: &Claim| {
            let (held, before) = (held.clone(), site.stored(held.request.id));
            let held: [bool; 3] = site.write(move |tx| Ok([
                queue::save_progress(tx, &held.request)?,
                queue::set_reply_token(tx, &held.request, "hash")?,
                queue::requeue(tx, &held, tx.now())?,
            ]));
            assert_eq!(held, [false; 3]);
            assert_eq!(site.stored(before.id), before);
        };
        refused(&old);
        assert!(site.put_back(request.id));
        refused(&old);
        let new = site.claim_one().unwrap();
        refused(&old);
        site.finish(&new, RequestStatus::Completed);
        refused(&new);
        assert!(!site.put_back(request.id), "what is answered is not asked again");
    }

    fn reply_token_is_valid_for_its_request_only(db: &TestDatabase) {
        let (site, _clock, [request]) = wrote(db, ["a1"]);
        let held = site.claim_one().unwrap().request;
        let other = site.request_of(&site.say(&Visitor::guest("b"), "b1"));
        assert!(site.write(move |tx| Ok(queue::set_reply_token(tx, &held, "hash")?)));
        let found = |id, hash: &'static str| {
            site.read(move |db| queue::by_reply_token(db, id, hash)).map(|request| request.id)
        };
        assert_eq!(found(request.id, "hash"), Some(request.id));
        assert_eq!(found(request.id, "another"), None);
        assert_eq!(found(other.id, "hash"), None);
    }
}
