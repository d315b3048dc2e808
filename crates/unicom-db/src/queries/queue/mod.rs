//! The queue of requests: one request at a time per chat, in order.
//!
//! The [lease](super::leases) of a chat says when its first open request may be claimed, and who
//! works on it. Each claim increments the request's `attempts`, which never decreases, and only the
//! newest attempt may finish: a worker that returns late finds that its claim is lost.
//!
//! Functions for several requests cost as many statements on PostgreSQL as for one.

mod begin;
mod claims;
mod finish;
mod left;
mod progress;
mod reply_token;
mod waiting;

use diesel::prelude::*;
use unicom_models::schema::unicom_requests as requests;
use unicom_models::{ChatId, Request, RequestId, RequestStatus, UtcTime};

use super::leases::Lease;
use crate::{Db, DbError, Tx, on_engine};

pub use begin::begin_attempts;
pub use claims::{Head, begin_attempt, claim, heads, next_due, renew};
pub use finish::{Ending, finish, finish_all, retry};
pub use left::{LEFT_TO_PEOPLE, leave_to_people, return_to_bot};
pub use progress::{requeue, save_progress, set_category, set_member};
pub use reply_token::{by_reply_token, set_reply_token};
pub use waiting::{end_wait, wait_for_files};

/// The statuses of a request that is claimed, or whose worker died.
pub(super) const CLAIMED: [RequestStatus; 3] = [
    RequestStatus::Identifying,
    RequestStatus::Categorizing,
    RequestStatus::Processing,
];

/// Selects the row of a request while the claim on it holds. The condition does not imply that of
/// the index of open requests, which PostgreSQL would read as a whole if it was empty when it was
/// last analyzed.
macro_rules! claimed {
    ($request:expr) => {
        unicom_models::schema::unicom_requests::table
            .find($request.id)
            .filter(unicom_models::schema::unicom_requests::attempts.eq($request.attempts))
            .filter(
                unicom_models::schema::unicom_requests::status
                    .eq_any($crate::queries::queue::CLAIMED),
            )
    };
}
use claimed;

/// A claimed request, and the lease of its chat.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The request, with its new attempt number.
    pub request: Request,
    /// The lease of its chat.
    pub lease: Lease,
}

/// Locks a claimed request, whose chat must be locked. Returns `true` if the claim still holds: it
/// then does until the transaction ends.
pub(super) fn lock_claimed(tx: &mut Tx<'_>, request: &Request) -> Result<bool, DbError> {
    let found: Option<RequestId> = lock_first!(tx, claimed!(request).select(requests::id))?;
    Ok(found.is_some())
}

/// The first open request of a chat.
#[derive(Queryable)]
struct FirstOpen {
    id: RequestId,
    status: RequestStatus,
    /// When the next attempt is or was due.
    due: UtcTime,
}

fn first_open(db: &mut Db, chat_id: &ChatId) -> Result<Option<FirstOpen>, DbError> {
    Ok(on_engine!(db, conn => requests::table
        .filter(requests::chat_id.eq(chat_id))
        .filter(requests::due_at.is_not_null())
        .order((requests::created_at, requests::id))
        .select((requests::id, requests::status, requests::due_at.assume_not_null()))
        .first(conn)
        .optional())?)
}
