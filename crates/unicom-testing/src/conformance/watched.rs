//! [`Watched`]: a platform whose poller is watched.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::watch;
use unicom_core::Platform;
use unicom_core::platform::{
    Capabilities, ChannelError, DeliveryFailure, DeliveryJob, DeliveryReceipt, Inbox, PollError,
    Poller, Stop,
};
use unicom_models::{Channel, PlatformKind};

use super::helper::unblocked;

/// What became of the last poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Poll {
    None,
    Running,
    /// It returned.
    Ended(Result<(), PollError>),
    /// It panicked, or blocked its thread.
    Panicked,
    /// It was dropped, since it did not stop.
    Dropped,
}

/// A platform whose poller is watched.
#[derive(Debug)]
pub(super) struct Watched {
    platform: Arc<dyn Platform>,
    poll: watch::Sender<Poll>,
}

impl Watched {
    /// Returns the platform and what becomes of its polls.
    pub fn new(platform: Arc<dyn Platform>) -> (Self, watch::Receiver<Poll>) {
        let (poll, last) = watch::channel(Poll::None);
        (Self { platform, poll }, last)
    }
}

/// Notes that a poll was dropped, unless it has ended.
struct Running<'a>(&'a watch::Sender<Poll>);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.send_if_modified(|poll| {
            let is_running = *poll == Poll::Running;
            if is_running {
                *poll = Poll::Dropped;
            }
            is_running
        });
    }
}

impl Platform for Watched {
    fn kind(&self) -> PlatformKind {
        self.platform.kind()
    }

    fn capabilities(&self) -> Capabilities {
        self.platform.capabilities()
    }

    fn validate_channel(&self, config: &Value) -> Result<(), ChannelError> {
        self.platform.validate_channel(config)
    }

    fn secret_settings(&self) -> &[&str] {
        self.platform.secret_settings()
    }

    fn poller(&self) -> Option<&dyn Poller> {
        self.platform.poller().is_some().then_some(self)
    }

    fn deliver(&self, job: DeliveryJob) -> BoxFuture<'_, Result<DeliveryReceipt, DeliveryFailure>> {
        self.platform.deliver(job)
    }
}

impl Poller for Watched {
    fn wants(&self, channel: &Channel) -> bool {
        (self.platform.poller()).is_some_and(|poller| poller.wants(channel))
    }

    fn poll(
        &self,
        channel: Channel,
        inbox: Inbox,
        stop: Stop,
    ) -> BoxFuture<'_, Result<(), PollError>> {
        async move {
            let Some(poller) = self.platform.poller() else {
                return Ok(());
            };
            self.poll.send_replace(Poll::Running);
            let _running = Running(&self.poll);
            let poll = unblocked("`poll`", async { poller.poll(channel, inbox, stop).await });
            match AssertUnwindSafe(poll).catch_unwind().await {
                Ok(result) => {
                    self.poll.send_replace(Poll::Ended(result.clone()));
                    result
                }
                Err(_) => {
                    self.poll.send_replace(Poll::Panicked);
                    Ok(())
                }
            }
        }
        .boxed()
    }
}
