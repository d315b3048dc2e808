//! [`Platform`], the trait of a platform crate, and [`Platforms`], the registry of a process.

mod config_schema;
mod context;
mod delivery;
mod file;
mod inbox;
mod pace;
mod poller;
mod probe;
mod shown;
mod signal;
mod webhook;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use unicom_models::{Address, Channel, PlatformKind};

use crate::CoreError;
use crate::inbound::FileRef;
use crate::json_error::sentence;

pub use self::delivery::{BusyScope, DeliveryError, DeliveryFailure, DeliveryJob, DeliveryReceipt};
pub use crate::error::ChannelError;
pub use config_schema::{PlatformDescription, common_settings};
pub use context::PlatformContext;
pub use file::FileSink;
pub use inbox::Inbox;
pub(crate) use inbox::note_error;
pub use pace::{Pace, Rate};
pub use poller::{PollError, Poller, Stop};
pub use probe::Probed;
pub use shown::ShownChannel;
pub use signal::Signal;
pub use webhook::{WebhookCall, WebhookHandler, WebhookMethod, WebhookRefusal, WebhookReply};

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

    /// Returns the JSON Schema (2020-12) of the platform's settings of a channel: an object whose
    /// `properties` have a `description` each. It describes what
    /// [`validate_channel`](Self::validate_channel) accepts, to people and to forms. unicom adds
    /// the settings that every channel has. By default, any object is valid.
    fn config_schema(&self) -> Value {
        json!({ "type": "object" })
    }

    /// Validates the configuration of a channel, in a transaction: see [`probe`](Self::probe) for
    /// what the provider says.
    ///
    /// A secret is not in the configuration: a setting such as `token_env` names the environment
    /// variable, which [`Secrets::get`](crate::secrets::Secrets::get) reads.
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

    /// Returns what is sent to a chat if a request has failed for good, so that no answer comes, on
    /// a channel with this configuration. By default, nothing is sent.
    fn failure_message(&self, _config: &Value) -> Option<String> {
        None
    }

    /// Asks the provider whether a channel with a valid configuration can work, for example whether
    /// its token is right. Called before a channel is created or activated by an admin, and by
    /// `unicom check --online`. No transaction is open meanwhile. It may take 15 s. By default,
    /// every channel can work.
    ///
    /// The channel may be new: nothing is stored under its id then, and nothing will be if this
    /// fails.
    ///
    /// # Errors
    /// [`ChannelError`] with the words of the provider. Secret settings and the values of
    /// environment variables that the configuration names are removed from it.
    fn probe(&self, channel: Channel) -> BoxFuture<'_, Result<Probed, ChannelError>> {
        drop(channel);
        std::future::ready(Ok(Probed::default())).boxed()
    }

    /// Returns the handler of the calls that the provider makes. By default, the provider makes
    /// none.
    fn webhook(&self) -> Option<&dyn WebhookHandler> {
        None
    }

    /// Returns the poller of the provider. By default, the provider is not polled.
    fn poller(&self) -> Option<&dyn Poller> {
        None
    }

    /// Fetches a file of an incoming message: writes its content to `sink`, also in small pieces.
    /// No transaction is open meanwhile. By default, a platform has no files.
    ///
    /// May be called again for the same file after a crash or an error. The type of the file is
    /// detected from its content.
    ///
    /// # Errors
    /// [`DeliveryError`] says whether a retry may help. After five attempts that failed, the file
    /// is given up; `Busy` counts no attempt. Return the errors of the sink.
    fn fetch<'a>(
        &'a self,
        channel: Channel,
        file: FileRef,
        sink: &'a mut FileSink,
    ) -> BoxFuture<'a, Result<(), DeliveryError>> {
        let _ = (channel, file, sink);
        let reason = "this platform fetches no files".to_owned();
        std::future::ready(Err(DeliveryError::Unsupported(reason))).boxed()
    }

    /// Shows the chat with the address `to` that a message was seen or that an answer is being
    /// written, or the account with the address `to` that its click has arrived. By default, a
    /// platform shows nothing.
    ///
    /// Nothing waits for it, nothing repeats it, and it is left out while many are under way. It
    /// may take 5 s.
    fn signal(&self, channel: Channel, to: Address, signal: Signal) -> BoxFuture<'_, ()> {
        drop((channel, to, signal));
        std::future::ready(()).boxed()
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Capabilities {
    /// Whether readers read from unicom's database. If so, a stored message is a sent message, and
    /// nothing is delivered.
    pub local: bool,
    /// What happens if the platform is given a message twice.
    #[serde(skip)]
    pub repeat: Repeat,
    /// How many messages the provider accepts. By default, unicom does not count them.
    #[serde(skip)]
    pub pace: Pace,
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

    /// Sets how many messages the provider accepts.
    #[must_use]
    pub fn with_pace(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }
}

/// Parses the settings of a channel. Settings that `T` does not have, among them those of every
/// channel, are ignored unless `T` denies unknown fields.
///
/// # Errors
/// [`ChannelError`] names the setting that is invalid.
pub fn read_settings<T: DeserializeOwned>(config: &Value) -> Result<T, ChannelError> {
    serde_path_to_error::deserialize(config).map_err(|error| ChannelError(sentence(error)))
}

/// The platforms registered in a process.
#[derive(Debug, Clone, Default)]
pub struct Platforms {
    registered: BTreeMap<PlatformKind, Arc<dyn Platform>>,
    pub(crate) context: PlatformContext,
}

impl Platforms {
    /// Registers `platform`. Replaces a platform of the same name.
    #[must_use]
    pub fn with(mut self, platform: impl Platform) -> Self {
        self.registered.insert(platform.kind(), Arc::new(platform));
        self
    }

    /// Sets what platforms get from the program: the secrets that settings of channels may name,
    /// which are removed from errors, and the addresses of webhooks, which are shown to admins.
    #[must_use]
    pub fn with_context(self, context: PlatformContext) -> Self {
        Self { context, ..self }
    }

    /// Returns the registered names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.registered.keys().map(PlatformKind::as_str)
    }

    /// Returns the platform whose webhooks are at this part of a path: its name in lower case.
    /// Returns `None` if there is none, or if its provider makes no calls.
    pub fn with_webhook_at(&self, path: &str) -> Option<&Arc<dyn Platform>> {
        let is_here = |kind: &PlatformKind| path_of(kind) == path;
        let (_, platform) = self.registered.iter().find(|(kind, _)| is_here(kind))?;
        platform.webhook().is_some().then_some(platform)
    }

    /// Returns `true` if a platform is not local.
    pub(crate) fn are_remote(&self) -> bool {
        let mut platforms = self.registered.values();
        platforms.any(|platform| !platform.capabilities().local)
    }

    /// Returns `true` if the provider of a platform accepts a limited number of messages.
    pub(crate) fn have_pace(&self) -> bool {
        let mut platforms = self.registered.values();
        platforms.any(|platform| platform.capabilities().pace != Pace::default())
    }

    /// Returns `true` if a platform has a poller.
    pub(crate) fn have_poller(&self) -> bool {
        let mut platforms = self.registered.values();
        platforms.any(|platform| platform.poller().is_some())
    }

    /// Returns the platform of this name.
    ///
    /// # Errors
    /// [`CoreError::UnknownPlatform`] lists the registered names.
    pub fn get(&self, kind: &PlatformKind) -> Result<&Arc<dyn Platform>, CoreError> {
        (self.registered.get(kind)).ok_or_else(|| CoreError::UnknownPlatform {
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

/// Returns the part of a webhook's path that names the platform.
fn path_of(kind: &PlatformKind) -> String {
    kind.as_str().to_ascii_lowercase()
}
