//! Leases: one queue for all work that a process claims, does and gives back.
//!
//! A lease is a row for each thing that has work, such as a chat with open requests. `due_at` says
//! when it may be claimed; while it is claimed, when the claim expires; it is null while there is
//! no work. Each claim increments `claim`, and only the newest claim may renew or give back the
//! lease. `asked` counts how often work was added: a claim that was made before work was added
//! leaves the lease due when it is given back.

use std::time::Duration;

use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
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
}

impl LeaseKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Deliveries => "deliveries",
        }
    }
}

/// A claimed lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// What it is for.
    pub kind: LeaseKind,
    /// The thing that has the work.
    pub key: String,
    /// The number of the claim.
    pub(super) claim: i64,
    /// How often work had been added when it was claimed.
    asked: i64,
}

cached_sql! {
    struct Ask<'a> {
        "INSERT INTO unicom_leases (kind, key, due_at, claim, asked) VALUES (" kind: &'a str as Text,
        ", " key: &'a str as Text,
        ", " due: UtcTime as UtcMicros,
    } ", 0, 1) ON CONFLICT (kind, key) DO UPDATE SET
        due_at = coalesce(unicom_leases.due_at, excluded.due_at), asked = unicom_leases.asked + 1"
}

/// Notes that there is work for `key`. Its lease becomes due now, unless it is claimed or due at
/// another time already.
///
/// What the work belongs to must be locked, so that the end of a claim sees either the work or the
/// note.
pub fn ask(tx: &mut Tx<'_>, kind: LeaseKind, key: &str) -> Result<(), DbError> {
    let due = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => Ask { kind: kind.as_str(), key, due }.execute(conn))?;
    Ok(())
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
    let now = tx.now();
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(leases::table.find((kind.as_str(), key)))
        .filter(leases::due_at.eq(waiting))
        .set(leases::due_at.eq(now))
        .execute(conn))?;
    Ok(())
}

cached_sql! {
    struct ClaimOnPostgres<'a> {
        "WITH due AS MATERIALIZED (SELECT key FROM unicom_leases WHERE kind = " kind: &'a str as Text,
        " AND due_at <= " now: &'a UtcTime as UtcMicros,
        " ORDER BY due_at LIMIT " limit: i64 as BigInt,
        " FOR NO KEY UPDATE SKIP LOCKED)
        UPDATE unicom_leases AS lease SET claim = lease.claim + 1, due_at = " until: UtcTime as UtcMicros,
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
        " AND due_at <= " now: &'a UtcTime as UtcMicros,
        " ORDER BY due_at LIMIT " limit: i64 as BigInt,
    } ") RETURNING key, claim, asked"
}

impl diesel::query_builder::Query for ClaimOnSqlite<'_> {
    type SqlType = (Text, BigInt, BigInt);
}

/// Claims up to `limit` due leases for `duration`, the earliest first. Waits for no other claim.
pub fn claim(
    tx: &mut Tx<'_>,
    kind: LeaseKind,
    limit: i64,
    duration: Duration,
) -> Result<Vec<Lease>, DbError> {
    let now = tx.now();
    let (now, until, of_kind) = (&now, now.plus(duration), kind.as_str());
    let db: &mut Db = tx;
    let claimed: Vec<(String, i64, i64)> = by_engine!(
        db,
        Postgres(conn) => ClaimOnPostgres { kind: of_kind, now, limit, until, of_kind }.load(conn)?,
        Sqlite(conn) => ClaimOnSqlite { until, kind: of_kind, now, limit }.load(conn)?,
    );
    let lease = |(key, claim, asked)| Lease {
        kind,
        key,
        claim,
        asked,
    };
    Ok(claimed.into_iter().map(lease).collect())
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

/// Extends a claim to `duration` from now. Returns `true` if it still holds.
pub fn renew(tx: &mut Tx<'_>, lease: &Lease, duration: Duration) -> Result<bool, DbError> {
    let until = tx.now().plus(duration);
    put_back(tx, lease, until)
}

/// Makes a claimed lease due at `due`: the work is to be tried again then. Returns `true` if the
/// claim still held.
pub fn put_back(tx: &mut Tx<'_>, lease: &Lease, due: UtcTime) -> Result<bool, DbError> {
    let db: &mut Db = tx;
    let held = on_engine!(db, conn => diesel::update(held!(lease)).set(leases::due_at.eq(due)).execute(conn))?;
    Ok(held > 0)
}

/// Gives a claimed lease back. It becomes due again at `next`, the time of the next work, or
/// without it, if work was added since the claim. Returns `true` if the claim still held.
pub fn finish(tx: &mut Tx<'_>, lease: &Lease, next: Option<UtcTime>) -> Result<bool, DbError> {
    let now = tx.now();
    let due = next.map(|next| next.max(now));
    let db: &mut Db = tx;
    let held = on_engine!(db, conn => diesel::update(held!(lease))
        .set(leases::due_at.eq(
            case_when(leases::asked.ne(lease.asked), due.unwrap_or(now).into_sql::<Nullable<UtcMicros>>())
                .otherwise(due)
        ))
        .execute(conn))?;
    Ok(held > 0)
}

/// Ends the claim on `key`, whoever holds it: its work is done. The lease becomes due again at
/// `next`, the time of the next work.
pub fn end_claim(
    tx: &mut Tx<'_>,
    kind: LeaseKind,
    key: &str,
    next: Option<UtcTime>,
) -> Result<(), DbError> {
    let now = tx.now();
    let due = next.map(|next| next.max(now));
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(leases::table.find((kind.as_str(), key)))
        .set((leases::due_at.eq(due), leases::claim.eq(leases::claim + 1)))
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
