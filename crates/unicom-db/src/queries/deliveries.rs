//! Deliveries: outgoing messages on their way to a platform that is not local.

use std::time::Duration;

use diesel::prelude::*;
use unicom_models::schema::{unicom_deliveries as deliveries, unicom_messages as messages};
use unicom_models::{Delivery, DeliveryStatus, Message, MessageId, UtcTime};

use crate::{Db, DbError, Event, Tx, on_engine};

/// A delivery that somebody has claimed.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// What is to be delivered.
    pub message: Message,
    /// The number of this attempt, from 1.
    pub attempt: i32,
}

/// Queues a stored message for delivery.
pub fn queue(tx: &mut Tx<'_>, message_id: MessageId) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(deliveries::table)
        .values((
            deliveries::message_id.eq(message_id),
            deliveries::status.eq(DeliveryStatus::Queued),
            deliveries::attempts.eq(0),
            deliveries::due_at.eq(now),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn))?;
    tx.emit(Event::DeliveryReady { message_id });
    Ok(())
}

/// Claims up to `limit` deliveries that are due, for `lease`. A chat with an earlier message under way waits, so
/// that messages arrive in their order.
pub fn claim(tx: &mut Tx<'_>, limit: i64, lease: Duration) -> Result<Vec<Claimed>, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let (mine, others) = diesel::alias!(messages as mine, messages as others);
    let earlier = diesel::alias!(deliveries as earlier);
    macro_rules! due {
        () => {
            deliveries::table
                .filter(deliveries::due_at.le(now))
                .filter(diesel::dsl::not(diesel::dsl::exists(
                    mine.inner_join(
                        others.on(others
                            .field(messages::chat_id)
                            .eq(mine.field(messages::chat_id))),
                    )
                    .inner_join(
                        earlier.on(earlier
                            .field(deliveries::message_id)
                            .eq(others.field(messages::id))),
                    )
                    .filter(mine.field(messages::id).eq(deliveries::message_id))
                    .filter(earlier.field(deliveries::due_at).is_not_null())
                    .filter(
                        others
                            .field(messages::timestamp)
                            .lt(mine.field(messages::timestamp)),
                    ),
                )))
                .order((deliveries::due_at, deliveries::message_id))
                .limit(limit)
                .select(deliveries::message_id)
        };
    }
    let ids: Vec<MessageId> = match db {
        Db::Postgres(conn) => due!().for_update().skip_locked().load(conn)?,
        Db::Sqlite(conn) => due!().load(conn)?,
    };
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    on_engine!(db, conn => diesel::update(deliveries::table.filter(deliveries::message_id.eq_any(&ids)))
        .set((
            deliveries::attempts.eq(deliveries::attempts + 1),
            deliveries::due_at.eq(now.plus(lease)),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn))?;
    let claimed: Vec<(Message, i32)> = on_engine!(db, conn => deliveries::table
        .inner_join(messages::table)
        .filter(deliveries::message_id.eq_any(&ids))
        .order((messages::timestamp, messages::id))
        .select((Message::as_select(), deliveries::attempts))
        .load(conn))?;
    Ok(claimed
        .into_iter()
        .map(|(message, attempt)| Claimed { message, attempt })
        .collect())
}

/// When the earliest delivery is due, if one waits.
pub fn next_due(db: &mut Db) -> Result<Option<UtcTime>, DbError> {
    Ok(on_engine!(db, conn => deliveries::table
        .filter(deliveries::due_at.is_not_null())
        .select(diesel::dsl::min(deliveries::due_at))
        .first::<Option<UtcTime>>(conn))?)
}

/// Notes that the platform took the message; whether the claim still held.
pub fn sent(
    tx: &mut Tx<'_>,
    delivery: &Claimed,
    provider_message_id: Option<&str>,
) -> Result<bool, DbError> {
    if !end(tx, delivery, DeliveryStatus::Sent, None, None)? {
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
    delivery: &Claimed,
    due: UtcTime,
    error: &str,
) -> Result<bool, DbError> {
    end(tx, delivery, DeliveryStatus::Queued, Some(due), Some(error))
}

/// Gives the delivery up, for a person to see; whether the claim still held.
pub fn dead(tx: &mut Tx<'_>, delivery: &Claimed, error: &str) -> Result<bool, DbError> {
    end(tx, delivery, DeliveryStatus::Dead, None, Some(error))
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
            deliveries::attempts.eq(0),
            deliveries::due_at.eq(now),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn))?;
    if changed > 0 {
        tx.emit(Event::DeliveryReady { message_id });
    }
    Ok(changed > 0)
}

fn end(
    tx: &mut Tx<'_>,
    delivery: &Claimed,
    status: DeliveryStatus,
    due: Option<UtcTime>,
    error: Option<&str>,
) -> Result<bool, DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    Ok(on_engine!(db, conn => diesel::update(
            deliveries::table
                .find(delivery.message.id)
                .filter(deliveries::attempts.eq(delivery.attempt))
                .filter(deliveries::due_at.is_not_null()),
        )
        .set((
            deliveries::status.eq(status),
            deliveries::due_at.eq(due),
            deliveries::error.eq(error),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn))?
        > 0)
}
