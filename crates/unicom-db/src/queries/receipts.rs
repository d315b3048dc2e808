//! Receipts: what a provider reports on messages that were sent.

use diesel::prelude::*;
use unicom_models::schema::{unicom_message_failures as failures, unicom_messages as messages};
use unicom_models::{Message, MessageId, UtcTime};

use crate::{Db, DbError, Tx, on_engine};

/// Why a message did not arrive.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Failure {
    /// The provider's code of the error.
    pub code: String,
    /// Why, as a sentence for admins.
    pub reason: String,
    /// When it failed, by the provider's clock.
    pub failed_at: UtcTime,
}

/// Returns why the message did not arrive. Returns `None` if its provider reported no failure.
pub fn failure(db: &mut Db, id: MessageId) -> Result<Option<Failure>, DbError> {
    Ok(on_engine!(db, conn => failures::table
        .find(id)
        .select((failures::code, failures::reason, failures::failed_at))
        .first(conn)
        .optional())?)
}

/// Records that the message did not arrive. The chat must be locked.
pub fn insert_failure(tx: &mut Tx<'_>, id: MessageId, failure: &Failure) -> Result<(), DbError> {
    let state = (
        failures::code.eq(&failure.code),
        failures::reason.eq(&failure.reason),
        failures::failed_at.eq(failure.failed_at),
    );
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::insert_into(failures::table)
        .values((failures::message_id.eq(id), state))
        .on_conflict(failures::message_id)
        .do_update()
        .set(state)
        .execute(conn))?;
    Ok(())
}

/// Stores when the message was sent, delivered and seen, and forgets that it failed if it was
/// delivered. The chat must be locked.
pub fn update(tx: &mut Tx<'_>, message: &Message) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        diesel::update(messages::table.find(message.id))
            .set((
                messages::sent_at.eq(message.sent_at),
                messages::delivered_at.eq(message.delivered_at),
                messages::seen_at.eq(message.seen_at),
            ))
            .execute(conn)?;
        if message.delivered_at.is_some() {
            diesel::delete(failures::table.find(message.id)).execute(conn)?;
        }
        Ok::<_, DbError>(())
    })
}
