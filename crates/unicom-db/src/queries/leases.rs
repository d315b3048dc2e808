//! Leases: one queue for all work that a process claims, does and gives back.
//!
//! A lease is a row for each thing that has work, such as a chat with open requests. `due_at` says
//! when it may be claimed; while it is claimed, when the claim expires; it is null while there is
//! no work. Each claim increments `claim`, and only the newest claim may renew or give back the
//! lease. `asked` counts how often work was added: a claim that was made before work was added
//! leaves the lease due when it is given back.
//!
//! All of them run by one clock, that of PostgreSQL, unless the database was given another one: a
//! machine whose clock is wrong takes nothing over early. Only the time of a retry is the sum of a
//! worker's time and a wait.

use std::time::Duration;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use serde_json::{Value, json};
use unicom_models::UtcTime;
use unicom_models::schema::unicom_leases as leases;
use unicom_models::sql_types::UtcMicros;

use crate::prepared::cached_sql;
use crate::{Db, DbError, Tx, by_engine, on_engine};

/// What a lease is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseKind {
    /// The open requests of a chat, whose id is the key.
    Requests,
    /// The open deliveries of a chat, whose id is the key.
    Deliveries,
    /// The files of a message that are fetched from its provider. The id of the message is the key.
    Files,
    /// The polling of a channel, whose id is the key.
    Poller,
    /// A periodic task of the installation, whose name is the key.
    Housekeeping,
}

impl LeaseKind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Deliveries => "deliveries",
            Self::Files => "files",
            Self::Poller => "poller",
            Self::Housekeeping => "housekeeping",
        }
    }
}

/// A claimed lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The kind of work.
    pub kind: LeaseKind,
    /// The thing that has the work.
    pub key: String,
    /// The number of the claim.
    pub(super) claim: i64,
    /// How often work had been added when it was claimed.
    asked: i64,
}

impl std::fmt::Display for Lease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} `{}`", self.kind.as_str(), self.key)
    }
}

cached_sql! {
    struct Ask<'a> {
        "INSERT INTO unicom_leases (kind, key, due_at, claim, asked) VALUES (" kind: &'a str as Text,
        ", " key: &'a str as Text,
        ", coalesce(" due: Option<UtcTime> as Nullable<UtcMicros>,
    } ", CURRENT_TIMESTAMP), 0, 1) ON CONFLICT (kind, key) DO UPDATE SET
        due_at = coalesce(unicom_leases.due_at, excluded.due_at), asked = unicom_leases.asked + 1"
}

/// Notes that there is work for `key`. Its lease becomes due now, unless it is claimed or due at
/// another time already.
///
/// For the work of a chat, the chat is locked, so that the end of a claim sees either the work or
/// the note.
pub fn ask(tx: &mut Tx<'_>, kind: LeaseKind, key: &str) -> Result<(), DbError> {
    let now = tx.lease_time();
    ask_at(tx, kind, key, now)
}

/// Notes like [`ask`] that there is work for `key`, which becomes due at `due`. `None` is now by
/// the clock of the database server.
pub(super) fn ask_at(
    tx: &mut Tx<'_>,
    kind: LeaseKind,
    key: &str,
    due: Option<UtcTime>,
) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => Ask { kind: kind.as_str(), key, due }.execute(conn))?;
    Ok(())
}

cached_sql! {
    struct AskInsteadOf<'a> {
        "UPDATE unicom_leases SET due_at = coalesce(" now: Option<UtcTime> as Nullable<UtcMicros>,
        ", CURRENT_TIMESTAMP) WHERE kind = " kind: &'a str as Text,
        " AND key = " key: &'a str as Text,
        " AND due_at = " waiting: Option<UtcTime> as Nullable<UtcMicros>,
    } ""
}

/// Notes that there is work for `key` that comes before work that waits until `waiting`: if the
/// lease is due then, it becomes due now.
pub fn ask_instead_of(
    tx: &mut Tx<'_>,
    kind: LeaseKind,
    key: &str,
    waiting: Option<UtcTime>,
) -> Result<(), DbError> {
    ask(tx, kind, key)?;
    let (now, kind) = (tx.lease_time(), kind.as_str());
    let db: &mut Db = tx;
    on_engine!(db, conn => AskInsteadOf { now, kind, key, waiting }.execute(conn))?;
    Ok(())
}

cached_sql! {
    struct ClaimOnPostgres<'a> {
        "WITH due AS MATERIALIZED (SELECT key FROM unicom_leases WHERE kind = " kind: &'a str as Text,
        " AND due_at <= coalesce(" now: Option<UtcTime> as Nullable<UtcMicros>,
        ", CURRENT_TIMESTAMP) ORDER BY due_at LIMIT " limit: i64 as BigInt,
        " FOR NO KEY UPDATE SKIP LOCKED)
        UPDATE unicom_leases AS lease SET claim = lease.claim + 1, due_at = coalesce("
            from: Option<UtcTime> as Nullable<UtcMicros>,
        ", CURRENT_TIMESTAMP) + interval '1 microsecond' * " micros: i64 as BigInt,
        " FROM due WHERE lease.kind = " of_kind: &'a str as Text,
    } " AND lease.key = due.key RETURNING lease.key, lease.claim, lease.asked"
}

impl diesel::query_builder::Query for ClaimOnPostgres<'_> {
    type SqlType = (Text, BigInt, BigInt);
}

cached_sql! {
    struct ClaimOnSqlite<'a> {
        "UPDATE unicom_leases SET claim = claim + 1, due_at = " until: UtcTime as UtcMicros,
        " WHERE (kind, key) IN (SELECT kind, key FROM unicom_leases WHERE kind = " kind: &'a str as Text,
        " AND due_at <= " now: UtcTime as UtcMicros,
        " ORDER BY due_at LIMIT " limit: i64 as BigInt,
    } ") RETURNING key, claim, asked"
}

impl diesel::query_builder::Query for ClaimOnSqlite<'_> {
    type SqlType = (Text, BigInt, BigInt);
}

/// Returns the time by the clock that leases run by: `now`, a
/// [`lease_time`](crate::Database::lease_time), or that of the database server.
pub(super) fn current_time(db: &mut Db, now: Option<UtcTime>) -> Result<UtcTime, DbError> {
    match now {
        Some(now) => Ok(now),
        None => {
            on_engine!(db, conn => Ok(diesel::select(sql::<UtcMicros>("CURRENT_TIMESTAMP")).get_result(conn)?))
        }
    }
}

/// Returns a duration in microseconds.
fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Claims up to `limit` due leases for `duration`, the earliest first. Waits for no other claim.
pub fn claim(
    tx: &mut Tx<'_>,
    kind: LeaseKind,
    limit: i64,
    duration: Duration,
) -> Result<Vec<Lease>, DbError> {
    let (now, from, of_kind) = (tx.now(), tx.lease_time(), kind.as_str());
    let db: &mut Db = tx;
    let claimed: Vec<(String, i64, i64)> = by_engine!(
        db,
        Postgres(conn) => ClaimOnPostgres {
            kind: of_kind,
            now: from,
            limit,
            from,
            micros: micros(duration),
            of_kind,
        }
        .load(conn)?,
        Sqlite(conn) => ClaimOnSqlite { until: now.plus(duration), kind: of_kind, now, limit }.load(conn)?,
    );
    let lease = |(key, claim, asked)| Lease {
        kind,
        key,
        claim,
        asked,
    };
    Ok(claimed.into_iter().map(lease).collect())
}

cached_sql! {
    struct ClaimKeyOnPostgres<'a> {
        "INSERT INTO unicom_leases (kind, key, due_at, claim, asked) VALUES (" kind: &'a str as Text,
        ", " key: &'a str as Text,
        ", coalesce(" from: Option<UtcTime> as Nullable<UtcMicros>,
        ", CURRENT_TIMESTAMP) + interval '1 microsecond' * " micros: i64 as BigInt,
        ", 1, 0) ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, claim = unicom_leases.claim + 1
        WHERE unicom_leases.due_at IS NULL
            OR unicom_leases.due_at <= coalesce(" now: Option<UtcTime> as Nullable<UtcMicros>,
    } ", CURRENT_TIMESTAMP) RETURNING claim, asked"
}

impl diesel::query_builder::Query for ClaimKeyOnPostgres<'_> {
    type SqlType = (BigInt, BigInt);
}

cached_sql! {
    struct ClaimKeyOnSqlite<'a> {
        "INSERT INTO unicom_leases (kind, key, due_at, claim, asked) VALUES (" kind: &'a str as Text,
        ", " key: &'a str as Text,
        ", " until: UtcTime as UtcMicros,
        ", 1, 0) ON CONFLICT (kind, key) DO UPDATE SET due_at = excluded.due_at, claim = unicom_leases.claim + 1
        WHERE unicom_leases.due_at IS NULL OR unicom_leases.due_at <= " now: UtcTime as UtcMicros,
    } " RETURNING claim, asked"
}

impl diesel::query_builder::Query for ClaimKeyOnSqlite<'_> {
    type SqlType = (BigInt, BigInt);
}

/// Claims the lease of `key` for `duration`, whether or not work was added. Returns `None` if it is
/// claimed or waits for its time.
pub fn claim_key(
    tx: &mut Tx<'_>,
    kind: LeaseKind,
    key: &str,
    duration: Duration,
) -> Result<Option<Lease>, DbError> {
    let (now, from, of_kind) = (tx.now(), tx.lease_time(), kind.as_str());
    let db: &mut Db = tx;
    let claimed: Option<(i64, i64)> = by_engine!(
        db,
        Postgres(conn) => ClaimKeyOnPostgres {
            kind: of_kind,
            key,
            from,
            micros: micros(duration),
            now: from,
        }
        .get_result(conn)
        .optional()?,
        Sqlite(conn) => ClaimKeyOnSqlite { kind: of_kind, key, until: now.plus(duration), now }
            .get_result(conn)
            .optional()?,
    );
    Ok(claimed.map(|(claim, asked)| Lease {
        kind,
        key: key.to_owned(),
        claim,
        asked,
    }))
}

cached_sql! {
    struct Waiting<'a> {
        "SELECT key, claim, asked FROM unicom_leases WHERE kind = " kind: &'a str as Text,
        " AND due_at > coalesce(" now: Option<UtcTime> as Nullable<UtcMicros>,
    } ", CURRENT_TIMESTAMP)"
}

impl diesel::query_builder::Query for Waiting<'_> {
    type SqlType = (Text, BigInt, BigInt);
}

/// Returns the leases of this kind that cannot be claimed at `now`, a
/// [`lease_time`](crate::Database::lease_time): each is claimed, or waits for its time.
pub fn waiting(db: &mut Db, kind: LeaseKind, now: Option<UtcTime>) -> Result<Vec<Lease>, DbError> {
    let of_kind = kind.as_str();
    let rows: Vec<(String, i64, i64)> =
        on_engine!(db, conn => Waiting { kind: of_kind, now }.load(conn))?;
    let lease = |(key, claim, asked)| Lease {
        kind,
        key,
        claim,
        asked,
    };
    Ok(rows.into_iter().map(lease).collect())
}

/// Selects the row of a lease while the claim on it holds.
macro_rules! held {
    ($lease:expr) => {
        leases::table
            .find(($lease.kind.as_str(), &$lease.key))
            .filter(leases::claim.eq($lease.claim))
    };
}

/// Returns `true` if a claim still holds. No other transaction can claim the lease until this one
/// ends.
pub fn holds(tx: &mut Tx<'_>, lease: &Lease) -> Result<bool, DbError> {
    let found: Option<i64> = lock_first!(tx, held!(lease).select(leases::claim))?;
    Ok(found.is_some())
}

cached_sql! {
    struct RenewOnPostgres<'a> {
        "UPDATE unicom_leases SET due_at = coalesce(" from: Option<UtcTime> as Nullable<UtcMicros>,
        ", CURRENT_TIMESTAMP) + interval '1 microsecond' * " micros: i64 as BigInt,
        " WHERE kind = " kind: &'a str as Text,
        " AND key = " key: &'a str as Text,
        " AND claim = " claim: i64 as BigInt,
    } ""
}

/// Makes a claimed lease due `duration` from now, at the end of the claim or of a wait. Returns
/// `true` if the claim held.
pub fn renew(tx: &mut Tx<'_>, lease: &Lease, duration: Duration) -> Result<bool, DbError> {
    let (until, from) = (tx.now().plus(duration), tx.lease_time());
    by_engine!(&mut **tx, Postgres(conn) => {
        let renew = RenewOnPostgres {
            from,
            micros: micros(duration),
            kind: lease.kind.as_str(),
            key: &lease.key,
            claim: lease.claim,
        };
        return Ok(renew.execute(conn)? > 0);
    });
    put_back(tx, lease, until)
}

/// Makes a claimed lease due at `due`: the work is to be tried again then. Returns `true` if the
/// claim still held.
pub fn put_back(tx: &mut Tx<'_>, lease: &Lease, due: UtcTime) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    let held = on_engine!(db, conn => diesel::update(held!(lease)).set(leases::due_at.eq(due)).execute(conn))?;
    Ok(held > 0)
}

/// Deletes a claimed lease that will never have work again, unless the claim is lost.
pub fn remove(tx: &mut Tx<'_>, lease: &Lease) -> Result<(), DbError> {
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::delete(held!(lease)).execute(conn))?;
    Ok(())
}

/// A claimed lease that is given back.
#[derive(Debug, Clone, Copy)]
pub struct Finished<'a> {
    /// The lease.
    pub lease: &'a Lease,
    /// The time of the next work.
    pub next: Option<UtcTime>,
}

cached_sql! {
    struct FinishOnPostgres<'a> {
        "UPDATE unicom_leases AS lease SET due_at = CASE
            WHEN given.next IS NOT NULL THEN greatest(given.next, coalesce("
            now: Option<UtcTime> as Nullable<UtcMicros>,
        ", CURRENT_TIMESTAMP)) WHEN lease.asked <> given.asked THEN coalesce("
            asked_now: Option<UtcTime> as Nullable<UtcMicros>,
        ", CURRENT_TIMESTAMP) END FROM json_to_recordset(" finished: &'a str as Text,
    } "::json) AS given(kind text, key text, claim bigint, asked bigint, next timestamptz)
        WHERE lease.kind = given.kind AND lease.key = given.key AND lease.claim = given.claim"
}

cached_sql! {
    struct FinishOnSqlite<'a> {
        "UPDATE unicom_leases SET due_at = CASE WHEN asked <> " asked: i64 as BigInt,
        " THEN " due_if_asked: UtcTime as UtcMicros,
        " ELSE " due: Option<UtcTime> as Nullable<UtcMicros>,
        " END WHERE kind = " kind: &'a str as Text,
        " AND key = " key: &'a str as Text,
        " AND claim = " claim: i64 as BigInt,
    } ""
}

/// Gives claimed leases back. A lease becomes due again at the time of its next work or, without
/// one, if work was added since the claim. Leases whose claim is lost are left alone.
pub fn finish_all(tx: &mut Tx<'_>, finished: &[Finished<'_>]) -> Result<(), DbError> {
    if finished.is_empty() {
        return Ok(());
    }
    let (now, lease_time) = (tx.now(), tx.lease_time());
    let db: &mut Db = tx;
    by_engine!(
        db,
        Postgres(conn) => {
            let row = |Finished { lease, next }: &Finished<'_>| json!({
                "kind": lease.kind.as_str(),
                "key": lease.key,
                "claim": lease.claim,
                "asked": lease.asked,
                "next": next,
            });
            let finished = Value::Array(finished.iter().map(row).collect()).to_string();
            FinishOnPostgres { now: lease_time, asked_now: lease_time, finished: &finished }
                .execute(conn)?;
        },
        Sqlite(conn) => {
            for Finished { lease, next } in finished {
                let due = next.map(|next| next.max(now));
                FinishOnSqlite {
                    asked: lease.asked,
                    due_if_asked: due.unwrap_or(now),
                    due,
                    kind: lease.kind.as_str(),
                    key: &lease.key,
                    claim: lease.claim,
                }
                .execute(conn)?;
            }
        },
    );
    Ok(())
}

/// Gives a claimed lease back like [`finish_all`]. `next` is the time of its next work.
pub fn finish(tx: &mut Tx<'_>, lease: &Lease, next: Option<UtcTime>) -> Result<(), DbError> {
    finish_all(tx, &[Finished { lease, next }])
}

cached_sql! {
    struct EndClaim<'a> {
        "UPDATE unicom_leases SET claim = claim + 1, due_at = CASE WHEN " next: Option<UtcTime> as Nullable<UtcMicros>,
        " > coalesce(" now: Option<UtcTime> as Nullable<UtcMicros>,
        ", CURRENT_TIMESTAMP) THEN " later: Option<UtcTime> as Nullable<UtcMicros>,
        " WHEN " has_next: bool as Bool,
        " THEN coalesce(" at_once: Option<UtcTime> as Nullable<UtcMicros>,
        ", CURRENT_TIMESTAMP) END WHERE kind = " kind: &'a str as Text,
        " AND key = " key: &'a str as Text,
    } ""
}

/// Ends the claim on `key`, whatever worker holds it: its work is done. The lease becomes due again
/// at `next`, the time of the next work.
pub fn end_claim(
    tx: &mut Tx<'_>,
    kind: LeaseKind,
    key: &str,
    next: Option<UtcTime>,
) -> Result<(), DbError> {
    let (now, kind) = (tx.lease_time(), kind.as_str());
    let db: &mut Db = tx;
    on_engine!(db, conn => EndClaim {
        next,
        now,
        later: next,
        has_next: next.is_some(),
        at_once: now,
        kind,
        key,
    }
    .execute(conn))?;
    Ok(())
}

/// Returns when the earliest lease of this kind is due, which limits how long a worker may sleep.
/// Returns `None` if there is no work.
pub fn next_due(db: &mut Db, kind: LeaseKind) -> Result<Option<UtcTime>, DbError> {
    Ok(on_engine!(db, conn => leases::table
        .filter(leases::kind.eq(kind.as_str()))
        .filter(leases::due_at.is_not_null())
        .select(diesel::dsl::min(leases::due_at))
        .first::<Option<UtcTime>>(conn))?)
}
