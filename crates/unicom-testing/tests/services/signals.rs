//! Tests of signals: seen and typing, for which nothing waits.

use std::time::{Duration, Instant};

use serde_json::json;
use unicom_core::bots::{BotContext, Outcome};
use unicom_core::platform::Signal;
use unicom_testing::{FakePlatform, TestDatabase, both_engines};
use unicom_webchat::Visitor;

use crate::deliveries::fixture::{fake_site, from_anna, from_anna_in};
use crate::fixture::{Fixture, bots};
use crate::pipeline::{Running, quick, until};

both_engines! {
    fn sender_sees_that_the_message_was_seen_and_is_answered(db: &TestDatabase) {
        let site = fake_site(db, json!({"bot": "echo"}));
        let fake = FakePlatform::default();
        let slow = bots().with("echo", |context: BotContext| async move {
            tokio::time::sleep(Duration::from_millis(900)).await;
            Ok(Outcome::text(context.message.text))
        });
        let _running = Running::start_with(db.database(), &fake, slow, quick());
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        until("the answer is delivered", || fake.delivered().len() == 1);
        let signals = fake.signals();
        let [(to, Signal::Seen { provider_message_id, .. }), (also_to, Signal::Typing)] = &signals[..] else {
            panic!("{signals:?}");
        };
        assert_eq!((to.as_str(), also_to.as_str(), provider_message_id.as_str()), ("chat", "chat", "m-1"));
    }

    fn hanging_signals_delay_nothing_and_are_left_out(db: &TestDatabase) {
        let site = fake_site(db, json!({"bot": "echo"}));
        let fake = FakePlatform::default().with_hanging_signals();
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        let begun = Instant::now();
        for chat in 0..40 {
            let event = from_anna_in(&format!("fake_{chat}"), &format!("m-{chat}"), "hello");
            site.receive(&site.channel, event).unwrap();
        }
        until("all are answered", || fake.delivered().len() == 40);
        // After 5 s, a signal is given up and another one may begin.
        if begun.elapsed() < Duration::from_secs(5) {
            assert!(fake.signals().len() <= 16, "{}", fake.signals().len());
        }
    }

    fn platform_without_deliveries_gets_no_signals(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let fake = FakePlatform::default();
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        let visitor = Visitor::guest("g");
        site.say(&visitor, "hello");
        until("the answer is stored", || site.texts(&visitor).len() == 2);
        assert!(fake.signals().is_empty());
    }
}
