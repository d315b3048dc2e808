//! Deliveries to a platform that is not local: queued, tried, tried again, given up.

use std::time::Duration;

use serde_json::json;
use unicom_core::{
    Appended, DeliveryError, IncomingMessage, IngestedAccount, IngestedChat, IngestedMessage,
    OutgoingMessage, ingest, send_message,
};
use unicom_db::queries::{deliveries, messages};
use unicom_models::{AccountId, Channel, Message};
use unicom_testing::{FakePlatform, TestDatabase, both_engines};
use unicom_webchat::WebChatError;

use crate::pipeline::{Running, quick, until};
use crate::site::{Site, bots, channel, platforms};

/// A channel of the fake platform.
fn fake_site(db: &TestDatabase, config: serde_json::Value) -> Site {
    let channel = channel(db.database(), FakePlatform::KIND, config);
    Site {
        database: db.database().clone(),
        channel,
    }
}

fn from_anna(id: &str, text: &str) -> IngestedMessage {
    IngestedMessage {
        account: IngestedAccount {
            id: "fake_anna".into(),
            name: "Anna".to_owned(),
            is_bot: false,
            raw: json!({}),
        },
        chat: IngestedChat {
            id: "fake_chat".into(),
            name: None,
            is_private: true,
        },
        message: IncomingMessage {
            text: text.to_owned(),
            client_message_id: Some(id.to_owned()),
            provider_message_id: Some(id.to_owned()),
            ..IncomingMessage::default()
        },
    }
}

impl Site {
    fn ingest(
        &self,
        channel: &Channel,
        message: IngestedMessage,
    ) -> Result<Option<Appended>, WebChatError> {
        let channel = channel.clone();
        self.database
            .write(move |tx| Ok(ingest(tx, &channel, message)?))
            .wait()
    }

    fn send_out(&self, text: &str) -> Message {
        let (channel, outgoing) = (self.channel.clone(), OutgoingMessage::text(text));
        let platforms = platforms(&FakePlatform::default());
        self.write(move |tx| {
            Ok(send_message(
                tx,
                &platforms,
                &channel,
                &"fake_chat".into(),
                outgoing,
            )?)
        })
    }

    fn delivery(&self, message: &Message) -> (&'static str, Option<String>) {
        let id = message.id;
        let delivery = self.read(move |db| deliveries::get(db, id)).unwrap();
        (delivery.status.as_str(), delivery.error)
    }

    fn until_delivery(&self, message: &Message, status: &str) {
        until(status, || self.delivery(message).0 == status);
    }

    fn now(&self, message: &Message) -> Message {
        let id = message.id;
        self.read(move |db| messages::of_request(db, id)).unwrap()
    }
}

both_engines! {
    fn a_conversation_with_a_remote_platform(db: &TestDatabase) {
        let site = fake_site(db, json!({"bot": "echo"}));
        let fake = FakePlatform::default();
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        assert!(matches!(site.ingest(&site.channel, from_anna("m-1", "hello")), Ok(Some(Appended::New(_)))));
        until("the answer is delivered", || fake.delivered().len() == 1);
        let answer = fake.delivered().remove(0);
        assert_eq!(answer.message.text, "Echo: hello");
        assert_eq!(answer.chat.id.as_str(), "fake_chat");
        site.until_delivery(&answer.message, "sent");
        let kept = site.now(&answer.message);
        assert!(kept.sent_at.is_some());
        assert_eq!(kept.provider_message_id, Some(format!("fake-{}", kept.id)));
    }

    fn telling_the_same_thing_twice_stores_it_once(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.ingest(&site.channel, from_anna("m-1", "hello")).unwrap();
        let before = site.rows();
        let again = site.ingest(&site.channel, from_anna("m-1", "hello")).unwrap();
        assert!(matches!(again, Some(Appended::Repeated(_))), "{again:?}");
        assert_eq!(site.rows(), before);
    }

    fn a_blocked_sender_and_a_foreign_channel_store_nothing(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let other = channel(db.database(), FakePlatform::KIND, json!({}));
        site.ingest(&site.channel, from_anna("m-1", "hello")).unwrap();
        let before = site.rows();
        assert!(site.ingest(&other, from_anna("m-2", "elsewhere")).is_err());
        let off = Channel { active: false, ..site.channel.clone() };
        assert!(site.ingest(&off, from_anna("m-2", "off")).is_err());
        site.write(|tx| {
            Ok(unicom_db::queries::accounts::set_blocked(tx, &AccountId::from("fake_anna"), true)?)
        });
        assert!(matches!(site.ingest(&site.channel, from_anna("m-2", "blocked")), Ok(None)));
        assert_eq!(site.rows(), before);
    }

    fn a_message_waits_for_delivery_and_is_tried_again(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.ingest(&site.channel, from_anna("m-1", "hello")).unwrap();
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

    fn what_cannot_be_delivered_is_shown_with_the_reason(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.ingest(&site.channel, from_anna("m-1", "hello")).unwrap();
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

    fn a_vanished_deliverer_is_replaced_after_its_lease(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.ingest(&site.channel, from_anna("m-1", "hello")).unwrap();
        let message = site.send_out("news");
        let claimed = site.write(|tx| Ok(deliveries::claim(tx, 10, Duration::from_millis(400))?));
        assert_eq!(claimed.len(), 1);
        let fake = FakePlatform::default();
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        site.until_delivery(&message, "sent");
        let late = claimed[0].clone();
        assert!(!site.write(move |tx| Ok(deliveries::dead(tx, &late, "late")?)));
        assert_eq!(site.delivery(&message).0, "sent");
    }

    fn messages_of_a_chat_are_delivered_in_order(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.ingest(&site.channel, from_anna("m-1", "hello")).unwrap();
        let sent: Vec<_> = (0..20).map(|number| site.send_out(&number.to_string()).text).collect();
        let fake = FakePlatform::default();
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        until("all are delivered", || fake.delivered().len() == 20);
        let delivered: Vec<_> = fake.delivered().into_iter().map(|one| one.message.text).collect();
        assert_eq!(delivered, sent);
    }
}
