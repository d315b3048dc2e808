//! Tests of the queue when a request changes between a worker's search and its action.

use std::time::Duration;

use serde_json::json;
use unicom_db::Event;
use unicom_db::queries::{queue, requests};
use unicom_models::{ChatId, Request, RequestId, RequestStatus, UtcTime};
use unicom_testing::{TestClock, TestDatabase, both_engines};
use unicom_webchat::Visitor;

use crate::fixture::{Fixture, user};

const LEASE: Duration = Duration::from_secs(10);

/// Longer than any request is deferred.
const LONG: Duration = Duration::from_secs(600);

impl Fixture {
    /// Claims the request like a worker that has just found it in this chat.
    fn claim_one(&self, id: RequestId, chat_id: &ChatId) -> Option<Request> {
        let chat_id = chat_id.clone();
        self.write(move |tx| Ok(queue::claim(tx, id, &chat_id, LEASE)?))
    }

    fn put_off(&self, id: RequestId) {
        self.write(move |tx| Ok(queue::defer(tx, &[id])?));
    }

    fn finish(&self, request: &Request, status: RequestStatus) {
        let mut request = request.clone();
        assert!(self.write(move |tx| {
            request.reach(status, tx.now());
            Ok(queue::finish(tx, &request)?)
        }));
    }

    fn wait_until(&self, request: &Request, due: UtcTime) {
        let mut request = request.clone();
        assert!(self.write(move |tx| {
            request.reach(RequestStatus::Queued, tx.now());
            Ok(queue::requeue(tx, &request, due)?)
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
    fn only_the_first_request_of_a_chat_is_claimed_once(db: &TestDatabase) {
        let (site, _clock, [first, second]) = wrote(db, ["a1", "a2"]);
        let chat = &first.chat_id;
        assert!(site.claim_one(second.id, chat).is_none(), "another one is before it");
        assert!(site.claim_one(first.id, &"webchat_guest_b".into()).is_none(), "it is in another chat");
        let taken = site.claim_one(first.id, chat).unwrap();
        assert_eq!((taken.status, taken.attempts), (RequestStatus::Identifying, 1));
        assert!(site.claim_one(first.id, chat).is_none(), "it is taken");
        assert!(site.claim_one(second.id, chat).is_none(), "the one before it is held");
        site.finish(&taken, RequestStatus::Completed);
        assert!(site.claim_one(first.id, chat).is_none(), "it has ended");
        assert!(site.claim_one(second.id, chat).is_some());
    }

    fn claim_blocks_its_chat_until_it_expires(db: &TestDatabase) {
        let (site, clock, [first, second]) = wrote(db, ["a1", "a2"]);
        let chat = &first.chat_id;
        site.finish(&site.claim_one(first.id, chat).unwrap(), RequestStatus::Failed);
        let held = site.claim_one(second.id, chat).unwrap();
        assert!(site.put_back(first.id));
        for status in [RequestStatus::Identifying, RequestStatus::Categorizing, RequestStatus::Processing] {
            let mut held = held.clone();
            assert!(site.write(move |tx| {
                held.reach(status, tx.now());
                Ok(queue::save_progress(tx, &held)?)
            }));
            assert!(site.claim_one(first.id, chat).is_none(), "{status}");
        }
        clock.advance(LEASE - Duration::from_micros(1));
        assert!(site.claim_one(first.id, chat).is_none());
        clock.advance(Duration::from_micros(1));
        assert!(site.claim_one(first.id, chat).is_some());
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
        assert!(site.claim_one(second.id, &second.chat_id).is_none(), "another one is before it");
        let claimed = site.claim(10, LEASE);
        assert_eq!(claimed.iter().map(|one| one.id).collect::<Vec<_>>(), [first.id]);
        assert!(site.stored(second.id).due_at > Some(clock.now()), "it is put off");
        site.finish(&claimed[0], RequestStatus::Completed);
        assert_eq!(site.claim(10, LEASE)[0].id, second.id);
    }

    fn unblocked_request_is_not_deferred(db: &TestDatabase) {
        let (site, clock, [first, second]) = wrote(db, ["a1", "a2"]);
        let claimed = site.claim_one(first.id, &first.chat_id).unwrap();
        site.finish(&claimed, RequestStatus::Completed);
        let due = site.stored(second.id).due_at;
        site.put_off(second.id);
        assert_eq!(site.stored(second.id).due_at, due);
        assert!(due <= Some(clock.now()));
    }

    fn deferring_or_waking_does_not_shorten_a_retry_delay(db: &TestDatabase) {
        let (site, clock, [first, second]) = wrote(db, ["a1", "a2"]);
        let chat = &first.chat_id;
        site.finish(&site.claim_one(first.id, chat).unwrap(), RequestStatus::Failed);
        let due = clock.now().plus(LONG);
        site.wait_until(&site.claim_one(second.id, chat).unwrap(), due);
        assert!(site.put_back(first.id));
        site.put_off(second.id);
        assert_eq!(site.stored(second.id).due_at, Some(due));
        let first = site.claim_one(first.id, chat).unwrap();
        let mut events = site.database.subscribe();
        site.finish(&first, RequestStatus::Completed);
        assert_eq!(site.stored(second.id).due_at, Some(due));
        assert!(events.try_recv().is_err(), "an event was published for work that is not due");
        assert_eq!(site.read(queue::next_due), Some(due));
    }

    fn event_is_published_when_a_request_becomes_due(db: &TestDatabase) {
        let (site, _clock, [first, second]) = wrote(db, ["a1", "a2"]);
        let claimed = site.claim_one(first.id, &first.chat_id).unwrap();
        let mut events = site.database.subscribe();
        site.finish(&claimed, RequestStatus::Failed);
        let ready_event = |id| Event::RequestReady { request_id: id };
        assert_eq!(events.try_recv().unwrap(), ready_event(second.id));
        assert!(site.put_back(first.id));
        assert_eq!(events.try_recv().unwrap(), ready_event(first.id));
        assert!(!site.put_back(first.id));
        assert!(events.try_recv().is_err(), "nothing has become due");
    }

    fn retried_request_is_woken_when_its_predecessor_ends(db: &TestDatabase) {
        let (site, clock, [first, second]) = wrote(db, ["a1", "a2"]);
        let chat = &first.chat_id;
        for id in [first.id, second.id] {
            site.finish(&site.claim_one(id, chat).unwrap(), RequestStatus::Failed);
        }
        assert!(site.put_back(first.id) && site.put_back(second.id));
        site.put_off(second.id);
        assert!(site.stored(second.id).due_at > Some(clock.now()));
        site.finish(&site.claim_one(first.id, chat).unwrap(), RequestStatus::Completed);
        assert!(site.claim_one(second.id, chat).is_some());
    }

    fn ended_or_retried_request_cannot_be_changed_by_an_old_claim(db: &TestDatabase) {
        let (site, _clock, [request]) = wrote(db, ["a1"]);
        let old = site.claim_one(request.id, &request.chat_id).unwrap();
        site.finish(&old, RequestStatus::Failed);
        let refused = |held: &Request| {
            let (held, before) = (held.clone(), site.stored(held.id));
            let held: [bool; 4] = site.write(move |tx| Ok([
                queue::renew(tx, &held, LEASE)?,
                queue::save_progress(tx, &held)?,
                queue::set_reply_token(tx, &held, "hash")?,
                queue::requeue(tx, &held, tx.now())?,
            ]));
            assert_eq!(held, [false; 4]);
            assert_eq!(site.stored(before.id), before);
        };
        refused(&old);
        assert!(site.put_back(request.id));
        refused(&old);
        let new = site.claim_one(request.id, &request.chat_id).unwrap();
        refused(&old);
        site.finish(&new, RequestStatus::Completed);
        refused(&new);
        assert!(!site.put_back(request.id), "what is answered is not asked again");
    }

    fn reply_token_is_valid_for_its_request_only(db: &TestDatabase) {
        let (site, _clock, [request]) = wrote(db, ["a1"]);
        let other = site.request_of(&site.say(&Visitor::guest("b"), "b1"));
        let held = site.claim_one(request.id, &request.chat_id).unwrap();
        assert!(site.write(move |tx| Ok(queue::set_reply_token(tx, &held, "hash")?)));
        let found = |id, hash: &'static str| {
            site.read(move |db| queue::by_reply_token(db, id, hash)).map(|request| request.id)
        };
        assert_eq!(found(request.id, "hash"), Some(request.id));
        assert_eq!(found(request.id, "another"), None);
        assert_eq!(found(other.id, "hash"), None);
    }
}
