//! Tests of a platform that shows neither markup nor buttons: long texts in parts, and numbers that
//! count as clicks.

use serde_json::json;
use unicom_core::OutgoingMessage;
use unicom_core::buttons::{Button, Buttons};
use unicom_core::inbound::{PlatformEvent, Saved};
use unicom_core::outbound::send_message;
use unicom_core::platform::DeliveryError;
use unicom_db::queries::provider_messages;
use unicom_models::{Message, UtcTime};
use unicom_testing::{FakePlatform, TestDatabase, both_engines};

use crate::deliveries::fixture::{fake_site, from_anna};
use crate::fixture::{Fixture, bots, platforms};
use crate::pipeline::{Running, quick};

impl Fixture {
    /// Asks Anna to click one of two buttons, which accept clicks until `expires_at`.
    fn ask_anna(&self, expires_at: Option<UtcTime>) -> Message {
        let pets = [("A cat", "cat"), ("A dog", "dog")];
        let button = |(text, value): (&str, &str)| Button {
            expires_at,
            ..Button::value(text, value)
        };
        let buttons = Buttons(vec![pets.map(button).into()]);
        let question = OutgoingMessage::text("Which one?").with_buttons(buttons);
        let channel = self.channel.clone();
        self.write(move |tx| {
            let platforms = platforms(&FakePlatform::default());
            let chat = "fake_chat".into();
            Ok(send_message(tx, &platforms, &channel, &chat, question)?)
        })
    }

    /// Stores a message of Anna on a platform that shows buttons as a numbered list.
    fn anna_replies(&self, id: &str, text: &str) -> Saved {
        self.anna_said(from_anna(id, text).with_numbered_buttons(|_| true))
    }

    fn anna_said(&self, event: PlatformEvent) -> Saved {
        let applied = self.receive(&self.channel, event).unwrap();
        applied.into_saved().unwrap()
    }
}

both_engines! {
    fn long_text_is_sent_in_parts(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "hello")).unwrap();
        let fake = FakePlatform::default().with_text_limit(24);
        let sent = "One of the parts.";
        fake.fail_next(DeliveryError::Temporary("no network".to_owned()).after_parts(vec!["p-1".to_owned()]));
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        let message = site.send_out(&format!("{sent}\n\nThe second of them.\n\nThe last."));
        site.until_delivery(&message, "sent");
        assert_eq!(fake.sent_texts(), ["The second of them.", "The last."]);
        let id = message.id;
        let parts = site.read(move |db| provider_messages::parts(db, id));
        assert_eq!(parts, ["p-1".to_owned(), format!("fake-{id}-2"), format!("fake-{id}-3")]);
    }

    fn number_in_a_reply_counts_as_a_click(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.receive(&site.channel, from_anna("m-1", "2")).unwrap();
        let fake = FakePlatform::default().with_text_limit(100);
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        let question = site.ask_anna(None);
        site.until_delivery(&question, "sent");
        assert_eq!(fake.sent_texts(), ["Which one?\n\n1. A cat\n2. A dog"]);

        let clicked = site.anna_replies("m-2", " 2. ");
        assert!(clicked.is_new);
        assert_eq!(clicked.message.text, "A dog");
        assert_eq!(clicked.message.clicked(), Some("dog"));
        assert_eq!(clicked.message.reply_to_message_id, Some(question.id));
        assert_eq!(site.request_of(&clicked.message).display_text, "A dog");
        let rows = site.rows();
        // The provider reports it again, and Anna repeats it.
        for id in ["m-2", "m-3"] {
            let again = site.anna_replies(id, "2");
            assert!(!again.is_new, "{id}");
            assert_eq!(again.message.id, clicked.message.id, "{id}");
        }
        assert_eq!(site.rows(), rows);
        assert_eq!(site.anna_replies("m-4", "1").message.clicked(), Some("cat"));

        for (id, text) in [("m-5", "3"), ("m-6", "2 please"), ("m-7", "two")] {
            let saved = site.anna_replies(id, text).message;
            assert_eq!((saved.text.as_str(), saved.clicked()), (text, None));
        }
    }

    fn number_is_a_text_without_numbered_buttons(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let text = |saved: Saved, why: &str| {
            assert!(saved.is_new, "{why}");
            assert_eq!((saved.message.text.as_str(), saved.message.clicked()), ("1", None), "{why}");
        };
        text(site.anna_replies("m-1", "1"), "no question was asked");
        site.ask_anna(None);
        text(site.anna_said(from_anna("m-2", "1")), "the platform shows buttons");
        text(site.anna_said(from_anna("m-3", "1").with_numbered_buttons(|_| false)), "these are shown");
        site.ask_anna(Some(UtcTime::BEGINNING.next()));
        text(site.anna_replies("m-4", "1"), "the buttons have expired");
        site.ask_anna(None);
        site.send_out("Never mind.");
        text(site.anna_replies("m-5", "1"), "another message was sent since");
    }
}
