//! [`Inbox`]: where a [`Poller`](super::Poller) stores what it has read.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use serde_json::Value;
use unicom_db::queries::leases::{self, Lease};
use unicom_db::queries::{channel_state, channels};
use unicom_db::{Database, DbError, Tx};
use unicom_models::{ChannelId, contains_nul};

use crate::CoreError;
use crate::inbound::{Applied, PlatformEvent, receive};
use crate::validation::check_id;

/// What the `error` of a channel begins with if its provider could not be polled.
const NOT_POLLED: &str = "the provider could not be polled: ";

/// Stores what a [`Poller`](super::Poller) has read, while its claim on the channel holds. Clones
/// share the claim.
#[derive(Debug, Clone)]
pub struct Inbox {
    database: Database,
    channel_id: ChannelId,
    lease: Lease,
    /// How often polling has failed since something was stored.
    failures: Arc<AtomicI32>,
}

impl Inbox {
    /// Creates the inbox of a channel whose lease is claimed.
    pub(crate) fn new(
        database: Database,
        channel_id: ChannelId,
        lease: Lease,
        failures: Arc<AtomicI32>,
    ) -> Self {
        Self {
            database,
            channel_id,
            lease,
            failures,
        }
    }

    /// Returns the cursor of this name as it was stored last. Returns `None` if it never was. A
    /// poller that reads several places, such as folders, has a cursor for each.
    ///
    /// # Errors
    /// [`CoreError::Db`] if the database fails.
    pub async fn cursor(&self, name: &str) -> Result<Option<Value>, CoreError> {
        let (id, name) = (self.channel_id, name.to_owned());
        let read = self
            .database
            .read(move |db| channel_state::get(db, id, &name));
        Ok(read.await?)
    }

    /// Applies events with [`receive`], in order, and moves a cursor, all in one transaction: if it
    /// fails, nothing is stored and the cursor stays where it was. Returns what was done with each
    /// event. An event that is refused does not fail the others.
    ///
    /// Call it without events and cursor when the provider has answered: the channel's `error` is
    /// removed then.
    ///
    /// # Errors
    /// Those of [`receive`]; [`CoreError::Conflict`] if another process polls the channel now;
    /// [`CoreError::ChannelNotFound`] if it was deleted; [`CoreError::Invalid`] and
    /// [`CoreError::Nul`] for a cursor that cannot be stored.
    pub async fn store(
        &self,
        events: Vec<PlatformEvent>,
        cursor: Option<(&str, Value)>,
    ) -> Result<Vec<Applied>, CoreError> {
        let cursor = cursor.map(|(name, value)| (name.to_owned(), value));
        if let Some((name, value)) = &cursor {
            check_id("cursor", name)?;
            if contains_nul(value) {
                return Err(CoreError::Nul { field: "cursor" });
            }
        }
        let (id, lease) = (self.channel_id, self.lease.clone());
        let stored = self.database.write(move |tx| {
            let channel = channels::keep(tx, id)?.ok_or(CoreError::ChannelNotFound(id))?;
            if !leases::holds(tx, &lease)? {
                let problem = "is polled by another process, or was changed";
                return Err(CoreError::conflict("channel", id, problem));
            }
            let received: Result<Vec<Applied>, CoreError> = events
                .into_iter()
                .map(|event| receive(tx, &channel, event))
                .collect();
            let received = received?;
            if let Some((name, value)) = cursor {
                channel_state::set(tx, id, &name, &value)?;
            }
            Ok((received, channel.error))
        });
        let (received, error) = stored.await?;
        self.failures.store(0, Ordering::Relaxed);
        if error.is_some_and(|error| error.starts_with(NOT_POLLED)) {
            // Not in the same write, which holds locks that others take after that of the channel.
            let noted = self.database.write(move |tx| note_error(tx, id, None));
            noted.await?;
        }
        Ok(received)
    }
}

/// Sets why the provider of a channel cannot be polled, or that it can. The channel keeps an error
/// of another cause, such as that of a validation.
pub(crate) fn note_error(
    tx: &mut Tx<'_>,
    id: ChannelId,
    reason: Option<&str>,
) -> Result<(), DbError> {
    let Some(channel) = channels::lock(tx, id)?.filter(|channel| channel.active) else {
        return Ok(());
    };
    let error = reason.map(|reason| format!("{NOT_POLLED}{reason}"));
    let is_own = |error: &String| error.starts_with(NOT_POLLED);
    if channel.error.as_ref().is_none_or(is_own) && channel.error != error {
        channels::set_error(tx, id, error.as_deref())?;
    }
    Ok(())
}
