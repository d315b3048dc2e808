//! Tests of the pace of deliveries: a platform is not sent more messages than its provider accepts.

use std::time::{Duration, Instant};

use serde_json::json;
use unicom_core::inbound::PlatformEvent;
use unicom_core::platform::{Pace, Rate};
use unicom_testing::{FakePlatform, TestDatabase, both_engines};

use crate::deliveries::fixture::{fake_site, from_anna_in};
use crate::fixture::{Fixture, bots};
use crate::pipeline::{Running, quick, until};

/// Sends a message to each of these chats, which are given by their numbers, and returns how long
/// their delivery took.
fn time_to_deliver(site: &Fixture, fake: &FakePlatform, chats: &[usize]) -> Duration {
    const CHATS: [&str; 4] = ["fake_0", "fake_1", "fake_2", "fake_3"];
    for (number, chat) in CHATS.iter().enumerate() {
        let mut event = from_anna_in(chat, &format!("m-{number}"), "hello");
        if let PlatformEvent::Message(event) = &mut event {
            event.chat.is_private = number != 3;
        }
        site.receive(&site.channel, event).unwrap();
    }
    let sent: Vec<_> = chats
        .iter()
        .flat_map(|chat| site.send_all(CHATS[*chat], &["news"]))
        .collect();
    let _running = Running::start_with(&site.database, fake, bots(), quick());
    let begun = Instant::now();
    until("all are delivered", || {
        fake.delivered().len() == chats.len()
    });
    let took = begun.elapsed();
    for message in sent {
        site.until_delivery(&message, "sent");
        // A wait for the pace is no attempt.
        assert_eq!(site.attempts(&message), (1, 0));
    }
    took
}

/// Asserts that a time is at least `least`, and less than three times as long.
fn assert_about(took: Duration, least: Duration) {
    // A place may be used a little early.
    let early = Duration::from_millis(50);
    assert!(took + early >= least, "{took:?} instead of {least:?}");
    assert!(took < 3 * least, "{took:?} instead of {least:?}");
}

both_engines! {
    fn chat_gets_messages_at_its_pace_and_others_do_not_wait(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let pace = Pace::default().with_chat(Rate::new(2, Duration::from_secs(2)));
        let fake = FakePlatform::default().with_pace(pace);
        let took = time_to_deliver(&site, &fake, &[0, 0, 0, 0, 1, 2]);
        assert_about(took, Duration::from_secs(2));
        let order = fake.delivered().into_iter().map(|job| job.chat.id.to_string());
        let order: Vec<String> = order.collect();
        assert_eq!(order[4..], ["fake_0", "fake_0"], "{order:?}");
    }

    fn chats_of_a_channel_share_its_pace(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let pace = Pace::default().with_channel(Rate::new(1, Duration::from_millis(500)));
        let fake = FakePlatform::default().with_pace(pace);
        let took = time_to_deliver(&site, &fake, &[0, 1, 2, 0, 1]);
        assert_about(took, Duration::from_secs(2));
    }

    fn group_has_its_own_pace(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let pace = Pace::default().with_group(Rate::new(1, Duration::from_secs(1)));
        let fake = FakePlatform::default().with_pace(pace);
        let took = time_to_deliver(&site, &fake, &[0, 0, 0, 3, 3]);
        assert_about(took, Duration::from_secs(1));
    }
}
