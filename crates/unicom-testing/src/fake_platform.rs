//! [`FakePlatform`]: a platform on the network, simulated in memory.

mod files;
mod polling;
mod provider;
mod records;
mod signals;
mod text;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Value, json};
use unicom_core::{
    Platform,
    inbound::{Address, AddressScope, ChatInfo, FileRef},
    platform::{
        Capabilities, ChannelError, DeliveryError, DeliveryFailure, DeliveryJob, DeliveryReceipt,
        FileSink, Pace, Poller, Probed, Repeat, Signal, WebhookCall, WebhookHandler, WebhookMethod,
        WebhookRefusal, WebhookReply,
    },
};
use unicom_models::{Channel, ChannelId, PlatformKind};

use self::provider::{Message, Provider};
use self::records::{Files, Signals, Text};

pub use self::provider::FakePoll;

/// A platform that is not local. It records deliveries and fails on demand. Clones share their
/// state.
///
/// A channel's configuration may have a `token`, which must be a string and is secret.
///
/// It has a poller if [`with_polling`](Self::with_polling) was called, which stores what
/// [`report`](Self::report) reports.
///
/// It shows HTML and buttons unless [`with_text_limit`](Self::with_text_limit) was called.
///
/// A call of its webhook is proven by this token, in the header `X-Fake-Token` or the parameter
/// `token`. The body is `{"messages": [{"id", "from", "text", "files"?}], "answer"?}`; `panic`
/// panics. A `GET` is answered with its parameter `challenge`.
///
/// ```
/// use unicom_core::{Platforms, platform::DeliveryError};
/// use unicom_testing::FakePlatform;
///
/// let fake = FakePlatform::default();
/// fake.fail_next(DeliveryError::Temporary("no network".to_owned()));
/// let platforms = Platforms::default().with(fake.clone());
/// # drop(platforms);
/// assert!(fake.delivered().is_empty());
/// ```
#[derive(Debug, Clone, Default)]
pub struct FakePlatform(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    delivered: Vec<DeliveryJob>,
    failures: VecDeque<DeliveryFailure>,
    /// What the ids of delivered messages begin with, instead of `fake-`.
    id_prefix: Option<String>,
    text: Text,
    files: Files,
    signals: Signals,
    delay: Duration,
    repeat: Repeat,
    pace: Pace,
    probe: FakeProbe,
    probed: Vec<Channel>,
    provider: Provider,
}

/// What a [`FakePlatform`] says about a channel when it is asked.
#[derive(Debug, Clone, Default)]
pub enum FakeProbe {
    /// The channel can work.
    #[default]
    Accept,
    /// The channel cannot work, for this reason.
    Refuse(String),
    /// Panics.
    Panic,
}

impl FakePlatform {
    /// The name of the platform.
    pub const KIND: &str = "Fake";

    /// Maximum size of the body of a webhook in bytes.
    pub const BODY_LIMIT: usize = 4096;

    /// Returns a private chat with an address that is the same on all channels, so that its id is
    /// `fake_{address}`.
    pub fn chat(address: &str) -> ChatInfo {
        ChatInfo::at(Address::chat(ChannelId(0), address).with_scope(AddressScope::Platform))
    }

    /// Sets how long the platform takes to answer. It records a message immediately and answers
    /// after `delay`. Defaults to no delay.
    #[must_use]
    pub fn with_delay(self, delay: Duration) -> Self {
        self.state().delay = delay;
        self
    }

    /// Sets what happens if the platform is given a message twice.
    #[must_use]
    pub fn with_repeat(self, repeat: Repeat) -> Self {
        self.state().repeat = repeat;
        self
    }

    /// Sets how many messages the provider accepts. It does not check that itself.
    #[must_use]
    pub fn with_pace(self, pace: Pace) -> Self {
        self.state().pace = pace;
        self
    }

    /// Sets what the platform's ids of messages begin with. Defaults to `fake-`.
    #[must_use]
    pub fn with_id_prefix(self, prefix: &str) -> Self {
        self.state().id_prefix = Some(prefix.to_owned());
        self
    }

    /// Makes one more delivery fail. Later deliveries succeed.
    pub fn fail_next(&self, failure: impl Into<DeliveryFailure>) {
        self.state().failures.push_back(failure.into());
    }

    /// Sets what the platform says about channels from now on.
    pub fn set_probe(&self, probe: FakeProbe) {
        self.state().probe = probe;
    }

    /// Returns the channels that the platform was asked about, in order.
    pub fn probed(&self) -> Vec<Channel> {
        self.state().probed.clone()
    }

    /// Returns the successful deliveries in order. A message that was delivered twice occurs twice.
    pub fn delivered(&self) -> Vec<DeliveryJob> {
        self.state().delivered.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        (self.0.lock()).unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Platform for FakePlatform {
    fn kind(&self) -> PlatformKind {
        Self::KIND.into()
    }

    fn capabilities(&self) -> Capabilities {
        let state = self.state();
        Capabilities::default()
            .with_repeat(state.repeat)
            .with_pace(state.pace)
    }

    fn config_schema(&self) -> Value {
        json!({
            "type": "object",
            "properties": {
                "token": { "description": "The token of the fake provider.", "type": "string" },
                "poll": { "description": "Whether to poll the provider.", "type": "boolean" },
            },
        })
    }

    fn validate_channel(&self, config: &Value) -> Result<(), ChannelError> {
        match config.get("token") {
            None | Some(Value::String(_)) => Ok(()),
            Some(_) => Err(ChannelError("`token` must be a string".to_owned())),
        }
    }

    fn secret_settings(&self) -> &[&str] {
        &["token"]
    }

    fn probe(&self, channel: Channel) -> BoxFuture<'_, Result<Probed, ChannelError>> {
        let mut state = self.state();
        let url = format!("https://chat.example.com/hooks/fake/{}/", channel.id);
        state.probed.push(channel);
        let probe = state.probe.clone();
        async move {
            match probe {
                FakeProbe::Accept => Ok(Probed::default().with_webhook_url(url)),
                FakeProbe::Refuse(said) => Err(ChannelError(said)),
                FakeProbe::Panic => panic!("the fake platform panics"),
            }
        }
        .boxed()
    }

    fn webhook(&self) -> Option<&dyn WebhookHandler> {
        Some(self)
    }

    fn poller(&self) -> Option<&dyn Poller> {
        self.state().provider.is_polled.then_some(self)
    }

    fn fetch<'a>(
        &'a self,
        _: Channel,
        file: FileRef,
        sink: &'a mut FileSink,
    ) -> BoxFuture<'a, Result<(), DeliveryError>> {
        self.fetch_file(file, sink).boxed()
    }

    fn signal(&self, _: Channel, to: Address, signal: Signal) -> BoxFuture<'_, ()> {
        self.show(to, signal).boxed()
    }

    fn deliver(
        &self,
        outgoing: DeliveryJob,
    ) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryFailure>> {
        let mut state = self.state();
        let result = match state.failures.pop_front() {
            Some(error) => Err(error),
            None => {
                let prefix = state.id_prefix.as_deref().unwrap_or("fake-");
                let id = format!("{prefix}{}", outgoing.message.id);
                let parts = state.text.send(&outgoing, &id);
                state.delivered.push(outgoing);
                Ok(DeliveryReceipt::accepted_parts(parts))
            }
        };
        let delay = state.delay;
        async move {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            result
        }
        .boxed()
    }
}

/// The body of a call of the webhook.
#[derive(Deserialize)]
struct Posted {
    messages: Vec<Message>,
    answer: Option<Value>,
}

impl WebhookHandler for FakePlatform {
    fn body_limit(&self) -> usize {
        Self::BODY_LIMIT
    }

    fn read(&self, channel: &Channel, call: &WebhookCall) -> Result<WebhookReply, WebhookRefusal> {
        let given = call.header("X-Fake-Token").or(call.parameter("token"));
        let token = channel.config.get("token").and_then(Value::as_str);
        if given.is_none() || given != token {
            return Err(WebhookRefusal::Unproven);
        }
        if call.method == WebhookMethod::Get {
            let challenge = call.parameter("challenge").unwrap_or_default();
            return Ok(WebhookReply::Text(challenge.to_owned()));
        }
        assert!(&call.body[..] != b"panic", "the fake platform panics");
        let posted: Posted = serde_json::from_slice(&call.body)
            .map_err(|error| WebhookRefusal::Malformed(error.to_string()))?;
        let event = |message: Message| self.event(channel.id, message);
        let events = posted.messages.into_iter().map(event).collect();
        Ok(match posted.answer {
            Some(answer) => WebhookReply::answer(events, answer),
            None => WebhookReply::events(events),
        })
    }
}
