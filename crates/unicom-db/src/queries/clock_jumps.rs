//! Work that a clock which was ahead has put off: whatever waits longer than any wait that is set
//! is due.

use std::time::Duration;

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::select;
use unicom_models::UtcTime;
use unicom_models::schema::{
    unicom_channel_holds as holds, unicom_deliveries as deliveries, unicom_leases as leases,
    unicom_requests as requests,
};

use super::leases::{LeaseKind, current_time};
use crate::{Db, DbError, Tx, on_engine};

/// How far the clocks of machines that share a database may differ.
const TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// Longer than any wait that is set for what is not a request or a delivery: the longest are a day.
const LONGEST_WAIT: Duration = Duration::from_secs(25 * 60 * 60);

/// The leases of requests and deliveries. Their waits have no limit: a bot may promise an answer
/// for any time.
const ANY_WAIT: [&str; 2] = [LeaseKind::Requests.as_str(), LeaseKind::Deliveries.as_str()];

/// The number of requests, and of deliveries, that one write makes due.
const BATCH: i64 = 500;

/// Selects the rows of a queue that were changed later than `$soon`, which is yet to come.
macro_rules! from_the_future {
    ($table:ident, $soon:expr) => {
        $table::table
            .filter($table::due_at.is_not_null())
            .filter($table::updated_at.gt($soon))
    };
}

/// Selects the leases that wait longer than `$never`, although their waits have a limit.
macro_rules! far_away {
    ($never:expr) => {
        leases::table
            .filter(leases::kind.ne_all(ANY_WAIT))
            .filter(leases::due_at.gt($never))
    };
}

/// Returns `true` if [`make_due`] would change something at `now`, a
/// [`lease_time`](crate::Database::lease_time).
pub fn found(db: &mut Db, now: Option<UtcTime>) -> Result<bool, DbError> {
    let now = current_time(db, now)?;
    let (soon, never) = (now.plus(TOLERANCE), now.plus(LONGEST_WAIT));
    on_engine!(db, conn => {
        let asked = select(exists(from_the_future!(requests, soon))).get_result(conn)?
            || select(exists(from_the_future!(deliveries, soon))).get_result(conn)?
            || select(exists(far_away!(never))).get_result(conn)?
            || select(exists(holds::table.filter(holds::ends_at.gt(never)))).get_result(conn)?;
        Ok(asked)
    })
}

/// Makes due what was put off by a clock that was ahead and has been set back: open requests and
/// deliveries that were changed in the future, the leases of their chats, and any lease of another
/// kind and any hold that would last longer than a day. Returns the number of requests and
/// deliveries, of which one call makes a limited number due.
///
/// The time is that of the clock of leases, so that a machine whose clock is behind does not take
/// the claims of others over.
pub fn make_due(tx: &mut Tx<'_>) -> Result<usize, DbError> {
    let now = tx.lease_time();
    let now = current_time(tx, now)?;
    let (soon, never) = (now.plus(TOLERANCE), now.plus(LONGEST_WAIT));
    // A chat's requests and deliveries are locked before its lease.
    let chats = on_engine!(&mut **tx, conn => {
        let stale = from_the_future!(requests, soon).select(requests::id).limit(BATCH);
        diesel::update(requests::table.filter(requests::id.eq_any(stale.load::<unicom_models::RequestId>(conn)?)))
            .set((requests::due_at.eq(now), requests::updated_at.eq(now)))
            .returning(requests::chat_id)
            .load::<String>(conn)?
    });
    let mut changed = chats.len();
    end_waits(tx, LeaseKind::Requests, &chats, (now, soon))?;
    let chats = on_engine!(&mut **tx, conn => {
        let stale = from_the_future!(deliveries, soon).select(deliveries::message_id).limit(BATCH);
        diesel::update(deliveries::table.filter(deliveries::message_id.eq_any(stale.load::<unicom_models::MessageId>(conn)?)))
            .set((deliveries::due_at.eq(now), deliveries::updated_at.eq(now)))
            .returning(deliveries::chat_id)
            .load::<String>(conn)?
    });
    changed += chats.len();
    end_waits(tx, LeaseKind::Deliveries, &chats, (now, soon))?;
    on_engine!(&mut **tx, conn => {
        diesel::delete(holds::table.filter(holds::ends_at.gt(never))).execute(conn)?;
        diesel::update(far_away!(never))
            .set(leases::due_at.eq(now))
            .execute(conn)?;
    });
    Ok(changed)
}

/// Makes the leases of these chats due that would otherwise be due later than `soon`.
fn end_waits(
    tx: &mut Tx<'_>,
    kind: LeaseKind,
    chats: &[String],
    (now, soon): (UtcTime, UtcTime),
) -> Result<(), DbError> {
    let of_chats = leases::table
        .filter(leases::kind.eq(kind.as_str()))
        .filter(leases::key.eq_any(chats))
        .filter(leases::due_at.gt(soon));
    on_engine!(&mut **tx, conn => diesel::update(of_chats).set(leases::due_at.eq(now)).execute(conn))?;
    Ok(())
}
