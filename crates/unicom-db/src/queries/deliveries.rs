//! Deliveries: outgoing messages on their way to a platform that is not local, one of a chat at a time, in order.
//!
//! They are claimed as requests are: `due_at` is the whole state, whoever claims raises `attempts`, which never falls,
//! and only the newest attempt may note what came of it. A delivery behind another one of its chat is put off when
//! somebody who looks for work comes across it; the end of the one before makes it due at once.

use std::time::Duration;

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use unicom_models::schema::{unicom_deliveries as deliveries, unicom_messages as messages};
use unicom_models::{ChatId, Delivery, DeliveryStatus, Message, MessageId, UtcTime};

use crate::{Db, DbError, Event, Tx, on_engine};

/// Due deliveries that are looked at beyond those that are wanted: some of them may be behind others.
const LOOK_AHEAD: i64 = 128;

/// How long a delivery behind another one is put off. The end of that one makes it due earlier.
const DEFER_FOR: Duration = Duration::from_secs(30);

/// The open deliveries of the same chat that come before the one in question, as a part of a query.
macro_rules! earlier_open {
    ($earlier:ident) => {
        $earlier
            .filter($earlier.field(deliveries::chat_id).eq(deliveries::chat_id))
            .filter($earlier.field(deliveries::due_at).is_not_null())
            // The first filter is the range of the index, the second decides between equal times.
            .filter(
                $earlier
                    .field(deliveries::written_at)
                    .le(deliveries::written_at),
            )
            .filter(
                $earlier
                    .field(deliveries::written_at)
                    .lt(deliveries::written_at)
                    .or($earlier
                        .field(deliveries::message_id)
                        .lt(deliveries::message_id)),
            )
    };
}

/// The row of a delivery, as long as the claim on it holds.
macro_rules! claimed {
    ($delivery:expr) => {
        deliveries::table
            .find($delivery.message.id)
            .filter(deliveries::attempts.eq($delivery.attempt))
            // Put back by a person, it is nobody's until it is claimed again.
            .filter(deliveries::attempts.gt(deliveries::attempts_before))
            .filter(deliveries::due_at.is_not_null())
    };
}

/// A delivery that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct DueDelivery {
    /// The message.
    pub message_id: MessageId,
    /// Whether an earlier message of its chat is still under way.
    pub is_blocked: bool,
}

/// A delivery that somebody has claimed.
#[derive(Debug, Clone)]
pub struct ClaimedDelivery {
    /// What is to be delivered.
    pub message: Message,
    /// The number of this attempt, by which its holder is known. No two attempts for a message have the same.
    pub attempt: i32,
    /// Attempts that count, this one among them: those since a person last put it back into the queue.
    pub counted: i32,
}

/// Queues a stored message for delivery. Its chat must be locked.
pub fn queue(tx: &mut Tx<'_>, message: &Message) -> Result<(), DbError> {
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
    tx.emit(Event::DeliveryReady {
        message_id: message.id,
    });
    Ok(())
}

/// Deliveries that are due, the earliest first: those who want `limit` may find more, and some that are behind others.
///
/// A look and no promise: [`claim`] says whether a delivery can be had.
pub fn find_due(db: &mut Db, now: UtcTime, limit: i64) -> Result<Vec<DueDelivery>, DbError> {
    let earlier = diesel::alias!(deliveries as earlier);
    Ok(on_engine!(db, conn => deliveries::table
        .filter(deliveries::due_at.le(now))
        .order((deliveries::due_at, deliveries::message_id))
        .limit(limit.saturating_add(LOOK_AHEAD))
        .select((deliveries::message_id, exists(earlier_open!(earlier))))
        .load(conn))?)
}

/// Puts off those of the deliveries that are behind another one of their chat.
///
/// In a write of its own: it waits for nobody, and nobody waits for it long.
pub fn defer(tx: &mut Tx<'_>, ids: &[MessageId]) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    // What somebody else has locked is claimed or ended right now.
    let ids: Vec<MessageId> = match db {
        Db::Postgres(conn) => deliveries::table
            .filter(deliveries::message_id.eq_any(ids))
            .filter(deliveries::due_at.le(now))
            .select(deliveries::message_id)
            .for_no_key_update()
            .skip_locked()
            .load(conn)?,
        Db::Sqlite(_) => ids.to_vec(),
    };
    let earlier = diesel::alias!(deliveries as earlier);
    // Asked anew: the one before may have ended since, and it will not come back to wake this one.
    on_engine!(db, conn => diesel::update(
            deliveries::table
                .filter(deliveries::message_id.eq_any(&ids))
                .filter(deliveries::due_at.le(now))
                .filter(exists(earlier_open!(earlier))),
        )
        .set(deliveries::due_at.eq(now.plus(DEFER_FOR)))
        .execute(conn))?;
    Ok(())
}

/// Claims a delivery for `lease`, if it is due and behind no other one of its chat.
pub fn claim(
    tx: &mut Tx<'_>,
    message_id: MessageId,
    lease: Duration,
) -> Result<Option<ClaimedDelivery>, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let earlier = diesel::alias!(deliveries as earlier);
    let taken: Option<(i32, i32)> = on_engine!(db, conn => diesel::update(
            deliveries::table
                .filter(deliveries::message_id.eq(message_id))
                .filter(deliveries::due_at.le(now))
                .filter(not(exists(earlier_open!(earlier)))),
        )
        .set((
            deliveries::attempts.eq(deliveries::attempts + 1),
            deliveries::due_at.eq(now.plus(lease)),
            deliveries::updated_at.eq(now),
        ))
        .returning((deliveries::attempts, deliveries::attempts_before))
        .get_result(conn)
        .optional())?;
    let Some((attempt, before)) = taken else {
        return Ok(None);
    };
    let message = on_engine!(db, conn => messages::table
        .find(message_id)
        .select(Message::as_select())
        .first(conn))?;
    Ok(Some(ClaimedDelivery {
        message,
        attempt,
        counted: attempt - before,
    }))
}

/// Keeps a claim for `lease` from now; whether it still holds.
pub fn renew(
    tx: &mut Tx<'_>,
    delivery: &ClaimedDelivery,
    lease: Duration,
) -> Result<bool, DbError> {
    let due = tx.now().plus(lease);
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::update(claimed!(delivery))
        .set(deliveries::due_at.eq(due))
        .execute(conn))?
        > 0)
}

/// When the earliest delivery is due, if one waits.
pub fn next_due(db: &mut Db) -> Result<Option<UtcTime>, DbError> {
    Ok(on_engine!(db, conn => deliveries::table
        .filter(deliveries::due_at.is_not_null())
        .select(diesel::dsl::min(deliveries::due_at))
        .first::<Option<UtcTime>>(conn))?)
}

/// Notes that the platform took the message; whether the claim still held. The next one of its chat is due then: its
/// chat must be locked.
pub fn sent(
    tx: &mut Tx<'_>,
    delivery: &ClaimedDelivery,
    provider_message_id: Option<&str>,
) -> Result<bool, DbError> {
    if !finish(tx, delivery, DeliveryStatus::Sent, None)? {
        return Ok(false);
    }
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(messages::table.find(delivery.message.id))
        .set((messages::sent_at.eq(now), messages::provider_message_id.eq(provider_message_id)))
        .execute(conn))?;
    Ok(true)
}

/// Notes that the platform did not take it, to be tried again at `due`; whether the claim still held.
pub fn retry_later(
    tx: &mut Tx<'_>,
    delivery: &ClaimedDelivery,
    due: UtcTime,
    error: &str,
) -> Result<bool, DbError> {
    update_claimed(tx, delivery, DeliveryStatus::Queued, Some(due), Some(error))
}

/// Gives the delivery up, for a person to see; whether the claim still held. The next one of its chat is due then: its
/// chat must be locked.
pub fn dead(tx: &mut Tx<'_>, delivery: &ClaimedDelivery, error: &str) -> Result<bool, DbError> {
    finish(tx, delivery, DeliveryStatus::Dead, Some(error))
}

/// How a message's delivery stands; none where it needed none.
pub fn get(db: &mut Db, message_id: MessageId) -> Result<Option<Delivery>, DbError> {
    Ok(on_engine!(db, conn => deliveries::table
        .find(message_id)
        .select(Delivery::as_select())
        .first(conn)
        .optional())?)
}

/// Up to `limit` deliveries of one status or of any, the latest change first.
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

/// Puts a dead delivery back into the queue; whether there is one.
pub fn retry(tx: &mut Tx<'_>, message_id: MessageId) -> Result<bool, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let changed = on_engine!(db, conn => diesel::update(
            deliveries::table.find(message_id).filter(deliveries::status.eq(DeliveryStatus::Dead)),
        )
        .set((
            deliveries::status.eq(DeliveryStatus::Queued),
            // Attempts count anew, but their numbers go on: whoever still holds an old one must not be taken for the new one.
            deliveries::attempts_before.eq(deliveries::attempts),
            deliveries::due_at.eq(now),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn))?;
    if changed > 0 {
        tx.emit(Event::DeliveryReady { message_id });
    }
    Ok(changed > 0)
}

/// Takes a claimed delivery out of the queue; whether the claim still held.
fn finish(
    tx: &mut Tx<'_>,
    delivery: &ClaimedDelivery,
    status: DeliveryStatus,
    error: Option<&str>,
) -> Result<bool, DbError> {
    let held = update_claimed(tx, delivery, status, None, error)?;
    if held {
        wake_next(tx, &delivery.message.chat_id)?;
    }
    Ok(held)
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

/// Makes the first open delivery of a chat due, if it was put off.
///
/// Without a look whether it was: who is putting it off right now is waited for, and then undone.
fn wake_next(tx: &mut Tx<'_>, chat_id: &ChatId) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let next: Option<MessageId> = on_engine!(db, conn => deliveries::table
        .filter(deliveries::chat_id.eq(chat_id))
        .filter(deliveries::due_at.is_not_null())
        .order((deliveries::written_at, deliveries::message_id))
        .select(deliveries::message_id)
        .first(conn)
        .optional())?;
    let Some(next) = next else { return Ok(()) };
    let woken = on_engine!(db, conn => diesel::update(
            deliveries::table
                .find(next)
                // One that was tried waits for its next attempt.
                .filter(deliveries::attempts.eq(deliveries::attempts_before))
                .filter(deliveries::due_at.is_not_null()),
        )
        .set(deliveries::due_at.eq(now))
        .execute(conn))?;
    if woken > 0 {
        tx.emit(Event::DeliveryReady { message_id: next });
    }
    Ok(())
}
