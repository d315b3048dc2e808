//! Receipts: what a provider reports on messages that were sent.

use diesel::prelude::*;
use unicom_models::schema::{unicom_message_failures as failures, unicom_messages as messages};
use unicom_models::{Message, MessageId, UtcTime};

use super::change_numbers;
use crate::{Db, DbError, LockedChat, Tx, on_engine};

/// Why a message did not arrive.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = failures)]
pub struct Failure {
    /// The message.
    pub message_id: MessageId,
    /// The provider's code of the error.
    pub code: String,
    /// Why, as a sentence for admins.
    pub reason: String,
    /// When it failed, by the provider's clock.
    pub failed_at: UtcTime,
}

/// Returns why these messages did not arrive, for those with a failure that their provider
/// reported.
pub fn failures(db: &mut Db, ids: &[MessageId]) -> Result<Vec<Failure>, DbError> {
    Ok(on_engine!(db, conn => failures::table
        .filter(failures::message_id.eq_any(ids))
        .select((failures::message_id, failures::code, failures::reason, failures::failed_at))
        .load(conn))?)
}

/// Records that a message of `chat` did not arrive. Returns `true` if it had no failure before.
pub fn insert_failure(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    failure: &Failure,
) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    let inserted = on_engine!(db, conn => diesel::insert_into(failures::table)
        .values(failure)
        .on_conflict_do_nothing()
        .execute(conn))?;
    if inserted > 0 {
        change_numbers::message(tx, chat, failure.message_id)?;
    }
    Ok(inserted > 0)
}

/// Stores when the message was sent, delivered and seen, and forgets that it failed if it was
/// delivered.
pub fn update(tx: &mut Tx<'_>, chat: &LockedChat<'_>, message: &Message) -> Result<(), DbError> {
    debug_assert_eq!(chat.id, message.chat_id);
    let change = change_numbers::next(tx, chat)?;
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        diesel::update(messages::table.find(message.id))
            .set((
                messages::sent_at.eq(message.sent_at),
                messages::delivered_at.eq(message.delivered_at),
                messages::seen_at.eq(message.seen_at),
                messages::change.eq(change),
            ))
            .execute(conn)?;
        if message.delivered_at.is_some() {
            diesel::delete(failures::table.find(message.id)).execute(conn)?;
        }
        Ok::<_, DbError>(())
    })
}
