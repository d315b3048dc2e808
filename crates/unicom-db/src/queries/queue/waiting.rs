//! Requests that wait for the files of their message.

use std::time::Duration;

use diesel::prelude::*;
use unicom_models::schema::unicom_requests as requests;
use unicom_models::{MessageId, Request, RequestId, RequestStatus, UtcTime};

use super::first_open;
use crate::queries::files;
use crate::queries::leases::{self, LeaseKind};
use crate::{Db, DbError, Event, LockedChat, Tx, on_engine};

/// How long a request waits for the files of its message.
const LONGEST_WAIT: Duration = Duration::from_secs(10 * 60);

/// Lets a new request wait for the files of its message.
pub fn wait_for_files(request: &mut Request, now: UtcTime) {
    request.due_at = Some(now.plus(LONGEST_WAIT));
}

/// Returns until when a request waits for the files of its message. A pending request whose time
/// lies ahead and whose message has no such files was sent by a machine whose clock is ahead.
pub(super) fn waits_until(tx: &mut Tx<'_>, request: &Request) -> Result<Option<UtcTime>, DbError> {
    let now = tx.now();
    let due = request.due_at.filter(|due| *due > now);
    match due.filter(|_| request.status == RequestStatus::Pending) {
        Some(due) => Ok(files::next_due(tx, request.message_id)?.map(|_| due)),
        None => Ok(None),
    }
}

/// Makes the request of a message of `chat` due that waits for its files.
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
                .filter(requests::due_at.gt(now)),
        )
        .set((requests::due_at.eq(now), requests::updated_at.eq(now)))
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
