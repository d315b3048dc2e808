//! [`Platform`], the trait of a platform crate, and [`Platforms`], the registry of a process.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;
use unicom_models::{Address, Channel, Chat, Message, PlatformKind};

use crate::CoreError;

pub use crate::error::ChannelError;

/// A platform that messages come from and go to.
///
/// Implementations convert and deliver messages; unicom stores them. `unicom-testing` has a
/// conformance suite.
pub trait Platform: Debug + Send + Sync + 'static {
    /// Returns the name under which channels of this platform are configured.
    fn kind(&self) -> PlatformKind;

    /// Returns the capabilities of the platform. By default it has none.
    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    /// Validates the configuration of a channel. A channel that passes is active.
    ///
    /// # Errors
    /// [`ChannelError`] names what is wrong and what is allowed instead.
    fn validate_channel(&self, config: &Value) -> Result<(), ChannelError>;

    /// Returns the names of the secret settings of a channel, such as `token`. A dot leads to a
    /// setting inside another one, as in `smtp.password`. By default, none is secret.
    ///
    /// Admins and the command line see [`MASK`](crate::secrets::MASK) instead of their values, also
    /// in the errors of this platform. The database and an export have the values themselves.
    fn secret_settings(&self) -> &[&str] {
        &[]
    }

    /// Hands one message to the platform. No transaction is open meanwhile.
    ///
    /// May be called again for the same message after a crash or a temporary error. If the platform
    /// accepts a message id from the sender, pass the id of the message, so that it is not shown
    /// twice.
    ///
    /// # Errors
    /// [`DeliveryError`] says whether a retry may help.
    fn deliver(&self, job: DeliveryJob) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryError>>;
}

/// The capabilities of a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Capabilities {
    /// Whether readers read from unicom's database. If so, a stored message is a sent message, and
    /// nothing is delivered.
    pub local: bool,
}

impl Capabilities {
    /// Returns the capabilities of a platform whose readers read from unicom's database.
    pub fn local() -> Self {
        Self { local: true }
    }
}

/// A message to deliver to a platform.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DeliveryJob {
    /// The channel to deliver through.
    pub channel: Channel,
    /// The chat of the message.
    pub chat: Chat,
    /// The message.
    pub message: Message,
    /// The provider's id of the chat.
    pub to: Address,
}

impl DeliveryJob {
    /// Creates the job to deliver `message`, which is in `chat` on `channel`, to the address `to`.
    pub fn new(channel: Channel, chat: Chat, message: Message, to: Address) -> Self {
        Self {
            channel,
            chat,
            message,
            to,
        }
    }
}

/// The result of a successful delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryReceipt {
    /// No delivery was needed: readers read the message from the database.
    Local,
    /// The platform accepted the message.
    #[non_exhaustive]
    Accepted {
        /// The id that the platform gave the message.
        provider_message_id: String,
    },
}

impl DeliveryReceipt {
    /// Creates the receipt for a message that the platform accepted under this id.
    pub fn accepted(provider_message_id: impl Into<String>) -> Self {
        Self::Accepted {
            provider_message_id: provider_message_id.into(),
        }
    }
}

/// The error of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// A retry may help.
    #[error("temporary: {0}")]
    Temporary(String),
    /// A retry will not help.
    #[error("permanent: {0}")]
    Permanent(String),
}

impl DeliveryError {
    /// Changes the text of the error.
    pub(crate) fn map_text(self, change: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::Temporary(text) => Self::Temporary(change(text)),
            Self::Permanent(text) => Self::Permanent(change(text)),
        }
    }
}

/// The platforms registered in a process.
#[derive(Debug, Clone, Default)]
pub struct Platforms(BTreeMap<PlatformKind, Arc<dyn Platform>>);

impl Platforms {
    /// Registers `platform`. Replaces a platform of the same name.
    #[must_use]
    pub fn with(mut self, platform: impl Platform) -> Self {
        self.0.insert(platform.kind(), Arc::new(platform));
        self
    }

    /// Returns the registered names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(PlatformKind::as_str)
    }

    /// Returns the platform of this name.
    ///
    /// # Errors
    /// [`CoreError::UnknownPlatform`] lists the registered names.
    pub fn get(&self, kind: &PlatformKind) -> Result<&Arc<dyn Platform>, CoreError> {
        self.0.get(kind).ok_or_else(|| CoreError::UnknownPlatform {
            platform: kind.clone(),
            choices: self.names().collect::<Vec<_>>().join(", "),
        })
    }

    /// Returns the platform that a message is sent with on `channel`.
    ///
    /// # Errors
    /// [`CoreError::UnknownPlatform`], [`CoreError::ChannelInactive`].
    pub(crate) fn for_sending(&self, channel: &Channel) -> Result<&Arc<dyn Platform>, CoreError> {
        let platform = self.get(&channel.platform)?;
        if channel.active {
            Ok(platform)
        } else {
            Err(CoreError::ChannelInactive(channel.id))
        }
    }
}
