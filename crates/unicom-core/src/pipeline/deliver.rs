//! Delivering outgoing messages to platforms that are not local, and storing the result.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::join_all;
use unicom_db::{
    DbError,
    queries::{
        addresses, channels, chats,
        deliveries::{self, ClaimedDelivery},
        leases::Lease,
        provider_messages,
    },
};

use super::Shared;
use super::delivery_outcome::{Rules, store_outcome};
use super::notices;
use crate::CoreError;
use crate::leases::renewing;
use crate::platform::{DeliveryError, DeliveryFailure, DeliveryJob, DeliveryReceipt};

impl Shared {
    /// Claims at most `limit` due deliveries of different chats. Returns them and `true` if there
    /// may be more.
    pub(super) async fn claim_deliveries(
        &self,
        limit: i64,
    ) -> Result<(Vec<ClaimedDelivery>, bool), DbError> {
        let duration = self.options.lease;
        let leases = self
            .database
            .write_background(move |tx| deliveries::claim(tx, limit, duration))
            .await?;
        let may_be_more = !leases.is_empty();
        let leases = self.keep_pace(leases).await?;
        let begun = leases.into_iter().map(|lease| self.begin_delivery(lease));
        let claimed = join_all(begun).await.into_iter().flatten().collect();
        Ok((claimed, may_be_more))
    }

    /// Begins an attempt at the first delivery of a claimed chat, in a separate write. A failure is
    /// logged and does not affect the other chats; the chat is claimed again when the lease has
    /// expired.
    async fn begin_delivery(&self, lease: Lease) -> Option<ClaimedDelivery> {
        let chat_id = lease.key.clone();
        let begun: Result<Option<ClaimedDelivery>, DbError> = self
            .database
            .write_background(move |tx| deliveries::begin_attempt(tx, lease))
            .await;
        begun.unwrap_or_else(|error| {
            log::warn!("chat {chat_id}: its next delivery could not be claimed: {error}");
            None
        })
    }

    /// Delivers one claimed message and stores the result.
    pub(super) async fn deliver(self: Arc<Self>, delivery: ClaimedDelivery) {
        let id = delivery.message.id;
        let renew = || self.renew_delivery(&delivery);
        let work = self.try_to_deliver(&delivery);
        let Some(result) = renewing(self.options.lease, renew, work).await else {
            log::warn!("message {id}: another worker has claimed its delivery");
            return;
        };
        if let Err(error) = self.note(delivery, result).await {
            log::warn!("message {id}: the outcome of its delivery could not be stored: {error}");
        }
    }

    /// Renews the claim. Returns `true` if it still holds, or if the database failed and it may
    /// still hold.
    async fn renew_delivery(&self, delivery: &ClaimedDelivery) -> bool {
        let (held, lease) = (delivery.clone(), self.options.lease);
        let renewed: Result<bool, DbError> = self
            .database
            .write(move |tx| deliveries::renew(tx, &held, lease))
            .await;
        renewed.unwrap_or_else(|error| {
            let id = delivery.message.id;
            log::warn!("message {id}: the claim on its delivery could not be renewed: {error}");
            true
        })
    }

    async fn try_to_deliver(
        &self,
        delivery: &ClaimedDelivery,
    ) -> Result<DeliveryReceipt, DeliveryFailure> {
        // The last claimants never reported an outcome.
        if delivery.without_outcome > self.options.attempts {
            let reason = "every attempt was interrupted";
            return Err(DeliveryError::rejected("interrupted", reason).into());
        }
        match self.job(delivery).await {
            Ok(Some(job)) => self.hand_over(job).await,
            Ok(None) => Err(DeliveryError::rejected(
                "no_address",
                "its channel or chat was deleted, or the chat has no address",
            )
            .into()),
            Err(error) => Err(DeliveryError::Temporary(error.to_string()).into()),
        }
    }

    async fn job(&self, delivery: &ClaimedDelivery) -> Result<Option<DeliveryJob>, DbError> {
        let message = delivery.message.clone();
        let media = Arc::clone(&self.media);
        self.database
            .read(move |db| {
                let (Some(channel), Some(chat), Some(to)) = (
                    channels::get(db, message.channel_id)?,
                    chats::get(db, &message.chat_id)?,
                    addresses::of_chat(db, &message.chat_id)?,
                ) else {
                    return Ok(None);
                };
                let reply_to = match message.reply_to_message_id {
                    Some(id) => provider_messages::parts(db, id)?.into_iter().next(),
                    None => None,
                };
                let sent_parts = provider_messages::parts(db, message.id)?;
                Ok(Some(DeliveryJob {
                    reply_to,
                    sent_parts,
                    ..DeliveryJob::new(channel, chat, message, to, media)
                }))
            })
            .await
    }

    async fn hand_over(&self, job: DeliveryJob) -> Result<DeliveryReceipt, DeliveryFailure> {
        let platform = self
            .platforms
            .get(&job.channel.platform)
            .map_err(|error| DeliveryError::Temporary(error.to_string()))?;
        let channel = job.channel.clone();
        // Call it inside the block, so that a panic before it returns a future is caught too.
        let delivery = AssertUnwindSafe(async { platform.deliver(job).await }).catch_unwind();
        let delivery = tokio::time::timeout(self.options.delivery_timeout, delivery);
        match self.uninterrupted(delivery).await {
            Some(Ok(Ok(delivered))) => delivered.map_err(|failure| {
                let mask = |text: String| {
                    self.platforms
                        .mask_in(&text, &channel.platform, &channel.config)
                };
                failure.error.map_text(mask).after_parts(failure.parts)
            }),
            Some(Ok(Err(_))) => {
                Err(DeliveryError::Temporary("the platform panicked".to_owned()).into())
            }
            Some(Err(_)) => Err(DeliveryError::Unknown(format!(
                "the platform took longer than {} s",
                self.options.delivery_timeout.as_secs_f32(),
            ))
            .into()),
            None => Err(DeliveryError::Temporary(
                "the server stopped before the platform responded".to_owned(),
            )
            .into()),
        }
    }

    /// Stores the outcome of an attempt.
    async fn note(
        &self,
        delivery: ClaimedDelivery,
        result: Result<DeliveryReceipt, DeliveryFailure>,
    ) -> Result<(), CoreError> {
        let platforms = self.platforms.clone();
        let (backoff, horizon) = (self.options.backoff, self.options.delivery_horizon);
        let notice = self
            .database
            .write_background(move |tx| {
                let channel = channels::get(tx, delivery.message.channel_id)?;
                let platform = channel.and_then(|one| platforms.get(&one.platform).ok().cloned());
                let rules = Rules {
                    repeat: platform
                        .map(|one| one.capabilities().repeat)
                        .unwrap_or_default(),
                    backoff,
                    horizon,
                };
                store_outcome(tx, &delivery, rules, result)
            })
            .await?;
        notices::write(&self.database, notice).await;
        Ok(())
    }
}
