//! The queue of deliveries: outgoing messages on their way to a platform that is not local, one at
//! a time per chat, in order.
//!
//! Deliveries are claimed like requests: `due_at` is the whole state of the queue. Each claim
//! increments `attempts`, which never decreases, and only the newest attempt may record its result.
//! A delivery behind another one of its chat is deferred when a worker that looks for work finds
//! it; when the earlier one ends, it becomes due immediately.

use std::time::Duration;

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use unicom_models::schema::{unicom_deliveries as deliveries, unicom_messages as messages};
use unicom_models::{ChatId, Delivery, DeliveryStatus, Message, MessageId, UtcTime};

use crate::{Db, DbError, Event, Tx, by_engine, on_engine};

/// Number of due deliveries to read beyond the requested limit, since some may be blocked.
const LOOK_AHEAD: i64 = 128;

/// How long a blocked delivery is deferred. It becomes due earlier if the delivery before it ends.
const DEFER_FOR: Duration = Duration::from_secs(30);

/// Query part: the open deliveries of the same chat that come before the current one.
macro_rules! earlier_open {
    ($earlier:ident) => {
        $earlier
            .filter($earlier.field(deliveries::chat_id).eq(deliveries::chat_id))
            .filter($earlier.field(deliveries::due_at).is_not_null())
            // The first filter bounds the index range; the second orders equal times.
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

/// Selects the row of a delivery while the claim on it holds.
macro_rules! claimed {
    ($delivery:expr) => {
        deliveries::table
            .find($delivery.message.id)
            .filter(deliveries::attempts.eq($delivery.attempt))
            // After a retry was requested, the delivery is unclaimed until its next claim.
            .filter(deliveries::attempts.gt(deliveries::attempts_before))
            .filter(deliveries::due_at.is_not_null())
    };
}

/// A delivery that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable)]
pub struct DueDelivery {
    /// The id of the message.
    pub message_id: MessageId,
    /// Whether an earlier delivery of the same chat is open.
    pub is_blocked: bool,
}

/// A claimed delivery.
#[derive(Debug, Clone)]
pub struct ClaimedDelivery {
    /// The message to deliver.
    pub message: Message,
    /// The number of this attempt, which identifies the claim. It is unique per message.
    pub attempt: i32,
    /// The number of attempts, including this one, since a person last put the delivery back into
    /// the queue.
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

/// Returns due deliveries, earliest first. May return more than `limit`, including blocked ones.
///
/// The result reserves nothing: only [`claim`] decides whether a delivery is available.
pub fn find_due(db: &mut Db, now: UtcTime, limit: i64) -> Result<Vec<DueDelivery>, DbError> {
    let earlier = diesel::alias!(deliveries as earlier);
    Ok(on_engine!(db, conn => deliveries::table
        .filter(deliveries::due_at.le(now))
        .order((deliveries::due_at, deliveries::message_id))
        .limit(limit.saturating_add(LOOK_AHEAD))
        .select((deliveries::message_id, exists(earlier_open!(earlier))))
        .load(conn))?)
}

/// Defers those of the deliveries that are behind another one of their chat.
///
/// Run it in a separate write: it waits for no lock, and holds its locks only briefly.
pub fn defer(tx: &mut Tx<'_>, ids: &[MessageId]) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    // Rows locked by another transaction are just being claimed or ended.
    let ids: Vec<MessageId> = by_engine!(
        db,
        Postgres(conn) => deliveries::table
            .filter(deliveries::message_id.eq_any(ids))
            .filter(deliveries::due_at.le(now))
            .select(deliveries::message_id)
            .for_no_key_update()
            .skip_locked()
            .load(conn)?,
        Sqlite(_) => ids.to_vec(),
    );
    let earlier = diesel::alias!(deliveries as earlier);
    // Checks again: the earlier delivery may have ended since, and would not wake this one a second
    // time.
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

/// Claims a delivery for `lease`. Returns `None` if it is not due or is behind another one of its
/// chat.
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

/// Extends a claim to `lease` from now. Returns `true` if the claim still holds.
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

/// Returns the time when the earliest open delivery is due. Returns `None` if none is open.
pub fn next_due(db: &mut Db) -> Result<Option<UtcTime>, DbError> {
    Ok(on_engine!(db, conn => deliveries::table
        .filter(deliveries::due_at.is_not_null())
        .select(diesel::dsl::min(deliveries::due_at))
        .first::<Option<UtcTime>>(conn))?)
}

/// Records that the platform accepted the message. Returns `true` if the claim still held. Makes
/// the next delivery of its chat due, so the chat must be locked.
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

/// Records a failed attempt, to be repeated at `due`. Returns `true` if the claim still held.
pub fn retry_later(
    tx: &mut Tx<'_>,
    delivery: &ClaimedDelivery,
    due: UtcTime,
    error: &str,
) -> Result<bool, DbError> {
    update_claimed(tx, delivery, DeliveryStatus::Queued, Some(due), Some(error))
}

/// Gives up the delivery, which a person can then inspect. Returns `true` if the claim still held.
/// Makes the next delivery of its chat due, so the chat must be locked.
pub fn dead(tx: &mut Tx<'_>, delivery: &ClaimedDelivery, error: &str) -> Result<bool, DbError> {
    finish(tx, delivery, DeliveryStatus::Dead, Some(error))
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

/// Puts a dead delivery back into the queue. Returns `true` if there was one.
pub fn retry(tx: &mut Tx<'_>, message_id: MessageId) -> Result<bool, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let changed = on_engine!(db, conn => diesel::update(
            deliveries::table.find(message_id).filter(deliveries::status.eq(DeliveryStatus::Dead)),
        )
        .set((
            deliveries::status.eq(DeliveryStatus::Queued),
            // The count of attempts starts again but their numbers go on: a worker with an old
            // attempt must not pass for the holder of a new one.
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

/// Removes a claimed delivery from the queue. Returns `true` if the claim still held.
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

/// Makes the first open delivery of a chat due, if it was deferred.
///
/// Does not check first whether it was: if another transaction is deferring it right now, this
/// update waits for that one and then undoes it.
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
                // A delivery that was attempted waits for its next attempt.
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
