//! Ending requests, and putting ended ones back into the queue.

use diesel::prelude::*;
use diesel::sql_types::Text;
use unicom_models::schema::unicom_requests as requests;
use unicom_models::sql_types::{UtcMicros, UuidAny};
use unicom_models::{Request, RequestId, RequestStatus, UtcTime};

use super::progress::{ReplyToken, update_claimed};
use super::{CLAIMED, first_open};
use crate::prepared::cached_sql;
use crate::queries::chats;
use crate::queries::leases::{self, Finished, Lease, LeaseKind};
use crate::{Db, DbError, Event, LockedChat, Tx, by_engine, on_engine};

/// A claimed request that ends.
#[derive(Debug, Clone, Copy)]
pub struct Ending<'a> {
    /// The chat of the request.
    pub chat: &'a LockedChat<'a>,
    /// The request, with the status it ends with.
    pub request: &'a Request,
    /// The lease that it was claimed with. `None` ends the claim of the worker that holds it.
    pub lease: Option<&'a Lease>,
}

/// Locks the chat of a request and ends the request like [`finish_all`]. Returns `true` if the
/// claim still held.
pub fn finish(tx: &mut Tx<'_>, request: &Request, lease: Option<&Lease>) -> Result<bool, DbError> {
    let Some(chat) = chats::lock(tx, &request.chat_id)? else {
        return Ok(false);
    };
    let ending = Ending {
        chat: &chat,
        request,
        lease,
    };
    Ok(!finish_all(tx, &[ending])?.is_empty())
}

cached_sql! {
    struct NextOpen<'a> {
        "SELECT given.id, next.id, next.due_at FROM json_to_recordset(" ended: &'a str as Text,
    } "::json) AS given(id uuid, chat_id text) CROSS JOIN LATERAL (
            SELECT open.id, CASE WHEN open.attempts > open.attempts_before
                -- It waits for a retry. The time of any other is that of its sender's clock.
                THEN open.due_at ELSE to_timestamp(0) END AS due_at FROM unicom_requests AS open
            WHERE open.chat_id = given.chat_id AND open.due_at IS NOT NULL
            ORDER BY open.created_at, open.id LIMIT 1
        ) AS next"
}

impl diesel::query_builder::Query for NextOpen<'_> {
    type SqlType = (UuidAny, UuidAny, UtcMicros);
}

/// Removes claimed requests from the queue: they are answered, have failed or wait for a person.
/// Returns those whose claim still held.
///
/// Makes the next request of each chat due.
pub fn finish_all(tx: &mut Tx<'_>, endings: &[Ending<'_>]) -> Result<Vec<RequestId>, DbError> {
    let ended: Vec<Request> = endings.iter().map(|ending| ended(ending.request)).collect();
    let ended: Vec<&Request> = ended.iter().collect();
    let held = update_claimed(tx, &ended, ReplyToken::Stays)?;
    let endings = || {
        endings
            .iter()
            .filter(|ending| held.contains(&ending.request.id))
    };
    let mut next = next_of(tx, endings().map(|ending| ending.request))?;
    let mut finished = Vec::new();
    for Ending {
        chat,
        request,
        lease,
    } in endings()
    {
        let at = next.iter().position(|(id, ..)| *id == request.id);
        let next = at.map(|at| next.swap_remove(at));
        let due = next.map(|(_, _, due)| due);
        match lease {
            Some(lease) => finished.push(Finished { lease, next: due }),
            None => leases::end_claim(tx, LeaseKind::Requests, chat.id.as_str(), due)?,
        }
        if let Some((_, request_id, _)) = next {
            tx.emit(Event::RequestReady { request_id });
        }
    }
    leases::finish_all(tx, &finished)?;
    Ok(held)
}

/// Returns the request as it is stored when it has ended.
fn ended(request: &Request) -> Request {
    let mut ended = request.clone();
    ended.due_at = None;
    ended
}

/// Returns, for each of these requests, the first open one of its chat and when it is due, or a
/// time in the past.
fn next_of<'a>(
    db: &mut Db,
    ended: impl Iterator<Item = &'a Request>,
) -> Result<Vec<(RequestId, RequestId, UtcTime)>, DbError> {
    Ok(by_engine!(
        &mut *db,
        Postgres(conn) => {
            let ended = serde_json::json!(ended.collect::<Vec<_>>()).to_string();
            NextOpen { ended: &ended }.load(conn)?
        },
        Sqlite(_) => {
            let mut found = Vec::new();
            for request in ended {
                let next = first_open(db, &request.chat_id)?;
                found.extend(next.map(|next| (request.id, next.id, next.due)));
            }
            found
        },
    ))
}

/// Puts a request that has failed or waits for a person back into the queue. Returns `true` if
/// there was one. It is claimed before later requests of its chat, also before one that waits for
/// its next attempt.
pub fn retry(tx: &mut Tx<'_>, id: RequestId) -> Result<bool, DbError> {
    let now = tx.now();
    let Some(request) = crate::queries::requests::get(tx, id)? else {
        return Ok(false);
    };
    // Locked before the request and the lease.
    chats::lock(tx, &request.chat_id)?;
    // A lease that is due when an unclaimed request is due is not claimed.
    let waiting = first_open(tx, &request.chat_id)?
        .filter(|first| !CLAIMED.contains(&first.status))
        .map(|first| first.due);
    let db: &mut Db = tx;
    let changed = on_engine!(db, conn => diesel::update(
            requests::table.find(id)
            .filter(requests::due_at.is_null())
            .filter(requests::status.eq_any([RequestStatus::Failed, RequestStatus::Queued])),
        )
        .set((
            requests::status.eq(RequestStatus::Queued),
            // The count of attempts starts again but their numbers go on: a worker with an old
            // attempt must not pass for the holder of a new one.
            requests::attempts_before.eq(requests::attempts),
            requests::due_at.eq(now),
            requests::queued_at.eq(now),
            requests::updated_at.eq(now),
        ))
        .execute(conn))?;
    if changed == 0 {
        return Ok(false);
    }
    leases::ask_instead_of(tx, LeaseKind::Requests, request.chat_id.as_str(), waiting)?;
    tx.emit(Event::RequestReady { request_id: id });
    Ok(true)
}
