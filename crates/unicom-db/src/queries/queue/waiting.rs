//! Requests that wait for the files of their message.

use std::time::Duration;

use diesel::prelude::*;
use unicom_models::schema::unicom_requests as requests;
use unicom_models::{MessageId, Request, RequestId, RequestStatus, UtcTime};

use super::first_open;
use crate::queries::leases::{self, LeaseKind};
use crate::{Db, DbError, Event, LockedChat, Tx, on_engine};

/// How long a request waits for the files of its message.
const LONGEST_WAIT: Duration = Duration::from_secs(10 * 60);

/// Lets a new request wait for the files of its message. The time until then is that of a retry
/// after an attempt that does not count: any other time would be that of the sender's clock.
pub fn wait_for_files(request: &mut Request, now: UtcTime) {
    request.attempts_before = -1;
    request.due_at = Some(now.plus(LONGEST_WAIT));
}

/// Returns how long a request still waits for the files of its message.
pub(super) fn time_left(request: &Request, now: UtcTime) -> Option<Duration> {
    let waits = request.status == RequestStatus::Pending && request.attempts_before < 0;
    let due = request.due_at.filter(|due| waits && *due > now)?;
    Some(due.since(now))
}

/// Makes the request of a message of `chat` due that has waited for its files.
pub fn end_wait(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    message_id: MessageId,
) -> Result<(), DbError> {
    let now = tx.now();
    let db: &mut Db = tx;
    let waited: Option<RequestId> = on_engine!(db, conn => diesel::update(
            requests::table
                .filter(requests::message_id.eq(message_id))
                .filter(requests::status.eq(RequestStatus::Pending))
                .filter(requests::attempts_before.lt(0)),
        )
        .set((
            requests::attempts_before.eq(0),
            requests::due_at.eq(now),
            requests::updated_at.eq(now),
        ))
        .returning(requests::id)
        .get_result(conn)
        .optional())?;
    let Some(id) = waited else { return Ok(()) };
    // A lease that waits for this request is not claimed. Any other one is given back by the worker
    // that holds it.
    if first_open(tx, &chat.id)?.is_some_and(|first| first.id == id) {
        let key = chat.id.as_str();
        leases::end_claim(tx, LeaseKind::Requests, key, Some(UtcTime::BEGINNING))?;
    }
    tx.emit(Event::RequestReady { request_id: id });
    Ok(())
}
