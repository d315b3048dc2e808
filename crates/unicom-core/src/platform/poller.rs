//! [`Poller`]: asks the provider of a channel for what has happened, and stores it.

use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::watch;
use unicom_models::Channel;

use super::Inbox;
use crate::CoreError;

/// Asks the provider of a channel for what has happened, for platforms that are not called by their
/// provider, or not on all channels.
///
/// A running [`Pipeline`](crate::Pipeline) polls each active channel that the poller
/// [wants](Self::wants). In several processes on one database, one of them polls a channel. If it
/// ends, another one continues within 15 s.
pub trait Poller: Send + Sync {
    /// Returns `true` if this channel is to be polled. By default, every active channel is.
    fn wants(&self, channel: &Channel) -> bool {
        let _ = channel;
        true
    }

    /// Asks the provider of a channel, and stores what it reports in `inbox`, until `stop` is
    /// requested: when the channel is switched off, changed or deleted, and when the program ends.
    /// It has half a second to return after that.
    ///
    /// If it returns without an error before that, it is called again after
    /// [`PipelineOptions::poll`](crate::PipelineOptions::poll). A panic counts as
    /// [`PollError::Temporary`].
    ///
    /// # Errors
    /// [`PollError`] says when to call it again. Admins see the reason in the channel's `error`,
    /// without the channel's secrets, until something is stored in the inbox.
    fn poll(
        &self,
        channel: Channel,
        inbox: Inbox,
        stop: Stop,
    ) -> BoxFuture<'_, Result<(), PollError>>;
}

/// Why a provider could not be polled, which decides when it is polled again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PollError {
    /// The provider cannot be reached or has a problem. It is polled again, at growing intervals.
    #[error("temporary: {0}")]
    Temporary(String),
    /// The provider asks to wait.
    #[error("busy: {reason}")]
    Busy {
        /// Why, as a sentence for admins.
        reason: String,
        /// How long to wait, at most a day.
        after: Duration,
    },
    /// The channel does not work, for example because its token is wrong. The provider is polled
    /// again in 15 min, or as soon as an admin changes or validates the channel.
    #[error("broken: {0}")]
    Broken(String),
}

impl PollError {
    /// Returns the sentence for admins.
    pub(crate) fn reason(&self) -> &str {
        match self {
            Self::Temporary(reason) | Self::Busy { reason, .. } | Self::Broken(reason) => reason,
        }
    }
}

impl From<CoreError> for PollError {
    /// What cannot be stored is reported again later, when the cause may be gone.
    fn from(error: CoreError) -> Self {
        Self::Temporary(error.to_string())
    }
}

/// Tells a [`Poller`] to stop. Clones tell the same.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Creates a stop that is requested when the sender sends `true` or is dropped.
    pub(crate) fn new() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    /// Returns `true` if the poller is to stop.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Waits until the poller is to stop. Use it with `tokio::select!` beside each call of the
    /// provider.
    pub async fn requested(&self) {
        // An error means that the sender was dropped, which also means to stop.
        let _ = self.0.clone().wait_for(|requested| *requested).await;
    }
}
