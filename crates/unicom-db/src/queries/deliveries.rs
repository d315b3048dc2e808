//! The queue of deliveries: outgoing messages on their way to a platform that is not local, one at
//! a time per chat, in order.
//!
//! The [lease](super::leases) of a chat says when its first open delivery may be claimed, and who
//! delivers it. Each claim increments the delivery's `attempts`, which never decreases, and only
//! the newest attempt may record its result.

use std::time::Duration;

use diesel::prelude::*;
use unicom_models::schema::{unicom_deliveries as deliveries, unicom_messages as messages};
use unicom_models::{ChatId, Delivery, DeliveryStatus, Message, MessageId, UtcTime};

use super::change_numbers;
use super::channel_holds;
use super::leases::{self, Lease, LeaseKind};
use crate::{Db, DbError, Event, LockedChat, Tx, on_engine};

/// Selects the row of a delivery while the claim on it holds.
macro_rules! claimed {
    ($delivery:expr) => {
        deliveries::table
            .find($delivery.message.id)
            .filter(deliveries::attempts.eq($delivery.attempt))
            // After a retry was requested, the delivery is unclaimed until its next claim.
            .filter(deliveries::attempts.gt(deliveries::attempts_before))
            .filter(deliveries::status.eq(DeliveryStatus::Queued))
    };
}

/// A claimed delivery.
#[derive(Debug, Clone)]
pub struct ClaimedDelivery {
    /// The message to deliver.
    pub message: Message,
    /// The lease of its chat.
    pub lease: Lease,
    /// The number of this attempt, which identifies the claim. It is unique per message.
    pub attempt: i32,
    /// The number of attempts without an outcome, including this one: those before it were
    /// interrupted.
    pub without_outcome: i32,
    /// What earlier attempts led to.
    pub history: DeliveryHistory,
}

/// What earlier attempts of a delivery led to, since a person last put it back into the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Queryable, AsChangeset)]
#[diesel(table_name = deliveries, treat_none_as_null = true)]
pub struct DeliveryHistory {
    /// The number of failed attempts.
    pub failures: i32,
    /// When the first of them failed.
    pub first_failed_at: Option<UtcTime>,
    /// The number of attempts with an unknown outcome.
    pub unknown_outcomes: i32,
}

/// Queues a stored message of `chat` for delivery.
pub fn queue(tx: &mut Tx<'_>, chat: &LockedChat<'_>, message: &Message) -> Result<(), DbError> {
    debug_assert_eq!(chat.id, message.chat_id);
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(deliveries::table)
        .values((
            deliveries::message_id.eq(message.id),
            deliveries::status.eq(DeliveryStatus::Queued),
            deliveries::attempts.eq(0),
            deliveries::due_at.eq(now),
            deliveries::updated_at.eq(now),
            deliveries::attempts_before.eq(0),
            deliveries::chat_id.eq(&message.chat_id),
            deliveries::written_at.eq(message.timestamp),
        ))
        .execute(conn))?;
    leases::ask(tx, LeaseKind::Deliveries, message.chat_id.as_str())?;
    tx.emit(Event::DeliveryReady {
        message_id: message.id,
    });
    Ok(())
}

/// Claims up to `limit` chats with due deliveries for `duration`.
pub fn claim(tx: &mut Tx<'_>, limit: i64, duration: Duration) -> Result<Vec<Lease>, DbError> {
    leases::claim(tx, LeaseKind::Deliveries, limit, duration)
}

/// Begins an attempt at the first open delivery of a claimed chat. Returns `None` and gives the
/// lease back if there is none or the channel is held, or if the claim is lost.
pub fn begin_attempt(tx: &mut Tx<'_>, lease: Lease) -> Result<Option<ClaimedDelivery>, DbError> {
    let now = tx.now();
    let chat_id = ChatId::from(lease.key.as_str());
    if !leases::holds(tx, &lease)? {
        return Ok(None);
    }
    let Some((id, ..)) = first_open(tx, &chat_id)? else {
        leases::finish(tx, &lease, None)?;
        return Ok(None);
    };
    if let Some(until) = channel_holds::of_chat(tx, &chat_id)? {
        leases::put_back(tx, &lease, until)?;
        return Ok(None);
    }
    let db: &mut Db = tx;
    let (attempt, before, history) = on_engine!(db, conn => diesel::update(deliveries::table.find(id))
        .set((
            deliveries::attempts.eq(deliveries::attempts + 1),
            deliveries::updated_at.eq(now),
        ))
        .returning((
            deliveries::attempts,
            deliveries::attempts_before,
            (deliveries::failures, deliveries::first_failed_at, deliveries::unknown_outcomes),
        ))
        .get_result::<(i32, i32, DeliveryHistory)>(conn))?;
    let message = on_engine!(db, conn => messages::table
        .find(id)
        .select(Message::as_select())
        .first(conn))?;
    Ok(Some(ClaimedDelivery {
        message,
        lease,
        attempt,
        without_outcome: attempt - before,
        history,
    }))
}

/// Returns the first open delivery of a chat, when its next attempt is or was due, and the number
/// of its attempts.
fn first_open(db: &mut Db, chat_id: &ChatId) -> Result<Option<(MessageId, UtcTime, i32)>, DbError> {
    Ok(on_engine!(db, conn => deliveries::table
        .filter(deliveries::chat_id.eq(chat_id))
        .filter(deliveries::due_at.is_not_null())
        .order((deliveries::written_at, deliveries::message_id))
        .select((
            deliveries::message_id,
            deliveries::due_at.assume_not_null(),
            deliveries::attempts,
        ))
        .first(conn)
        .optional())?)
}

/// Returns the first open delivery of a chat, and when it is due, or a time in the past.
fn next_open(db: &mut Db, chat_id: &ChatId) -> Result<Option<(MessageId, UtcTime)>, DbError> {
    let first = first_open(db, chat_id)?;
    Ok(first.map(|(id, due, attempts)| match attempts {
        // The time of one that was not attempted is that of its sender's clock.
        0 => (id, UtcTime::BEGINNING),
        _ => (id, due),
    }))
}

/// Extends a claim to `duration` from now. Returns `true` if the claim still holds.
pub fn renew(
    tx: &mut Tx<'_>,
    delivery: &ClaimedDelivery,
    duration: Duration,
) -> Result<bool, DbError> {
    leases::renew(tx, &delivery.lease, duration)
}

/// Returns the time when the earliest chat with open deliveries is due. Returns `None` if no
/// delivery is open.
pub fn next_due(db: &mut Db) -> Result<Option<UtcTime>, DbError> {
    leases::next_due(db, LeaseKind::Deliveries)
}

/// Records that the platform accepted the message, and makes the next delivery of its chat due.
/// Returns `true` if the claim still held.
pub fn sent(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    delivery: &ClaimedDelivery,
) -> Result<bool, DbError> {
    if !finish(tx, chat, delivery, DeliveryStatus::Sent, None)? {
        return Ok(false);
    }
    let (change, now) = (change_numbers::next(tx, chat)?, tx.now());
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(messages::table.find(delivery.message.id))
        .set((messages::sent_at.eq(now), messages::change.eq(change)))
        .execute(conn))?;
    Ok(true)
}

/// Records the outcome of an attempt after which the delivery is to be tried again at `due`.
/// Returns `true` if the claim still held.
pub fn retry_later(
    tx: &mut Tx<'_>,
    delivery: &ClaimedDelivery,
    due: UtcTime,
    error: &str,
    history: DeliveryHistory,
) -> Result<bool, DbError> {
    let held = update_claimed(tx, delivery, DeliveryStatus::Queued, Some(due), Some(error))?;
    if held {
        leases::put_back(tx, &delivery.lease, due)?;
        let db: &mut Db = tx;
        on_engine!(db, conn => diesel::update(deliveries::table.find(delivery.message.id))
            // The attempt has had an outcome.
            .set((history, deliveries::attempts_before.eq(deliveries::attempts)))
            .execute(conn))?;
    }
    Ok(held)
}

/// Gives up the delivery, which a person can then inspect, and makes the next one of its chat due.
/// Returns `true` if the claim still held.
pub fn dead(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    delivery: &ClaimedDelivery,
    error: &str,
) -> Result<bool, DbError> {
    if !finish(tx, chat, delivery, DeliveryStatus::Dead, Some(error))? {
        return Ok(false);
    }
    change_numbers::message(tx, chat, delivery.message.id)?;
    Ok(true)
}

/// Ends the delivery of a message that its provider has reported as sent, even while it waits for
/// another attempt.
pub fn reported_sent(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    message: &Message,
) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let ended = on_engine!(db, conn => diesel::update(
            deliveries::table
                .find(message.id)
                .filter(deliveries::status.eq(DeliveryStatus::Queued))
                // Otherwise an attempt is in progress, which has an outcome itself.
                .filter(deliveries::attempts.eq(deliveries::attempts_before))
                .filter(deliveries::attempts.gt(0)),
        )
        .set((
            deliveries::status.eq(DeliveryStatus::Sent),
            deliveries::due_at.eq(None::<UtcTime>),
            deliveries::error.eq(None::<String>),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn))?;
    if ended > 0 {
        let next = next_open(tx, &chat.id)?.map(|(_, due)| due);
        leases::end_claim(tx, LeaseKind::Deliveries, chat.id.as_str(), next)?;
    }
    Ok(())
}

/// Returns the delivery of a message. Returns `None` if the message needed none.
pub fn get(db: &mut Db, message_id: MessageId) -> Result<Option<Delivery>, DbError> {
    Ok(on_engine!(db, conn => deliveries::table
        .find(message_id)
        .select(Delivery::as_select())
        .first(conn)
        .optional())?)
}

/// Returns up to `limit` deliveries with the given status or any, most recently changed first.
pub fn list(
    db: &mut Db,
    status: Option<DeliveryStatus>,
    limit: i64,
) -> Result<Vec<Delivery>, DbError> {
    Ok(on_engine!(db, conn => {
        let mut query = deliveries::table.select(Delivery::as_select()).into_boxed();
        if let Some(status) = status {
            query = query.filter(deliveries::status.eq(status));
        }
        query.order((deliveries::updated_at.desc(), deliveries::message_id.desc())).limit(limit).load(conn)
    })?)
}

/// Puts a dead delivery back into the queue. Returns `true` if there was one. It is claimed before
/// later deliveries of its chat, also before one that waits for its next attempt.
pub fn retry(tx: &mut Tx<'_>, message_id: MessageId) -> Result<bool, DbError> {
    let now = tx.now();
    let Some(message) = super::messages::get_unchecked(tx, message_id)? else {
        return Ok(false);
    };
    // Locked before the delivery and the lease.
    let Some(chat) = super::chats::lock(tx, &message.chat_id)? else {
        return Ok(false);
    };
    // A lease that is due when the first delivery is due is not claimed.
    let waiting = first_open(tx, &message.chat_id)?.map(|(_, due, _)| due);
    let db: &mut Db = tx;
    let changed = on_engine!(db, conn => diesel::update(
            deliveries::table.find(message_id).filter(deliveries::status.eq(DeliveryStatus::Dead)),
        )
        .set((
            deliveries::status.eq(DeliveryStatus::Queued),
            // The count of attempts starts again but their numbers go on: a worker with an old
            // attempt must not pass for the holder of a new one.
            deliveries::attempts_before.eq(deliveries::attempts),
            DeliveryHistory::default(),
            deliveries::due_at.eq(now),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn))?;
    if changed == 0 {
        return Ok(false);
    }
    change_numbers::message(tx, &chat, message_id)?;
    leases::ask_instead_of(tx, LeaseKind::Deliveries, message.chat_id.as_str(), waiting)?;
    tx.emit(Event::DeliveryReady { message_id });
    Ok(true)
}

/// Removes a claimed delivery from the queue. Returns `true` if the claim still held.
fn finish(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    delivery: &ClaimedDelivery,
    status: DeliveryStatus,
    error: Option<&str>,
) -> Result<bool, DbError> {
    if !update_claimed(tx, delivery, status, None, error)? {
        return Ok(false);
    }
    let next = next_open(tx, &chat.id)?;
    leases::finish(tx, &delivery.lease, next.map(|(_, due)| due))?;
    if let Some((message_id, _)) = next {
        tx.emit(Event::DeliveryReady { message_id });
    }
    Ok(true)
}

fn update_claimed(
    tx: &mut Tx<'_>,
    delivery: &ClaimedDelivery,
    status: DeliveryStatus,
    due: Option<UtcTime>,
    error: Option<&str>,
) -> Result<bool, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::update(claimed!(delivery))
        .set((
            deliveries::status.eq(status),
            deliveries::due_at.eq(due),
            deliveries::error.eq(error),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn))?
        > 0)
}
