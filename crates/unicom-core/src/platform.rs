//! [`Platform`], the trait of a platform crate, and [`Platforms`], the registry of a process.

mod delivery;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use unicom_models::{Channel, PlatformKind};

use crate::CoreError;

pub use self::delivery::{BusyScope, DeliveryError, DeliveryFailure, DeliveryJob, DeliveryReceipt};
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
    /// May be called again for the same message after a crash or an error. If the platform accepts
    /// a message id from the sender, pass the id of the message, so that it is not shown twice. If
    /// the message takes several parts, send those after [`DeliveryJob::sent_parts`].
    ///
    /// # Errors
    /// [`DeliveryError`] says what to do next. If some parts were sent before the error, add their
    /// ids with [`DeliveryError::after_parts`].
    fn deliver(&self, job: DeliveryJob) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryFailure>>;
}

/// The capabilities of a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Capabilities {
    /// Whether readers read from unicom's database. If so, a stored message is a sent message, and
    /// nothing is delivered.
    pub local: bool,
    /// What happens if the platform is given a message twice.
    pub repeat: Repeat,
}

/// What happens if a platform is given a message twice. It decides what follows a delivery whose
/// outcome is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Repeat {
    /// The recipient sees it twice. A delivery whose outcome is unknown is repeated once: two
    /// copies are better than none.
    #[default]
    Visible,
    /// The platform recognises the message, so it may be repeated like after any other error.
    Harmless,
    /// The platform reports what it sent. A delivery whose outcome is unknown is repeated once, if
    /// no receipt arrives within this time.
    Reported {
        /// How long a receipt takes at most.
        within: Duration,
    },
}

impl Capabilities {
    /// Returns the capabilities of a platform whose readers read from unicom's database.
    pub fn local() -> Self {
        Self {
            local: true,
            ..Self::default()
        }
    }

    /// Sets what happens if the platform is given a message twice.
    #[must_use]
    pub fn with_repeat(self, repeat: Repeat) -> Self {
        Self { repeat, ..self }
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
