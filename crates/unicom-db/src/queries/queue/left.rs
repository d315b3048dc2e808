//! Requests that are left to people, because a person holds their chat.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use unicom_models::schema::{unicom_messages as messages, unicom_requests as requests};
use unicom_models::{Direction, RequestId, RequestStatus};

use super::{CLAIMED, first_open};
use crate::queries::leases::{self, LeaseKind};
use crate::{Db, DbError, Event, LockedChat, Tx, on_engine};

/// The error of a request that no bot answers because a person holds its chat.
pub const LEFT_TO_PEOPLE: &str =
    "a person answers in this chat: the bot was not asked, or its reply was refused";

/// Ends the open requests of a chat, which wait for a person from then on. A worker that has
/// claimed one of them finds its claim lost, and stores nothing.
pub fn leave_to_people(tx: &mut Tx<'_>, chat: &LockedChat<'_>) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let left = on_engine!(db, conn => diesel::update(
            requests::table
                .filter(requests::chat_id.eq(&chat.id))
                .filter(requests::due_at.is_not_null()),
        )
        .set((
            requests::status.eq(RequestStatus::Queued),
            requests::error.eq(LEFT_TO_PEOPLE),
            requests::due_at.eq(None::<unicom_models::UtcTime>),
            requests::queued_at.eq(now),
            requests::updated_at.eq(now),
        ))
        .execute(conn))?;
    if left > 0 {
        leases::end_claim(tx, LeaseKind::Requests, chat.id.as_str(), None)?;
    }
    Ok(())
}

/// Puts those of the chat's requests back into the queue that were left to people and that no
/// person has answered: no person has written in the chat since.
pub fn return_to_bot(tx: &mut Tx<'_>, chat: &LockedChat<'_>) -> Result<(), DbError> {
    let now = tx.now();
    // A lease that is due when an unclaimed request is due is not claimed.
    let waiting = first_open(tx, &chat.id)?
        .filter(|first| !CLAIMED.contains(&first.status))
        .map(|first| first.due);
    let answers = messages::table
        .filter(messages::chat_id.eq(&chat.id))
        .filter(messages::timestamp.gt(requests::created_at))
        .filter(messages::direction.eq(Direction::Outgoing))
        .filter(messages::user_id.is_not_null());
    let unanswered = requests::table
        .filter(requests::chat_id.eq(&chat.id))
        .filter(requests::due_at.is_null())
        .filter(requests::status.eq(RequestStatus::Queued))
        .filter(requests::error.eq(LEFT_TO_PEOPLE))
        .filter(not(exists(answers)));
    let db: &mut Db = tx;
    let ids: Vec<RequestId> = on_engine!(db, conn => unanswered.select(requests::id).load(conn))?;
    if ids.is_empty() {
        return Ok(());
    }
    for some in ids.chunks(500) {
        let db: &mut Db = tx;
        on_engine!(db, conn => diesel::update(requests::table.filter(requests::id.eq_any(some)))
            .set((
                // The numbers of attempts go on, as in `retry`.
                requests::attempts_before.eq(requests::attempts),
                requests::error.eq(None::<String>),
                requests::due_at.eq(now),
                requests::updated_at.eq(now),
            ))
            .execute(conn))?;
    }
    leases::ask_instead_of(tx, LeaseKind::Requests, chat.id.as_str(), waiting)?;
    for request_id in ids {
        tx.emit(Event::RequestReady { request_id });
    }
    Ok(())
}
