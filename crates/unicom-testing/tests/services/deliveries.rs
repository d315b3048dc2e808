//! Tests of deliveries to a platform that is not local: queueing, attempts, retries and giving up.

pub mod fixture;
mod platforms;

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use unicom_content::media::ObjectMediaStore;
use unicom_core::inbound::{Applied, Refusal};
use unicom_core::platform::DeliveryError;
use unicom_core::{Pipeline, PipelineOptions, Platforms};
use unicom_db::queries::deliveries;
use unicom_models::{AccountId, Message};
use unicom_testing::{FakePlatform, TestClock, TestDatabase, both_engines};

use self::fixture::{fake_site, from_anna, from_anna_in};
use self::platforms::{LocalNow, Panicking};
use crate::fixture::{Fixture, bots, channel, extensions};
use crate::pipeline::{Running, quick, until};

both_engines! {
    fn conversation_with_a_remote_platform(db: &TestDatabase) {
        let site = fake_site(db, json!({"bot": "echo"}));
        let fake = FakePlatform::default();
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        until("the answer is delivered", || fake.delivered().len() == 1);
        let answer = fake.delivered().remove(0);
        assert_eq!(answer.message.text, "Echo: hello");
        assert_eq!(answer.chat.id.as_str(), "fake_chat");
        site.until_delivery(&answer.message, "sent");
        let kept = site.now(&answer.message);
        assert!(kept.sent_at.is_some());
        assert_eq!(kept.provider_message_id, Some(format!("fake-{}", kept.id)));
    }

    fn repeated_message_is_stored_once(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let before = site.rows();
        let again = site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        assert!(again.into_saved().is_some_and(|saved| !saved.is_new));
        assert_eq!(site.rows(), before);
    }

    fn blocked_sender_and_foreign_channel_store_nothing(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let other = channel(db.database(), FakePlatform::KIND, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let before = site.rows();
        assert!(site.receive(&other, from_anna("m-2", "elsewhere")).is_err());
        let mut off = site.channel.clone();
        off.active = false;
        assert!(site.receive(&off, from_anna("m-2", "off")).is_err());
        site.write(|tx| {
            Ok(unicom_db::queries::accounts::set_blocked(tx, &AccountId::from("fake_anna"), true)?)
        });
        let refused = site.receive(&site.channel, from_anna("m-2", "blocked")).unwrap();
        assert!(matches!(refused, Applied::Refused(Refusal::AccountBlocked)), "{refused:?}");
        assert_eq!(site.rows(), before);
    }

    fn message_is_queued_and_retried(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let message = site.send_out("news");
        assert_eq!(message.sent_at, None);
        assert_eq!(site.delivery(&message), ("queued", None));

        let fake = FakePlatform::default();
        fake.fail_next(DeliveryError::Temporary("no network".to_owned()));
        fake.fail_next(DeliveryError::Temporary("no network".to_owned()));
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        site.until_delivery(&message, "sent");
        assert_eq!(fake.delivered().len(), 1);
        assert_eq!(site.delivery(&message).1, None);
    }

    fn failed_delivery_has_a_reason(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let fake = FakePlatform::default();
        fake.fail_next(DeliveryError::Permanent("no such number".to_owned()));
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        let refused = site.send_out("refused");
        site.until_delivery(&refused, "dead");
        assert_eq!(site.delivery(&refused).1.as_deref(), Some("permanent: no such number"));

        for _ in 0..3 {
            fake.fail_next(DeliveryError::Temporary("no network".to_owned()));
        }
        let unlucky = site.send_out("unlucky");
        site.until_delivery(&unlucky, "dead");
        assert_eq!(site.delivery(&unlucky).1.as_deref(), Some("temporary: no network"));
        assert!(fake.delivered().is_empty());
        assert_eq!(site.now(&unlucky).sent_at, None);
    }

    fn expired_lease_is_taken_over(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let message = site.send_out("news");
        let late = site.take(Duration::from_millis(400)).unwrap();
        let fake = FakePlatform::default();
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        site.until_delivery(&message, "sent");
        assert!(!site.note_dead(&late));
        assert_eq!(site.delivery(&message).0, "sent");
    }

    fn messages_of_a_chat_are_delivered_in_order(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let sent: Vec<_> = (0..20).map(|number| site.send_out(&number.to_string()).text).collect();
        let fake = FakePlatform::default();
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        until("all are delivered", || fake.delivered().len() == 20);
        let delivered: Vec<_> = fake.delivered().into_iter().map(|one| one.message.text).collect();
        assert_eq!(delivered, sent);
    }
}

both_engines! {
    fn slow_platform_gets_a_message_once(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let message = site.send_out("news");
        let fake = FakePlatform::default().with_delay(Duration::from_millis(1500));
        let options = || PipelineOptions { lease: Duration::from_millis(600), ..quick() };
        let other = db.connect_with(unicom_db::DatabaseOptions::default());
        let _running = [
            Running::start_with(db.database(), &fake, bots(), options()),
            Running::start_with(&other, &fake, bots(), options()),
        ];
        site.until_delivery(&message, "sent");
        assert_eq!(fake.delivered().len(), 1);
        assert_eq!(site.attempts(&message), (1, 0));
    }

    fn timed_out_delivery_is_retried_and_then_fails(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let message = site.send_out("news");
        let fake = FakePlatform::default().with_delay(Duration::from_secs(60));
        let options = PipelineOptions { delivery_timeout: Duration::from_millis(100), ..quick() };
        let _running = Running::start_with(db.database(), &fake, bots(), options);
        site.until_delivery(&message, "dead");
        let reason = site.delivery(&message).1.unwrap();
        assert_eq!(reason, "temporary: the platform took longer than 0.1 s");
        assert_eq!(fake.delivered().len(), 3);
        assert_eq!(site.attempts(&message), (3, 0));
    }

    fn delivery_longer_than_the_shutdown_is_requeued(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let message = site.send_out("news");
        let slow = FakePlatform::default().with_delay(Duration::from_secs(3600));
        // A claim that is not released lasts longer than the test.
        let options = PipelineOptions {
            drain: Duration::from_millis(100),
            lease: Duration::from_secs(3600),
            delivery_timeout: Duration::from_secs(3600),
            ..quick()
        };
        let running = Running::start_with(db.database(), &slow, bots(), options.clone());
        until("the platform is asked", || slow.delivered().len() == 1);
        drop(running);
        let (status, reason) = site.delivery(&message);
        assert_eq!(status, "queued");
        assert_eq!(reason.unwrap(), "temporary: the server stopped before the platform responded");
        let _running = Running::start_with(db.database(), &FakePlatform::default(), bots(), options);
        site.until_delivery(&message, "sent");
    }

    fn message_with_an_invalid_provider_id_is_delivered_once(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        for prefix in ["a\0b", &"x".repeat(1000)] {
            let message = site.send_out("news");
            let fake = FakePlatform::default().with_id_prefix(prefix);
            let _running = Running::start_with(db.database(), &fake, bots(), quick());
            site.until_delivery(&message, "sent");
            assert_eq!(fake.delivered().len(), 1);
            assert_eq!(site.now(&message).provider_message_id, None);
        }
    }

    fn panic_of_a_platform_is_reported(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let message = site.send_out("news");
        let media = Arc::new(ObjectMediaStore::in_memory());
        let panicking = extensions().with_platforms(Platforms::default().with(Panicking));
        let pipeline = Pipeline::new(db.database().clone(), media, panicking, quick());
        let _running = Running::run(pipeline);
        site.until_delivery(&message, "dead");
        assert_eq!(site.delivery(&message).1.as_deref(), Some("temporary: the platform panicked"));
        assert_eq!(site.attempts(&message), (3, 0));
    }

    fn delivery_whose_workers_all_died_fails(db: &TestDatabase) {
        let clock = TestClock::new();
        let site = fake_site(db, json!({}));
        let site = Fixture { database: db.connect_with(clock.options()), ..site };
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let deadly = site.send_out("kills its worker");
        let lease = Duration::from_secs(60);
        for attempt in 1..=3 {
            let held = site.take(lease).unwrap();
            assert_eq!((held.attempt, held.counted), (attempt, attempt));
            // The holder of the claim never returns.
            clock.advance(lease);
        }
        let fake = FakePlatform::default();
        let _running = Running::start_with(&site.database, &fake, bots(), quick());
        site.until_delivery(&deadly, "dead");
        let reason = site.delivery(&deadly).1.unwrap();
        assert_eq!(reason, "permanent: every attempt was interrupted");
        assert_eq!(site.attempts(&deadly), (4, 0));
        assert_eq!(site.now(&deadly).sent_at, None);
        // The message was not delivered again, and the chat continues.
        let next = site.send_out("news");
        site.until_delivery(&next, "sent");
        let delivered: Vec<_> = fake.delivered().into_iter().map(|one| one.message.text).collect();
        assert_eq!(delivered, ["news"]);
    }

    fn queued_message_of_a_now_local_platform_counts_as_sent(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let message = site.send_out("news");
        let media = Arc::new(ObjectMediaStore::in_memory());
        let local = extensions().with_platforms(Platforms::default().with(LocalNow));
        let pipeline = Pipeline::new(db.database().clone(), media, local, quick());
        let _running = Running::run(pipeline);
        site.until_delivery(&message, "sent");
        let sent = site.now(&message);
        assert!(sent.sent_at.is_some());
        assert_eq!(sent.provider_message_id, None);
        assert_eq!((site.delivery(&message).1, site.attempts(&message)), (None, (1, 0)));
    }

    fn retry_resets_the_count_but_not_the_number_of_attempts(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let message = site.send_out("news");
        assert!(!site.retry(&message), "it was not dead");
        let old = site.take(Duration::from_secs(60)).unwrap();
        assert_eq!((old.attempt, old.counted), (1, 1));
        assert!(site.note_dead(&old));
        assert!(site.retry(&message));
        assert!(!site.note_sent(&old), "no worker has claimed it yet");

        let new = site.take(Duration::from_secs(60)).unwrap();
        assert_eq!((new.attempt, new.counted), (2, 1));
        assert!(!site.note_sent(&old));
        let renewed = old.clone();
        assert!(!site.write(move |tx| Ok(deliveries::renew(tx, &renewed, Duration::ZERO)?)));
        assert_eq!(site.take(Duration::from_secs(60)).map(|held| held.attempt), None);
        assert!(site.note_sent(&new));
        assert_eq!((site.delivery(&message).0, site.attempts(&message)), ("sent", (2, 1)));
    }

    fn retried_dead_delivery_gets_all_attempts_again(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let fake = FakePlatform::default();
        for _ in 0..5 {
            fake.fail_next(DeliveryError::Temporary("no network".to_owned()));
        }
        let message = site.send_out("news");
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        site.until_delivery(&message, "dead");
        assert!(site.retry(&message));
        site.until_delivery(&message, "sent");
        assert_eq!(site.attempts(&message), (6, 3));
    }
}

both_engines! {
    fn delivery_is_due_when_its_predecessor_ends(db: &TestDatabase) {
        let clock = TestClock::new();
        let site = fake_site(db, json!({}));
        let site = Fixture { database: db.connect_with(clock.options()), ..site };
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let sent = site.send_all("fake_chat", &["a", "b", "c"]);
        let lease = Duration::from_secs(60);
        let take = |message: &Message| {
            let held = site.take(lease).unwrap();
            assert_eq!(held.message.id, message.id);
            assert!(site.take(lease).is_none(), "the others are behind it");
            held
        };
        // The clock stands still: the next message is due immediately, however the previous one has
        // ended.
        assert!(site.note_dead(&take(&sent[0])));
        assert!(site.note_sent(&take(&sent[1])));
        // A delivery that waits for its next attempt keeps waiting, whatever else in its chat ends.
        let held = take(&sent[2]);
        site.write(move |tx| Ok(deliveries::retry_later(tx, &held, tx.now().plus(lease * 2), "no network")?));
        assert!(site.take(lease).is_none());
        assert!(site.retry(&sent[0]), "it comes first, and does not wait");
        assert!(site.note_sent(&take(&sent[0])));
        assert!(site.take(lease).is_none());
        clock.advance(lease * 2);
        assert_eq!(take(&sent[2]).counted, 2);
    }

    fn two_pipelines_deliver_each_message_once_and_in_order(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let chats = ["fake_a", "fake_b", "fake_c", "fake_d", "fake_e"];
        for chat in chats {
            site.receive(&site.channel, from_anna_in(chat, chat, "hello")).unwrap();
        }
        let numbers: Vec<usize> = (0..20).collect();
        for chat in chats {
            site.send_all(chat, &numbers[..10]);
        }
        let fake = FakePlatform::default().with_delay(Duration::from_millis(5));
        let other = db.connect_with(unicom_db::DatabaseOptions::default());
        let _running = [
            Running::start_with(db.database(), &fake, bots(), quick()),
            Running::start_with(&other, &fake, bots(), quick()),
        ];
        // Sends the rest while the pipelines work.
        for number in 10..20 {
            for chat in chats {
                site.send_all(chat, &[number]);
            }
        }
        until("all are sent", || site.read(deliveries::next_due).is_none());
        let delivered = fake.delivered();
        assert_eq!(delivered.len(), 100);
        for chat in chats {
            let of_chat = delivered.iter().filter(|one| one.chat.id.as_str() == chat);
            let texts: Vec<usize> = of_chat.map(|one| one.message.text.parse().unwrap()).collect();
            assert_eq!(texts, numbers, "{chat}");
        }
    }

    fn busy_chat_is_delivered_in_order_without_delaying_others(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        for chat in ["fake_busy", "fake_other"] {
            site.receive(&site.channel, from_anna_in(chat, chat, "hello")).unwrap();
        }
        let numbers: Vec<usize> = (0..400).collect();
        site.send_all("fake_busy", &numbers);
        site.send_all("fake_other", &["other"]);
        let fake = FakePlatform::default();
        // Only events trigger a search for work: if one were missed, the chat would wait longer
        // than the test.
        let options = PipelineOptions { poll: Duration::from_secs(3600), ..quick() };
        let _running = Running::start_with(db.database(), &fake, bots(), options);
        until("all are sent", || site.read(deliveries::next_due).is_none());
        let mut texts: Vec<String> = fake.delivered().into_iter().map(|one| one.message.text).collect();
        let other = texts.iter().position(|text| text == "other").unwrap();
        assert!(other < 100, "it came after {other} others");
        texts.remove(other);
        let expected: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        assert_eq!(texts, expected);
    }
}
