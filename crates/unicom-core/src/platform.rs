//! `Platform`: what a platform's crate implements, and the registry of those in a process.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;
use unicom_models::{Channel, Chat, Message, PlatformKind};

use crate::CoreError;

pub use crate::error::ChannelError;

/// A platform that messages come from and go to.
///
/// Implementers convert and deliver; storing is done for them. `unicom-testing` has a conformance suite.
pub trait Platform: Debug + Send + Sync + 'static {
    /// Its name, under which channels are configured.
    fn kind(&self) -> PlatformKind;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Looks a channel's configuration over. A channel that passes is active.
    ///
    /// # Errors
    /// [`ChannelError`] names what is wrong and what may be there instead.
    fn validate_channel(&self, config: &Value) -> Result<(), ChannelError>;

    /// Hands one message to the platform. No transaction is open meanwhile.
    ///
    /// May be called again for the same message after a crash or a temporary error: where the platform takes a
    /// name for a message from the sender, pass the message's id, so that it is not shown twice.
    ///
    /// # Errors
    /// [`DeliveryError`] says whether trying again may help.
    fn deliver(&self, job: DeliveryJob) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryError>>;
}

/// What a platform can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// Whether its readers read from unicom's own database: a stored message is a sent one, nothing is delivered.
    pub local: bool,
}

/// A message on its way to a platform.
#[derive(Debug, Clone)]
pub struct DeliveryJob {
    /// The channel to go through.
    pub channel: Channel,
    /// The chat it belongs to.
    pub chat: Chat,
    /// The message.
    pub message: Message,
}

/// How a message was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryReceipt {
    /// It needed no delivery: its readers read it from the database.
    Local,
    /// The platform took it.
    Accepted {
        /// The name that the platform gave it.
        provider_message_id: String,
    },
}

/// Why a platform did not take a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// Trying again may help.
    #[error("temporary: {0}")]
    Temporary(String),
    /// Trying again will not help.
    #[error("permanent: {0}")]
    Permanent(String),
}

/// The platforms of a process.
#[derive(Debug, Clone, Default)]
pub struct Platforms(BTreeMap<PlatformKind, Arc<dyn Platform>>);

impl Platforms {
    /// The same with `platform`, which takes the place of one of its name.
    #[must_use]
    pub fn with(mut self, platform: impl Platform) -> Self {
        self.0.insert(platform.kind(), Arc::new(platform));
        self
    }

    /// The platform of that name.
    ///
    /// # Errors
    /// [`CoreError::UnknownPlatform`] lists the names there are.
    pub fn get(&self, kind: &PlatformKind) -> Result<&Arc<dyn Platform>, CoreError> {
        self.0.get(kind).ok_or_else(|| CoreError::UnknownPlatform {
            platform: kind.clone(),
            choices: self
                .0
                .keys()
                .map(PlatformKind::as_str)
                .collect::<Vec<_>>()
                .join(", "),
        })
    }
}
