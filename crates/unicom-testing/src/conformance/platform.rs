//! The conformance suite for a [`Platform`].

use serde_json::{Value, json};
use unicom_core::{
    Bots, OutgoingMessage, Platform, Platforms,
    outbound::send_message,
    platform::{DeliveryJob, DeliveryReceipt},
};
use unicom_db::Database;
use unicom_db::queries::requests::RequestFilters;
use unicom_db::queries::{channels, chats, deliveries, messages, requests};
use unicom_models::{Channel, DeliveryStatus, Message};

use super::ingest_helper::{chat_id, new_channel, ok, read, run_until, tell};
use crate::TestDatabase;

/// Checks the guarantees of [`Platform`]: its name, its configuration, and incoming and outgoing
/// messages.
///
/// `valid_config` must work with the external services that the test provides. Each of
/// `invalid_configs` must be refused. Three messages are delivered, one of them twice.
///
/// # Panics
/// Panics if a guarantee is broken. The message says which.
pub async fn platform(platform: impl Platform, valid_config: Value, invalid_configs: &[Value]) {
    let kind = platform.kind();
    let name = kind.as_str();
    assert!(!name.trim().is_empty(), "`kind` must have a name");
    assert!(!name.contains('\0'), "`kind` must have no NUL character");
    assert_eq!(platform.kind(), kind, "`kind` must not change");
    check_configs(&platform, &valid_config, invalid_configs);

    let db = TestDatabase::on_any_engine(&[&unicom_db::MIGRATIONS]);
    let suite = Suite {
        local: platform.capabilities().local,
        database: db.database().clone(),
        platforms: Platforms::default().with(platform),
    };
    let bots = Bots::default();
    for config in invalid_configs {
        let made = new_channel(&suite.database, &suite.platforms, &bots, &kind, config).await;
        assert!(made.is_err(), "a channel was made with {config}");
    }
    let made = new_channel(
        &suite.database,
        &suite.platforms,
        &bots,
        &kind,
        &valid_config,
    )
    .await;
    let channel = ok("making a channel with the valid configuration", made);
    assert!(channel.active, "a valid channel must be active at once");
    let all = read(&suite.database, channels::list).await;
    assert_eq!(all.len(), 1, "a refused channel was kept");

    suite.check_ingest(&channel).await;
    suite.check_send(&channel).await;
    suite.check_deliver_twice(&channel).await;
}

fn check_configs(platform: &impl Platform, valid: &Value, invalid: &[Value]) {
    let refused = platform.validate_channel(valid);
    assert_eq!(
        refused,
        Ok(()),
        "the valid configuration {valid} was refused"
    );
    for config in invalid {
        match platform.validate_channel(config) {
            Ok(()) => panic!("the configuration {config} was not refused"),
            Err(error) => assert!(
                error.0.trim().contains(' '),
                "{config} was refused without a sentence: {error}"
            ),
        }
    }
    // A configuration typed by an admin must be validated without a panic.
    for config in [json!({}), json!(null), json!([]), json!("text")] {
        let _ = platform.validate_channel(&config);
    }
}

struct Suite {
    local: bool,
    database: Database,
    platforms: Platforms,
}

impl Suite {
    async fn check_ingest(&self, channel: &Channel) {
        let first = tell(&self.database, channel, "conformance-1").await;
        assert!(first.is_new, "the first message counted as repeated");
        let id = first.message.id;
        let request = read(&self.database, move |db| requests::of_message(db, id)).await;
        assert!(request.is_some(), "an incoming message made no request");
        let again = tell(&self.database, channel, "conformance-1").await;
        assert!(
            !again.is_new && again.message.id == id,
            "the same message told twice was stored twice"
        );
        let all = read(&self.database, |db| {
            requests::list(db, &RequestFilters::default(), 10)
        })
        .await;
        assert_eq!(
            all.len(),
            1,
            "the same message told twice made two requests"
        );
    }

    async fn check_send(&self, channel: &Channel) {
        let message = self.send(channel, "Conformance: sent").await;
        let id = message.id;
        let status = move |db: &mut unicom_db::Db| deliveries::get(db, id);
        let queued = read(&self.database, status).await;
        if self.local {
            assert!(
                message.sent_at.is_some(),
                "a local message must count as sent at once"
            );
            assert_eq!(
                queued, None,
                "a local message must not be queued for delivery"
            );
            return;
        }
        assert_eq!(
            message.sent_at, None,
            "a message counted as sent before its delivery"
        );
        assert_eq!(
            queued.map(|delivery| delivery.status),
            Some(DeliveryStatus::Queued),
            "a message was not queued for delivery"
        );
        let bots = Bots::default();
        run_until(
            &self.database,
            &self.platforms,
            &bots,
            "a message was delivered",
            async || match read(&self.database, status).await {
                Some(delivery) if delivery.status == DeliveryStatus::Dead => {
                    panic!("not delivered: {:?}", delivery.error)
                }
                Some(delivery) => delivery.status == DeliveryStatus::Sent,
                None => panic!("the delivery is gone"),
            },
        )
        .await;
        let sent = read(&self.database, move |db| messages::get_unchecked(db, id)).await;
        let sent = sent.unwrap_or(message);
        assert!(
            sent.sent_at.is_some(),
            "the time of the delivery was not noted"
        );
        let name = sent.provider_message_id.unwrap_or_default();
        assert!(
            !name.is_empty(),
            "the provider's name for the message was not noted"
        );
    }

    /// Checks a second delivery of one message, which happens after a crash between the delivery
    /// and its recording.
    async fn check_deliver_twice(&self, channel: &Channel) {
        let message = self.send(channel, "Conformance: delivered twice").await;
        let chat_id = message.chat_id.clone();
        let chat = read(&self.database, move |db| chats::get(db, &chat_id)).await;
        let chat = chat.unwrap_or_else(|| panic!("the chat is gone"));
        let outgoing = DeliveryJob::new(channel.clone(), chat, message);
        let platform = ok(
            "looking the platform up",
            self.platforms.get(&channel.platform),
        );
        for time in ["the first time", "again"] {
            match ok(
                &format!("delivering {time}"),
                platform.deliver(outgoing.clone()).await,
            ) {
                DeliveryReceipt::Local => {
                    assert!(self.local, "`Local` from a platform that is not local")
                }
                DeliveryReceipt::Accepted {
                    provider_message_id,
                    ..
                } => {
                    assert!(!self.local, "`Accepted` from a platform that is local");
                    assert!(
                        !provider_message_id.is_empty(),
                        "`provider_message_id` is empty"
                    );
                }
                receipt => panic!("the suite does not know {receipt:?}"),
            }
        }
    }

    async fn send(&self, channel: &Channel, text: &str) -> Message {
        let (platforms, channel) = (self.platforms.clone(), channel.clone());
        let outgoing = OutgoingMessage::text(text);
        let sent = self.database.write(move |tx| {
            send_message(
                tx,
                &platforms,
                &channel,
                &chat_id(&channel.platform),
                outgoing,
            )
        });
        ok("`send_message`", sent.await)
    }
}
