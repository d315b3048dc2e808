//! Tests of what follows each kind of delivery error.

use std::time::Duration;

use serde_json::json;
use unicom_core::inbound::{Applied, MessageRef, PlatformEvent, ReceiptStatus, receive};
use unicom_core::platform::{BusyScope, DeliveryError};
use unicom_db::queries::{channel_holds, channels, provider_messages};
use unicom_models::{Direction, Message, UtcTime};
use unicom_testing::{FakePlatform, TestDatabase, both_engines};

use super::fixture::{fake_site, from_anna, from_anna_in};
use crate::fixture::{Fixture, bots};
use crate::pipeline::{Running, quick, until};

/// A site where two accounts have a chat each.
fn two_chats(db: &TestDatabase) -> Fixture {
    let site = fake_site(db, json!({}));
    for chat in ["fake_a", "fake_b"] {
        site.receive(&site.channel, from_anna_in(chat, chat, "hello"))
            .unwrap();
    }
    site
}

fn busy(scope: BusyScope) -> DeliveryError {
    DeliveryError::Busy {
        reason: "too many messages".to_owned(),
        after: Duration::from_secs(3600),
        scope,
    }
}

impl Fixture {
    fn channel_error(&self) -> Option<String> {
        let id = self.channel.id;
        self.read(move |db| channels::get(db, id)).unwrap().error
    }

    fn report(&self, message: &Message, status: ReceiptStatus) -> Applied {
        let (channel, id) = (self.channel.clone(), message.id);
        self.write(move |tx| {
            let event = PlatformEvent::receipt(MessageRef::Own(id), status, UtcTime::now());
            Ok(receive(tx, &channel, event)?)
        })
    }

    fn notes(&self, message: &Message) -> Vec<String> {
        let chat_id = message.chat_id.clone();
        let all = self.read(move |db| {
            use unicom_db::queries::{chat_access, messages};
            let access = chat_access::for_admin(db, &chat_id)?.unwrap();
            messages::page_for_admin(db, &access, messages::Walk::FromOldest, 100)
        });
        let notes = all
            .into_iter()
            .filter(|one| one.direction == Direction::Internal);
        notes.map(|one| one.text).collect()
    }
}

both_engines! {
    fn busy_chat_waits_as_told_and_others_go_on(db: &TestDatabase) {
        let site = two_chats(db);
        let fake = FakePlatform::default();
        fake.fail_next(busy(BusyScope::Chat));
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        let waits = site.send_all("fake_a", &["a1"]).remove(0);
        until("it was refused", || site.delivery(&waits).1.is_some());
        let other = site.send_all("fake_b", &["b1"]).remove(0);
        site.until_delivery(&other, "sent");
        assert_eq!(site.delivery(&waits), ("queued", Some("busy: too many messages".to_owned())));
        // The attempt does not count.
        assert_eq!(site.attempts(&waits), (1, 1));
        let later = site.send_all("fake_a", &["a2"]).remove(0);
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!((site.delivery(&waits).0, site.delivery(&later).0), ("queued", "queued"));
        assert_eq!(fake.delivered().len(), 1);
    }

    fn busy_channel_holds_every_chat(db: &TestDatabase) {
        let site = two_chats(db);
        let fake = FakePlatform::default();
        fake.fail_next(busy(BusyScope::Channel));
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        let first = site.send_all("fake_a", &["a1"]).remove(0);
        until("it was refused", || site.delivery(&first).1.is_some());
        let other = site.send_all("fake_b", &["b1"]).remove(0);
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(site.attempts(&other), (0, 0), "the platform is not asked");
        assert_eq!(site.channel_error(), None, "the channel works");

        let channel = site.channel.id;
        assert!(site.write(move |tx| Ok(channel_holds::release(tx, channel)?)));
        for message in [first, other] {
            site.until_delivery(&message, "sent");
        }
    }

    fn messages_of_a_broken_channel_wait_until_it_works(db: &TestDatabase) {
        let site = two_chats(db);
        let fake = FakePlatform::default();
        fake.fail_next(DeliveryError::Broken("the token was revoked".to_owned()));
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        let first = site.send_all("fake_a", &["a1"]).remove(0);
        until("the channel shows it", || site.channel_error().is_some());
        assert_eq!(site.channel_error().as_deref(), Some("the token was revoked"));
        let numbers: Vec<usize> = (0..50).collect();
        let waiting = site.send_all("fake_b", &numbers);
        std::thread::sleep(Duration::from_millis(300));
        assert!(fake.delivered().is_empty());
        assert_eq!(site.delivery(&first).0, "queued");

        // As after a successful probe.
        let channel = site.channel.id;
        assert!(site.write(move |tx| {
            channels::set_error(tx, channel, None)?;
            Ok(channel_holds::release(tx, channel)?)
        }));
        for message in waiting.iter().chain([&first]) {
            site.until_delivery(message, "sent");
        }
        assert_eq!(site.channel_error(), None);
    }

    fn retry_sends_only_the_remaining_parts(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let fake = FakePlatform::default();
        let down = || DeliveryError::Temporary("no network".to_owned());
        fake.fail_next(down().after_parts(vec!["p1".to_owned(), "p2".to_owned()]));
        fake.fail_next(down().after_parts(vec!["p3".to_owned()]));
        let message = site.send_out("a long text");
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        site.until_delivery(&message, "sent");
        assert_eq!(fake.delivered()[0].sent_parts, ["p1", "p2", "p3"]);
        let id = message.id;
        let parts = site.read(move |db| provider_messages::parts(db, id));
        assert_eq!(parts.len(), 4);
        assert_eq!(site.now(&message).provider_message_id.as_deref(), Some("p1"));
        // A reply to any part is a reply to the message.
        let mut reply = from_anna("m-2", "yes");
        let PlatformEvent::Message(event) = &mut reply else { unreachable!() };
        event.reply_to = Some("p3".to_owned());
        let stored = site.receive(&site.channel, reply).unwrap().into_saved().unwrap();
        assert_eq!(stored.message.reply_to_message_id, Some(message.id));
    }

    fn receipt_ends_a_delivery_with_an_unknown_outcome(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let within = Duration::from_secs(3600);
        let fake = FakePlatform::default().with_repeat(unicom_core::platform::Repeat::Reported { within });
        fake.fail_next(DeliveryError::Unknown("no answer".to_owned()));
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        let message = site.send_out("news");
        until("the outcome is unknown", || site.delivery(&message).1.is_some());
        let next = site.send_out("more news");
        assert!(matches!(site.report(&message, ReceiptStatus::Delivered), Applied::Changed));
        site.until_delivery(&message, "sent");
        site.until_delivery(&next, "sent");
        let delivered: Vec<_> = fake.delivered().into_iter().map(|job| job.message.id).collect();
        assert_eq!(delivered, [next.id], "it was not sent twice");
    }

    fn rejected_message_leaves_a_note_in_its_chat(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let fake = FakePlatform::default();
        fake.fail_next(DeliveryError::rejected("131026", "the number has no messenger"));
        fake.fail_next(DeliveryError::Unsupported("a file of this size".to_owned()));
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        let messages = site.send_all("fake_chat", &["one", "two", "three"]);
        site.until_delivery(&messages[2], "sent");
        assert_eq!(site.delivery(&messages[0]).0, "dead");
        assert_eq!(site.delivery(&messages[1]).0, "dead");
        assert_eq!(site.notes(&messages[0]), [
            "A message was not delivered: the number has no messenger",
            "A message was not delivered: a file of this size",
        ]);
    }
}
