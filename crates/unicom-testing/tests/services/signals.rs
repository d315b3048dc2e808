//! Tests of signals: seen and typing, for which nothing waits.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use unicom_core::bots::{BotContext, Outcome};
use unicom_core::buttons::Button;
use unicom_core::inbound::{PlatformEvent, Sender};
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

    fn provider_is_told_that_a_click_has_arrived(db: &TestDatabase) {
        let site = fake_site(db, json!({"bot": "echo"}));
        let fake = FakePlatform::default();
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        let message = site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let message = message.into_saved().unwrap().message;
        until("the answer is delivered", || fake.delivered().len() == 1);
        let button = site.offer_button(&message, Button::value("The cat", "cat"));
        let click = |button: &str| PlatformEvent::clicked(Sender::new("anna", "Anna"), button, Value::Null);
        let clicks = || {
            let mut clicks = Vec::new();
            for (to, signal) in fake.signals() {
                if let Signal::ClickTaken { provider_click_id, .. } = signal {
                    clicks.push((to, provider_click_id));
                }
            }
            clicks
        };
        site.receive(&site.channel, click(&button)).unwrap();
        // A repeated click, and one that is refused.
        for (id, button) in [("c-1", button.as_str()), ("c-2", "forged")] {
            site.receive(&site.channel, click(button).with_click_id(id)).unwrap();
            until("the provider is told", || clicks().last().is_some_and(|(_, told)| told == id));
        }
        assert_eq!(clicks(), ["c-1", "c-2"].map(|id| ("anna".to_owned(), id.to_owned())));
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
