//! Handing outgoing messages to platforms that are not local, and noting what came of it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use unicom_db::{
    DbError,
    queries::{channels, chats, deliveries},
};

use super::Shared;
use super::backoff::backoff;
use crate::{Delivery, DeliveryError, Outgoing};

impl Shared {
    /// Claims up to `limit` deliveries that are due.
    pub(super) async fn claim_deliveries(
        &self,
        limit: i64,
    ) -> Result<Vec<deliveries::Claimed>, DbError> {
        let lease = self.options.lease;
        self.database
            .write(move |tx| deliveries::claim(tx, limit, lease))
            .await
    }

    /// Delivers one claimed message and notes what came of it.
    pub(super) async fn deliver(self: Arc<Self>, delivery: deliveries::Claimed) {
        let result = match self.outgoing(&delivery).await {
            // Whoever held it never came back to say why.
            Ok(_) if delivery.attempt > self.options.attempts => Err(DeliveryError::Permanent(
                "every attempt ended with its process or its database".to_owned(),
            )),
            Ok(outgoing) => self.hand_over(outgoing).await,
            Err(error) => Err(DeliveryError::Temporary(error.to_string())),
        };
        let id = delivery.message.id;
        if let Err(error) = self.note(delivery, result).await {
            log::warn!("message {id}: the outcome of its delivery could not be stored: {error}");
        }
    }

    async fn outgoing(&self, delivery: &deliveries::Claimed) -> Result<Option<Outgoing>, DbError> {
        let message = delivery.message.clone();
        self.database
            .read(move |db| {
                let channel = channels::get(db, message.channel_id)?;
                let chat = chats::get(db, &message.chat_id)?;
                Ok(channel.zip(chat).map(|(channel, chat)| Outgoing {
                    channel,
                    chat,
                    message,
                }))
            })
            .await
    }

    async fn hand_over(&self, outgoing: Option<Outgoing>) -> Result<Delivery, DeliveryError> {
        let outgoing = outgoing
            .ok_or_else(|| DeliveryError::Permanent("its channel or chat is gone".to_owned()))?;
        let platform = self
            .platforms
            .get(&outgoing.channel.platform)
            .map_err(|error| DeliveryError::Temporary(error.to_string()))?;
        let delivery = AssertUnwindSafe(platform.deliver(outgoing)).catch_unwind();
        // Half the lease leaves time to note the outcome before anybody else may try.
        match tokio::time::timeout(self.options.lease / 2, delivery).await {
            Ok(Ok(delivered)) => delivered,
            Ok(Err(_)) => Err(DeliveryError::Temporary("the platform panicked".to_owned())),
            Err(_) => Err(DeliveryError::Temporary(
                "the platform did not answer in time".to_owned(),
            )),
        }
    }

    async fn note(
        &self,
        delivery: deliveries::Claimed,
        result: Result<Delivery, DeliveryError>,
    ) -> Result<(), DbError> {
        let wait = backoff(self.options.backoff, delivery.attempt);
        let last = delivery.attempt >= self.options.attempts;
        self.database
            .write(move |tx| {
                match &result {
                    Ok(Delivery::Local) => deliveries::sent(tx, &delivery, None)?,
                    Ok(Delivery::Accepted {
                        provider_message_id,
                    }) => deliveries::sent(tx, &delivery, Some(provider_message_id))?,
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
