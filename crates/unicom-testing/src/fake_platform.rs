//! [`FakePlatform`]: a platform on the network, simulated in memory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;
use unicom_core::{
    Platform,
    inbound::{Address, AddressScope, ChatInfo},
    platform::{Capabilities, ChannelError, DeliveryFailure, DeliveryJob, DeliveryReceipt, Repeat},
};
use unicom_models::{ChannelId, PlatformKind};

/// A platform that is not local. It records deliveries and fails on demand. Clones share their
/// state.
///
/// A channel's configuration may have a `token`, which must be a string and is secret.
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
    delay: Duration,
    repeat: Repeat,
}

impl FakePlatform {
    /// The name of the platform.
    pub const KIND: &str = "Fake";

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
        Capabilities::default().with_repeat(self.state().repeat)
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

    fn deliver(
        &self,
        outgoing: DeliveryJob,
    ) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryFailure>> {
        let mut state = self.state();
        let result = match state.failures.pop_front() {
            Some(error) => Err(error),
            None => {
                let prefix = state.id_prefix.as_deref().unwrap_or("fake-");
                let receipt = format!("{prefix}{}", outgoing.message.id);
                state.delivered.push(outgoing);
                Ok(DeliveryReceipt::accepted(receipt))
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
