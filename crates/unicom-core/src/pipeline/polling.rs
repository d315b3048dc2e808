//! Polling the providers of channels: one task for each channel, in one process at a time.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use unicom_db::DbError;
use unicom_db::queries::channels;
use unicom_db::queries::leases::{self, Lease, LeaseKind};
use unicom_models::{Channel, ChannelId};

use super::delivery_outcome::{BROKEN_WAIT, LONGEST_BUSY};
use super::retry::backoff;
use super::{Shared, end, log_panic};
use crate::leases::under_lease;
use crate::platform::{Inbox, PollError, Stop, note_error};

/// How often to look for channels that were changed, and for those that no process polls.
const LOOK: Duration = Duration::from_millis(250);

/// How long a poller may continue after it is told to stop.
const GRACE: Duration = Duration::from_millis(500);

/// A channel that this process polls, or polled last.
struct Polled {
    lease: Lease,
    config: Value,
    /// How often polling has failed since something was stored.
    failures: Arc<AtomicI32>,
    stop: watch::Sender<bool>,
    task: AbortHandle,
}

impl Shared {
    /// Polls the providers of all channels that want it, and that no other process polls, until
    /// `stop` is requested.
    pub(super) async fn poll_providers(self: &Arc<Self>, stop: &Stop) {
        if !self.platforms.have_poller() {
            return;
        }
        let mut polled = HashMap::new();
        let mut tasks = JoinSet::new();
        while !stop.is_requested() {
            while let Some(ended) = tasks.try_join_next() {
                log_panic(ended);
            }
            let pause = match self.look(&mut polled, &mut tasks).await {
                Ok(()) => LOOK,
                Err(error) => {
                    log::warn!("the pipeline cannot look for channels to poll: {error}");
                    self.options.poll
                }
            };
            tokio::select! {
                () = stop.requested() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        // Dropping the senders stops the pollers.
        drop(polled);
        end(&mut tasks).await;
    }

    /// Stops the polling of channels that have changed or are claimed by another process, and
    /// starts that of channels that no process polls.
    async fn look(
        self: &Arc<Self>,
        polled: &mut HashMap<ChannelId, Polled>,
        tasks: &mut JoinSet<()>,
    ) -> Result<(), DbError> {
        let now = self.database.lease_time();
        let read = self.database.read(move |db| {
            Ok::<_, DbError>((
                channels::list(db)?,
                leases::waiting(db, LeaseKind::Poller, now)?,
            ))
        });
        let (mut wanted, waiting) = read.await?;
        wanted.retain(|channel| self.is_polled(channel));
        for (id, polled) in &*polled {
            let is_same = |channel: &Channel| channel.id == *id && channel.config == polled.config;
            if !wanted.iter().any(is_same) || !waiting.contains(&polled.lease) {
                polled.stop.send_replace(true);
            }
        }
        polled.retain(|id, polled| {
            !polled.task.is_finished() || wanted.iter().any(|channel| channel.id == *id)
        });
        wanted.retain(|channel| {
            let is_running = |polled: &Polled| !polled.task.is_finished();
            !polled.get(&channel.id).is_some_and(is_running)
                && !waiting
                    .iter()
                    .any(|lease| lease.key == channel.id.to_string())
        });
        if wanted.is_empty() {
            return Ok(());
        }
        let duration = self.options.lease;
        let claimed = self.database.write_background(move |tx| {
            let mut claimed = Vec::new();
            for channel in wanted {
                // It may have changed or been deleted meanwhile.
                let found = channels::keep(tx, channel.id)?;
                if found.is_some_and(|found| found.active && found.config == channel.config) {
                    let key = channel.id.to_string();
                    let lease = leases::claim_key(tx, LeaseKind::Poller, &key, duration)?;
                    claimed.extend(lease.map(|lease| (channel, lease)));
                }
            }
            Ok::<_, DbError>(claimed)
        });
        for (channel, lease) in claimed.await? {
            let (id, config) = (channel.id, channel.config.clone());
            let before = polled.get(&id).filter(|before| before.config == config);
            let failures = before.map(|before| Arc::clone(&before.failures));
            let failures = failures.unwrap_or_default();
            let (stop, stopped) = Stop::new();
            let poll =
                Arc::clone(self).poll(channel, lease.clone(), stopped, Arc::clone(&failures));
            let task = tasks.spawn(poll);
            polled.insert(
                id,
                Polled {
                    lease,
                    config,
                    failures,
                    stop,
                    task,
                },
            );
        }
        Ok(())
    }

    /// Returns `true` if the platform of a channel polls it.
    fn is_polled(&self, channel: &Channel) -> bool {
        let Some(platform) = self.platforms.get(&channel.platform).ok() else {
            return false;
        };
        let wants = || {
            platform
                .poller()
                .is_some_and(|poller| poller.wants(channel))
        };
        channel.active && catch_unwind(AssertUnwindSafe(wants)).unwrap_or(false)
    }

    /// Polls one claimed channel until it is told to stop or the poller returns.
    async fn poll(
        self: Arc<Self>,
        channel: Channel,
        lease: Lease,
        stop: Stop,
        failures: Arc<AtomicI32>,
    ) {
        let id = channel.id;
        let inbox = Inbox::new(
            self.database.clone(),
            id,
            lease.clone(),
            Arc::clone(&failures),
        );
        let work = self.call_poller(channel.clone(), inbox, &stop);
        let Some(result) = under_lease(&self.database, &lease, self.options.lease, work).await
        else {
            log::info!("channel {id}: another process polls its provider, or it was changed");
            return;
        };
        // An error may be the consequence of the stop.
        let result = if stop.is_requested() {
            None
        } else {
            Some(result)
        };
        if let Err(error) = self.end_polling(&channel, lease, result, &failures).await {
            log::warn!("channel {id}: the end of its polling could not be stored: {error}");
        }
    }

    async fn call_poller(
        &self,
        channel: Channel,
        inbox: Inbox,
        stop: &Stop,
    ) -> Result<(), PollError> {
        let Ok(platform) = self.platforms.get(&channel.platform) else {
            return Ok(());
        };
        // Called inside the block, so that a panic before it returns a future is caught too.
        let polling = AssertUnwindSafe(async {
            match platform.poller() {
                Some(poller) => poller.poll(channel, inbox, stop.clone()).await,
                None => Ok(()),
            }
        });
        let overdue = async {
            stop.requested().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            ended = polling.catch_unwind() => ended.unwrap_or_else(|_| {
                Err(PollError::Temporary("the platform panicked".to_owned()))
            }),
            () = overdue => Ok(()),
        }
    }

    /// Gives the lease of a channel back: for any process to continue after a stop (`None`), or
    /// for the next time.
    async fn end_polling(
        &self,
        channel: &Channel,
        lease: Lease,
        result: Option<Result<(), PollError>>,
        failures: &AtomicI32,
    ) -> Result<(), DbError> {
        let id = channel.id;
        let Some(result) = result else {
            let given_back = self
                .database
                .write_background(move |tx| leases::finish(tx, &lease, None));
            return given_back.await;
        };
        let wait = match &result {
            Ok(()) => self.options.poll,
            Err(PollError::Temporary(_)) => {
                let failed = failures.fetch_add(1, Ordering::Relaxed).saturating_add(1);
                backoff(self.options.backoff, failed)
            }
            Err(PollError::Busy { after, .. }) => (*after).min(LONGEST_BUSY),
            Err(PollError::Broken(_)) => BROKEN_WAIT,
        };
        let reason =
            (result.as_ref().err()).map(|error| self.platforms.quote(error.reason(), channel));
        let given_back = self.database.write_background(move |tx| {
            // Before the lease, as for an admin's change.
            channels::lock(tx, id)?;
            let holds = leases::renew(tx, &lease, wait)?;
            if holds {
                note_error(tx, id, reason.as_deref())?;
            }
            Ok::<_, DbError>(holds)
        });
        if given_back.await? && result.is_err() {
            log::warn!("channel {id}: its provider could not be polled; its `error` says why");
        }
        Ok(())
    }
}
