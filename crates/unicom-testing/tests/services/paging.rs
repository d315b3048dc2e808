//! Tests of paging: every message once and in order, even with equal times and concurrent writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use unicom_models::{MessageId, VisibleMessage};
use unicom_testing::{TestClock, TestDatabase, both_engines};
use unicom_webchat::{
    Anchor, MessagePageRequest, NewMessage, Order, Visitor, WebChatError, save_webchat_message,
};

use crate::fixture::Fixture;

const MESSAGES: usize = 1_000;

both_engines! {
    fn paging_shows_every_message_once_and_in_order(db: &TestDatabase) {
        // Sizes of the groups between which the clock moves.
        let groups = prop::collection::vec(1..60_usize, 40..80);
        let config = Config { cases: 2, failure_persistence: None, ..Config::default() };
        TestRunner::new(config).run(&groups, |groups| {
            let clock = TestClock::new();
            let site = Fixture::with(&db.connect_with(clock.options()), json!({}));
            let guest = Visitor::guest(unicom_models::Id::new().to_string());
            let written = write_groups(&site, &guest, &clock, &groups);
            let _writing = KeepWriting::start(&site, &guest);
            for limit in 1..=100 {
                check_walk(&site, &guest, &written, limit);
            }
            Ok(())
        }).unwrap();
    }

    fn unknown_cursor_is_rejected(db: &TestDatabase) {
        let site = Fixture::new(db);
        let guest = Visitor::guest("g");
        site.say(&guest, "mine");
        let foreign = site.say(&Visitor::guest("other"), "not yours").id;
        for id in [MessageId::new(), foreign] {
            for anchor in [Anchor::Before(id), Anchor::After(id)] {
                let refused = site.list(&guest, MessagePageRequest { anchor: Some(anchor), ..MessagePageRequest::default() });
                assert!(matches!(refused, Err(WebChatError::InvalidCursor)), "{refused:?}");
            }
        }
    }

    fn after_returns_adjacent_messages_in_either_order(db: &TestDatabase) {
        let site = Fixture::new(db);
        let guest = Visitor::guest("g");
        let ids: Vec<_> = (0..9).map(|number| site.say(&guest, &number.to_string()).id).collect();
        let page = |anchor, order| {
            let page = MessagePageRequest { anchor: Some(anchor), order, limit: 3, ..MessagePageRequest::default() };
            let page = site.list(&guest, page).unwrap();
            let texts: String = page.messages.iter().map(|message| message.text.as_str()).collect();
            (texts, page.has_more, page.next)
        };
        use Order::{NewestFirst, OldestFirst};
        assert_eq!(page(Anchor::After(ids[2]), OldestFirst), ("345".to_owned(), true, Some(ids[5])));
        assert_eq!(page(Anchor::After(ids[2]), NewestFirst), ("543".to_owned(), true, Some(ids[5])));
        assert_eq!(page(Anchor::Before(ids[6]), NewestFirst), ("543".to_owned(), true, Some(ids[3])));
        assert_eq!(page(Anchor::Before(ids[6]), OldestFirst), ("345".to_owned(), true, Some(ids[3])));
        assert_eq!(page(Anchor::After(ids[5]), OldestFirst), ("678".to_owned(), false, None));
        assert_eq!(page(Anchor::Before(ids[0]), NewestFirst), (String::new(), false, None));
    }
}

/// Writes messages in groups during which the clock stands still. Returns their ids, the oldest
/// first.
fn write_groups(
    site: &Fixture,
    guest: &Visitor,
    clock: &TestClock,
    groups: &[usize],
) -> Vec<MessageId> {
    let mut written = Vec::with_capacity(MESSAGES);
    for size in groups.iter().cycle() {
        let size = (*size).min(MESSAGES - written.len());
        if size == 0 {
            break;
        }
        let (channel, visitor) = (site.channel.clone(), guest.clone());
        written.extend(site.write(move |tx| {
            let mut ids = Vec::with_capacity(size);
            for number in 0..size {
                let new = NewMessage::text(number.to_string());
                ids.push(
                    save_webchat_message(tx, &channel, &visitor, new)?
                        .message
                        .id,
                );
            }
            Ok(ids)
        }));
        clock.advance(Duration::from_micros(7));
    }
    written
}

/// Pages through the chat from both ends. Checks that the initial messages are seen once and in
/// order, among newer ones.
fn check_walk(site: &Fixture, guest: &Visitor, written: &[MessageId], limit: u32) {
    let mut backward = walk(site, guest, Order::NewestFirst, limit, Anchor::Before);
    backward.reverse();
    let forward = walk(site, guest, Order::OldestFirst, limit, Anchor::After);
    for (way, seen) in [("backward", backward), ("forward", forward)] {
        let ids: Vec<_> = seen.iter().map(|message| message.id).collect();
        assert_eq!(&ids[..MESSAGES], written, "{way}, limit {limit}");
        let place = |message: &VisibleMessage| (message.timestamp, message.id);
        let in_order = seen.is_sorted_by(|one, next| place(one) < place(next));
        assert!(in_order, "{way}, limit {limit}");
    }
}

fn walk(
    site: &Fixture,
    guest: &Visitor,
    order: Order,
    limit: u32,
    next: fn(MessageId) -> Anchor,
) -> Vec<VisibleMessage> {
    let (mut seen, mut anchor) = (Vec::new(), None);
    loop {
        let chat_id = Some(guest.account_id().as_str().into());
        let page = MessagePageRequest {
            chat_id,
            anchor,
            order,
            limit,
            ..MessagePageRequest::default()
        };
        let page = site.list(guest, page).unwrap();
        assert_eq!(page.has_more, page.next.is_some());
        assert!(!page.has_more || page.messages.len() == limit as usize);
        seen.extend(page.messages);
        match page.next {
            Some(id) => anchor = Some(next(id)),
            None => return seen,
        }
    }
}

/// Writes to the same chat from another thread until it is dropped.
struct KeepWriting {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl KeepWriting {
    fn start(site: &Fixture, guest: &Visitor) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (site, guest, stopped) = (site.clone(), guest.clone(), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::SeqCst) {
                site.say(&guest, "meanwhile");
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        Self {
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for KeepWriting {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
