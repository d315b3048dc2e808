//! The conformance suite for a [`Platform`].

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::{Value, json};
use unicom_content::media::ObjectMediaStore;
use unicom_core::{
    Bots, OutgoingMessage, Platform, Platforms,
    outbound::send_message,
    platform::{
        DeliveryJob, DeliveryReceipt, Pace, Poller, Signal, WebhookCall, WebhookMethod,
        WebhookRefusal, common_settings,
    },
    validation::check_id,
};
use unicom_db::Database;
use unicom_db::queries::requests::RequestFilters;
use unicom_db::queries::{addresses, channels, chats, deliveries, messages, requests};
use unicom_models::{Address, Channel, ChatId, DeliveryStatus, Message, PlatformKind};

use super::helper::{databases, new_channel, ok, pause, read, run_until, tell, timed, unblocked};
use super::watched::{Poll, Watched};

/// The longest time between two messages of a chat: the time after which a delivery is given up.
const LONGEST_INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a platform may take to send a signal.
const LONGEST_SIGNAL: Duration = Duration::from_secs(5);

/// How long a poll has to go on.
const POLLING: Duration = Duration::from_millis(300);

/// Checks the guarantees of [`Platform`]: its name, its configuration and the description of it,
/// its pace, its webhook, its poller, that `Debug` prints no secret, incoming and outgoing
/// messages, signals, and that it does not block its thread. [`webhook`](super::webhook) and
/// [`files`](super::files) check what the provider must take part in.
///
/// `valid_config` must work with the external services that the test provides, also for `probe`.
/// Each of `invalid_configs`, of which there must be one, must be refused. On each engine, three
/// messages are delivered, one of them twice.
///
/// # Panics
/// Panics if a guarantee is broken. The message says which.
pub async fn platform(platform: impl Platform, valid_config: Value, invalid_configs: &[Value]) {
    let kind = platform.kind();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    assert!(
        !kind.as_str().is_empty() && kind.as_str().chars().all(is_plain),
        "`kind` must have only ASCII letters, digits, `-` and `_`, not {:?}",
        kind.as_str()
    );
    assert_eq!(platform.kind(), kind, "`kind` must not change");
    assert!(
        !invalid_configs.is_empty(),
        "`invalid_configs` is empty: it must have at least one configuration"
    );
    check_configs(&platform, &valid_config, invalid_configs);
    check_schema(&platform, &valid_config);
    check_debug(&platform, &valid_config);
    check_pace(platform.capabilities().pace);

    let local = platform.capabilities().local;
    let platforms = Platforms::default().with(platform);
    for db in databases() {
        let suite = Suite {
            local,
            database: db.database().clone(),
            platforms: platforms.clone(),
        };
        suite.check(&kind, &valid_config, invalid_configs).await;
    }
}

fn check_configs(platform: &impl Platform, valid: &Value, invalid: &[Value]) {
    let validate =
        |config: &Value| timed("`validate_channel`", || platform.validate_channel(config));
    let refused = validate(valid);
    assert_eq!(
        refused,
        Ok(()),
        "the valid configuration {valid} was refused"
    );
    for config in invalid {
        match validate(config) {
            Ok(()) => panic!("the configuration {config} was not refused"),
            Err(error) => assert!(
                error.0.trim().contains(' '),
                "{config} was refused without a sentence: {error}"
            ),
        }
    }
    // A configuration typed by an admin must be validated without a panic.
    for config in [json!({}), json!(null), json!([]), json!("text")] {
        let _ = validate(&config);
    }
}

/// Checks that the platform and its errors print no secret setting.
fn check_debug(platform: &impl Platform, valid: &Value) {
    for path in platform.secret_settings() {
        let pointer = format!("/{}", path.replace('.', "/"));
        let Some(Value::String(secret)) = valid.pointer(&pointer) else {
            continue;
        };
        assert!(
            !format!("{platform:?}").contains(secret),
            "`Debug` of the platform prints the secret setting `{path}`"
        );
    }
}

/// Checks that each rate lets messages through, and holds some back.
fn check_pace(pace: Pace) {
    for (name, rate) in [
        ("chat", pace.chat),
        ("group", pace.group),
        ("channel", pace.channel),
    ] {
        let Some(rate) = rate else { continue };
        let interval = rate.interval();
        assert!(
            !interval.is_zero(),
            "`pace.{name}` limits nothing: its period must be positive"
        );
        assert!(
            interval <= LONGEST_INTERVAL,
            "`pace.{name}` lets a message through every {interval:?}: messages are given up earlier"
        );
    }
}

/// Checks that the schema is a description of the settings.
fn check_schema(platform: &impl Platform, valid: &Value) {
    let schema = platform.config_schema();
    assert_eq!(
        schema["type"], "object",
        "`config_schema` must be the schema of an object, not {schema}"
    );
    let properties = schema["properties"].as_object();
    for (name, described) in properties.into_iter().flatten() {
        let description = described["description"].as_str().unwrap_or_default();
        assert!(
            !description.trim().is_empty(),
            "`config_schema` does not describe the setting `{name}`"
        );
    }
    let names = valid
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name);
    let secrets = platform.secret_settings().iter();
    let secrets = secrets.filter_map(|path| path.split('.').next());
    for name in names.map(String::as_str).chain(secrets) {
        let is_common = common_settings().iter().any(|(common, _)| *common == name);
        assert!(
            is_common || properties.is_some_and(|all| all.contains_key(name)),
            "`config_schema` does not have the setting `{name}`"
        );
    }
}

struct Suite {
    local: bool,
    database: Database,
    platforms: Platforms,
}

impl Suite {
    async fn check(&self, kind: &PlatformKind, valid: &Value, invalid: &[Value]) {
        let bots = Bots::default();
        let make = |config| new_channel(&self.database, &self.platforms, &bots, kind, config);
        for config in invalid {
            let made = make(config).await;
            assert!(made.is_err(), "a channel was made with {config}");
        }
        let channel = ok(
            "making a channel with the valid configuration",
            make(valid).await,
        );
        assert!(channel.active, "a valid channel must be active at once");
        let all = read(&self.database, channels::list).await;
        assert_eq!(all.len(), 1, "a refused channel was kept");

        let probed = unblocked("`probe`", self.platforms.probe(channel.clone()));
        ok("asking about the valid channel", probed.await);
        self.check_webhook(&channel);
        self.check_poller(&channel).await;
        let chat_id = self.check_receive(&channel).await;
        self.check_signals(&channel, &chat_id).await;
        let first = self.check_send(&channel, &chat_id).await;
        self.check_deliver_twice(&channel, &chat_id, first).await;
    }

    /// Checks that the webhook refuses calls without a proof.
    fn check_webhook(&self, channel: &Channel) {
        let platform = self.platforms.get(&channel.platform);
        let Some(webhook) = ok("looking the platform up", platform).webhook() else {
            return;
        };
        for (method, body) in [
            (WebhookMethod::Get, ""),
            (WebhookMethod::Post, ""),
            (WebhookMethod::Post, "{}"),
            (WebhookMethod::Post, "\u{0}\u{fffd}[["),
        ] {
            let call = WebhookCall::new(method, body);
            let read = timed("the webhook", || webhook.read(channel, &call));
            assert!(
                matches!(read, Err(WebhookRefusal::Unproven)),
                "a call of the webhook without a proof was not refused as unproven: {read:?}"
            );
        }
    }

    /// Checks that the poller runs until it is told to stop, and stops by itself then.
    async fn check_poller(&self, channel: &Channel) {
        let platform = ok(
            "looking the platform up",
            self.platforms.get(&channel.platform),
        );
        let wants = |poller: &dyn Poller| timed("`wants`", || poller.wants(channel));
        if !platform.poller().is_some_and(wants) {
            return;
        }
        let (watched, mut poll) = Watched::new(Arc::clone(platform));
        let platforms = Platforms::default().with(watched);
        let bots = Bots::default();
        let mut last = Poll::None;
        run_until(
            &self.database,
            &platforms,
            &bots,
            "polling stopped",
            async {
                let _ = poll.wait_for(|poll| *poll != Poll::None).await;
                // It has to go on for a while.
                tokio::time::sleep(POLLING).await;
                assert_eq!(
                    *poll.borrow(),
                    Poll::Running,
                    "`poll` ended before its stop"
                );
                self.set_active(channel, false).await;
                let ended = poll.wait_for(|poll| *poll != Poll::Running).await;
                last = ok("waiting for the end of `poll`", ended).clone();
            },
        )
        .await;
        assert!(
            matches!(last, Poll::Ended(_)),
            "`poll` did not return within half a second after its stop was requested: {last:?}"
        );
        self.set_active(channel, true).await;
    }

    async fn set_active(&self, channel: &Channel, active: bool) {
        let mut channel = channel.clone();
        channel.active = active;
        let changed = (self.database).write(move |tx| channels::update(tx, &channel).map(drop));
        ok("switching the channel", changed.await);
    }

    /// Checks that a message is stored once. Returns its chat.
    async fn check_receive(&self, channel: &Channel) -> ChatId {
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
        first.message.chat_id
    }

    /// Checks that the platform takes every kind of signal.
    async fn check_signals(&self, channel: &Channel, chat_id: &ChatId) {
        let platform = self.platforms.get(&channel.platform);
        let platform = ok("looking the platform up", platform);
        let chat_id = chat_id.clone();
        let found = read(&self.database, move |db| addresses::of_chat(db, &chat_id));
        let chat = found
            .await
            .unwrap_or_else(|| panic!("the chat has no address"));
        for (to, signal) in [
            (&chat, Signal::seen("conformance-1")),
            (&chat, Signal::Typing),
            (
                &Address::account("conformance"),
                Signal::click_taken("conformance-2"),
            ),
        ] {
            let what = format!("`signal` of {signal:?}");
            let (channel, to) = (channel.clone(), to.clone());
            // Called inside the block, so that a panic before it returns a future is caught too.
            let sending = AssertUnwindSafe(async { platform.signal(channel, to, signal).await });
            let sending = unblocked(&what, sending.catch_unwind());
            match tokio::time::timeout(LONGEST_SIGNAL, sending).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => panic!("{what} panicked"),
                Err(_) => panic!("{what} took longer than {LONGEST_SIGNAL:?}"),
            }
        }
    }

    /// Checks that a sent message is delivered. Returns the provider's id, if one delivered it.
    async fn check_send(&self, channel: &Channel, chat_id: &ChatId) -> Option<String> {
        let message = self.send(channel, chat_id, "Conformance: sent").await;
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
            return None;
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
        let what = "a message was delivered";
        run_until(&self.database, &self.platforms, &bots, what, async {
            loop {
                match read(&self.database, status).await {
                    Some(delivery) if delivery.status == DeliveryStatus::Dead => {
                        panic!("not delivered: {:?}", delivery.error)
                    }
                    Some(delivery) if delivery.status == DeliveryStatus::Sent => break,
                    Some(_) => pause().await,
                    None => panic!("the delivery is gone"),
                }
            }
        })
        .await;
        let sent = read(&self.database, move |db| messages::get_unchecked(db, id)).await;
        let sent = sent.unwrap_or(message);
        assert!(
            sent.sent_at.is_some(),
            "the time of the delivery was not noted"
        );
        assert!(
            sent.provider_message_id.is_some(),
            "the provider's id of the message was not noted: it cannot be stored"
        );
        sent.provider_message_id
    }

    /// Checks a second delivery of one message, which happens after a crash between the delivery
    /// and its recording. `first` is the provider's id of another message.
    async fn check_deliver_twice(
        &self,
        channel: &Channel,
        chat_id: &ChatId,
        first: Option<String>,
    ) {
        let message = self
            .send(channel, chat_id, "Conformance: delivered twice")
            .await;
        let chat_id = chat_id.clone();
        let found = read(&self.database, move |db| {
            Ok(chats::get(db, &chat_id)?.zip(addresses::of_chat(db, &chat_id)?))
        });
        let (chat, to) = found.await.unwrap_or_else(|| panic!("the chat is gone"));
        let outgoing = DeliveryJob::new(
            channel.clone(),
            chat,
            message,
            to,
            Arc::new(ObjectMediaStore::in_memory()),
        );
        let platform = ok(
            "looking the platform up",
            self.platforms.get(&channel.platform),
        );
        for time in ["the first time", "again"] {
            let outgoing = outgoing.clone();
            let delivered = unblocked("`deliver`", async { platform.deliver(outgoing).await });
            match ok(&format!("delivering {time}"), delivered.await) {
                DeliveryReceipt::Local => {
                    assert!(self.local, "`Local` from a platform that is not local")
                }
                DeliveryReceipt::Accepted { parts, .. } => {
                    assert!(!self.local, "`Accepted` from a platform that is local");
                    assert!(!parts.is_empty(), "`Accepted` without the provider's id");
                    for id in parts {
                        let checked = check_id("provider_message_id", &id);
                        ok("checking the provider's id", checked);
                        assert_ne!(Some(id), first, "two messages have the same provider's id");
                    }
                }
                receipt => panic!("the suite does not know {receipt:?}"),
            }
        }
    }

    async fn send(&self, channel: &Channel, chat_id: &ChatId, text: &str) -> Message {
        let (platforms, channel) = (self.platforms.clone(), channel.clone());
        let chat_id = chat_id.clone();
        let outgoing = OutgoingMessage::text(text);
        let sent = self
            .database
            .write(move |tx| send_message(tx, &platforms, &channel, &chat_id, outgoing));
        ok("`send_message`", sent.await)
    }
}
