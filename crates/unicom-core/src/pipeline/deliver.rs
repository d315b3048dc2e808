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
    },
};

use super::Shared;
use super::lease::renewing;
use super::retry::backoff;
use crate::platform::{DeliveryError, DeliveryJob, DeliveryReceipt};
use crate::validation::check_id;

impl Shared {
    /// Claims at most `limit` due deliveries of different chats. Returns them and `true` if there may
    /// be more.
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
    ) -> Result<DeliveryReceipt, DeliveryError> {
        // The last claimant never reported an outcome.
        if delivery.counted > self.options.attempts {
            return Err(DeliveryError::Permanent(
                "every attempt was interrupted".to_owned(),
            ));
        }
        match self.outgoing(delivery).await {
            Ok(outgoing) => self.hand_over(outgoing).await,
            Err(error) => Err(DeliveryError::Temporary(error.to_string())),
        }
    }

    async fn outgoing(&self, delivery: &ClaimedDelivery) -> Result<Option<DeliveryJob>, DbError> {
        let message = delivery.message.clone();
        self.database
            .read(move |db| {
                let channel = channels::get(db, message.channel_id)?;
                let chat = chats::get(db, &message.chat_id)?;
                let to = addresses::of_chat(db, &message.chat_id)?;
                Ok(channel
                    .zip(chat)
                    .zip(to)
                    .map(|((channel, chat), to)| DeliveryJob {
                        channel,
                        chat,
                        message,
                        to,
                    }))
            })
            .await
    }

    async fn hand_over(
        &self,
        outgoing: Option<DeliveryJob>,
    ) -> Result<DeliveryReceipt, DeliveryError> {
        let outgoing = outgoing.ok_or_else(|| {
            DeliveryError::Permanent(
                "its channel or chat was deleted, or the chat has no address".to_owned(),
            )
        })?;
        let platform = self
            .platforms
            .get(&outgoing.channel.platform)
            .map_err(|error| DeliveryError::Temporary(error.to_string()))?;
        let channel = outgoing.channel.clone();
        // Call it inside the block, so that a panic before it returns a future is caught too.
        let delivery = AssertUnwindSafe(async { platform.deliver(outgoing).await }).catch_unwind();
        let delivery = tokio::time::timeout(self.options.delivery_timeout, delivery);
        match self.uninterrupted(delivery).await {
            Some(Ok(Ok(delivered))) => delivered.map_err(|error| {
                error.map_text(|text| {
                    self.platforms
                        .mask_in(&text, &channel.platform, &channel.config)
                })
            }),
            Some(Ok(Err(_))) => Err(DeliveryError::Temporary("the platform panicked".to_owned())),
            Some(Err(_)) => Err(DeliveryError::Temporary(format!(
                "the platform took longer than {} s",
                self.options.delivery_timeout.as_secs_f32(),
            ))),
            None => Err(DeliveryError::Temporary(
                "the server stopped before the platform responded".to_owned(),
            )),
        }
    }

    async fn note(
        &self,
        delivery: ClaimedDelivery,
        result: Result<DeliveryReceipt, DeliveryError>,
    ) -> Result<(), DbError> {
        let wait = backoff(self.options.backoff, delivery.counted);
        let last = delivery.counted >= self.options.attempts;
        self.database
            .write_background(move |tx| {
                chats::lock_row(tx, &delivery.message.chat_id)?;
                match &result {
                    Ok(DeliveryReceipt::Local) => deliveries::sent(tx, &delivery, None)?,
                    Ok(DeliveryReceipt::Accepted {
                        provider_message_id: id,
                    }) => deliveries::sent(tx, &delivery, storable(id, &delivery))?,
                    Err(error @ DeliveryError::Temporary(_)) if !last => {
                        let due = tx.now().plus(wait);
                        deliveries::retry_later(tx, &delivery, due, &error.to_string())?
                    }
                    Err(error) => deliveries::dead(tx, &delivery, &error.to_string())?,
                };
                Ok(())
            })
            .await
    }
}

/// Returns the id that a provider gave a message, if both engines can store it. The message is
/// delivered in any case: a retry would deliver it twice.
fn storable<'a>(id: &'a str, delivery: &ClaimedDelivery) -> Option<&'a str> {
    check_id("provider_message_id", id)
        .inspect_err(|error| {
            let message = delivery.message.id;
            log::error!("message {message} is delivered without its provider's id: {error}");
        })
        .ok()
        .map(|()| id)
}
