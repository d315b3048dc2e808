//! Claiming chats, and loading the first open request of each.

use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::Text;
use unicom_models::schema::{
    unicom_accounts as accounts, unicom_channels as channels, unicom_chats as chats,
    unicom_members as members, unicom_messages as messages, unicom_requests as requests,
};
use unicom_models::sql_types::UuidAny;
use unicom_models::{
    Account, Channel, ChatId, Member, Message, Request, RequestId, RequestStatus, UtcTime,
};

use super::waiting::waits_until;
use super::{Claim, begin_attempts, first_open};
use crate::prepared::{CachedQuery, cached_sql};
use crate::queries::leases::{self, Lease, LeaseKind};
use crate::{Db, DbError, Tx, by_engine};

/// How long a chat waits whose first request another transaction is changing.
const LOCKED_WAIT: Duration = Duration::from_millis(50);

/// Claims the chats of up to `limit` requests for `duration`.
pub fn claim(tx: &mut Tx<'_>, limit: i64, duration: Duration) -> Result<Vec<Lease>, DbError> {
    leases::claim(tx, LeaseKind::Requests, limit, duration)
}

/// Extends a claim to `duration` from now. Returns `true` if it still holds.
pub fn renew(tx: &mut Tx<'_>, claim: &Claim, duration: Duration) -> Result<bool, DbError> {
    leases::renew(tx, &claim.lease, duration)
}

/// Returns the time when the earliest chat with open requests is due, which limits how long a
/// worker may sleep. Returns `None` if no request is open.
pub fn next_due(db: &mut Db) -> Result<Option<UtcTime>, DbError> {
    leases::next_due(db, LeaseKind::Requests)
}

/// The first open request of a claimed chat, and what is known about it.
#[derive(Debug, Clone)]
pub struct Head {
    /// The lease of the chat.
    pub lease: Lease,
    /// The request. [`begin_attempts`] claims it.
    pub request: Request,
    /// The message that the request was created from.
    pub message: Message,
    /// The account that wrote the message, if it still exists.
    pub account: Option<Account>,
    /// The member of that account.
    pub member: Option<Member>,
    /// The channel that the message came through, if it still exists.
    pub channel: Option<Channel>,
    /// Whether a person holds the chat: no bot is asked.
    pub is_held: bool,
}

cached_sql! {
    struct LockHeads<'a> {
        "SELECT request.id FROM unicom_requests AS request JOIN (
            SELECT head.id FROM json_array_elements_text(" chat_ids: &'a str as Text,
        // The whole join is locked, not the inner query: a locked request must not let the next
        // one of its chat pass.
    } "::json) AS given(chat_id) CROSS JOIN LATERAL (
                SELECT open.id FROM unicom_requests AS open
                WHERE open.chat_id = given.chat_id AND open.due_at IS NOT NULL
                ORDER BY open.created_at, open.id LIMIT 1
            ) AS head
        ) AS heads ON heads.id = request.id FOR NO KEY UPDATE OF request SKIP LOCKED"
}

impl diesel::query_builder::Query for LockHeads<'_> {
    type SqlType = UuidAny;
}

/// The names under which the statements are cached.
struct HeadsById;
struct HeadOfChat;

type Row = (
    Request,
    Message,
    Option<Account>,
    Option<Member>,
    Option<Channel>,
    bool,
);

/// Query part: the columns of [`Row`] of these requests.
macro_rules! rows {
    ($($filtered:tt)+) => {
        requests::table
            .inner_join(messages::table.on(messages::id.eq(requests::message_id)))
            .inner_join(chats::table.on(chats::id.eq(messages::chat_id)))
            .left_join(accounts::table.on(accounts::id.eq(requests::account_id)))
            .left_join(members::table.on(members::id.nullable().eq(accounts::member_id)))
            .left_join(channels::table.on(channels::id.eq(requests::channel_id)))
            $($filtered)+
            .select((
                Request::as_select(),
                Message::as_select(),
                Option::<Account>::as_select(),
                Option::<Member>::as_select(),
                Option::<Channel>::as_select(),
                chats::is_held,
            ))
    };
}

/// Returns the first open request of each of these claimed chats. Gives the lease of a chat back
/// that has none. Waits for no lock: a chat whose first request another transaction is changing is
/// left out and becomes due again.
///
/// The claims must hold: they were made in this transaction, or [`leases::holds`] confirmed them.
pub fn heads(tx: &mut Tx<'_>, leases: Vec<Lease>) -> Result<Vec<Head>, DbError> {
    let db: &mut Db = tx;
    let rows: Vec<Row> = by_engine!(
        db,
        Postgres(conn) => {
            let chat_ids: Vec<&str> = leases.iter().map(|lease| lease.key.as_str()).collect();
            let chat_ids = serde_json::json!(chat_ids).to_string();
            let ids: Vec<RequestId> = LockHeads { chat_ids: &chat_ids }.load(conn)?;
            rows!(.filter(requests::id.eq_any(ids))).cached_as::<HeadsById>().load(conn)?
        },
        Sqlite(conn) => {
            let mut rows = Vec::new();
            for lease in &leases {
                let row: Option<Row> = rows!(
                    .filter(requests::chat_id.eq(lease.key.as_str()))
                    .filter(requests::due_at.is_not_null())
                    .order((requests::created_at, requests::id))
                    .limit(1)
                )
                .cached_as::<HeadOfChat>()
                .get_result(conn)
                .optional()?;
                rows.extend(row);
            }
            rows
        },
    );
    let mut heads = Vec::new();
    let mut rows = rows;
    for lease in leases {
        // A request may have ended just before it was locked.
        let is_head =
            |row: &Row| row.0.chat_id.as_str() == lease.key.as_str() && row.0.due_at.is_some();
        match rows.iter().position(is_head) {
            Some(at) => {
                let (request, message, account, member, channel, is_held) = rows.swap_remove(at);
                // The chat was claimed for a request that has just ended.
                if let Some(due) = waits_until(tx, &request)? {
                    leases::put_back(tx, &lease, due)?;
                    continue;
                }
                heads.push(Head {
                    lease,
                    request,
                    message,
                    account,
                    member,
                    channel,
                    is_held,
                });
            }
            None => give_back(tx, &lease)?,
        }
    }
    Ok(heads)
}

/// Gives the lease of a chat back whose first request was not found.
fn give_back(tx: &mut Tx<'_>, lease: &Lease) -> Result<(), DbError> {
    match first_open(tx, &ChatId::from(lease.key.as_str()))? {
        Some(_) => {
            leases::renew(tx, lease, LOCKED_WAIT)?;
        }
        None => {
            leases::finish(tx, lease, None)?;
        }
    }
    Ok(())
}

/// Begins an attempt at the first open request of a claimed chat. Returns `None` if there is none,
/// or if the claim is lost.
pub fn begin_attempt(tx: &mut Tx<'_>, lease: Lease) -> Result<Option<Claim>, DbError> {
    if !leases::holds(tx, &lease)? {
        return Ok(None);
    }
    let Some(Head {
        mut request, lease, ..
    }) = heads(tx, vec![lease])?.pop()
    else {
        return Ok(None);
    };
    request.attempts += 1;
    request.updated_at = tx.now();
    request.reach(RequestStatus::Identifying, tx.now());
    begin_attempts(tx, std::slice::from_ref(&request))?;
    Ok(Some(Claim { request, lease }))
}
