//! Storing incoming messages of several chats in a single PostgreSQL statement, which is a complete
//! transaction.
//!
//! It combines the look-ups of [`visitor_access`](super::visitor_access) and the writes of
//! [`messages`](super::messages), [`requests`](super::requests) and [`chats`](super::chats),
//! without a round trip for each. It handles only the usual case: a known account writes a text to
//! a known chat.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use serde::Serialize;
use unicom_models::sql_types::{UtcMicros, UuidAny};
use unicom_models::{AccountId, ChannelId, ChatId, Direction, MessageId, RequestId, UtcTime};

use crate::prepared::cached_sql;
use crate::{Db, DbError, Event, Tx, by_engine};

/// An incoming text message.
#[derive(Debug, Clone, Serialize)]
pub struct IncomingText {
    /// The id of the sender. The account must take part in the chat and not be blocked.
    pub account_id: AccountId,
    /// The name that the account must have; it must then also have a member. `None` skips both
    /// checks.
    pub account_name: Option<String>,
    /// The id of the chat.
    pub chat_id: ChatId,
    /// Whether the chat was named explicitly. Its channel may then be any active one, unless
    /// `channel_id` is set.
    pub is_named: bool,
    /// A setting whose value must not be `refused_value` in the channel's configuration.
    pub setting: Option<&'static str>,
    /// The value of `setting` with which the text is not stored.
    pub refused_value: &'static str,
    /// The id of the chat's channel. Defaults to the first active channel of its platform.
    pub channel_id: Option<ChannelId>,
    /// The id of the new message.
    pub message_id: MessageId,
    /// The id of the request created from the message.
    pub request_id: RequestId,
    /// The host's user who writes.
    pub user_id: Option<String>,
    /// The text of the message.
    pub text: String,
    /// The request's text for display.
    pub display_text: String,
    /// The sender's verified e-mail address.
    pub email: Option<String>,
    /// The message that is answered. Must belong to the chat.
    pub reply_to: Option<MessageId>,
    /// The client's id for the message. Must be new for the sender.
    pub client_message_id: Option<String>,
    /// The name given to the chat if it has none.
    pub chat_name: Option<String>,
}

impl IncomingText {
    /// Returns what to publish once the text is stored.
    pub(crate) fn events(&self) -> [Event; 3] {
        [
            Event::ChatChanged {
                chat_id: self.chat_id.clone(),
            },
            Event::MessageSaved {
                chat_id: self.chat_id.clone(),
                message_id: self.message_id,
                direction: Direction::Incoming,
            },
            Event::RequestReady {
                request_id: self.request_id,
            },
        ]
    }
}

/// Where and when a text was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The id of the chat's channel.
    pub channel_id: ChannelId,
    /// The sender's name.
    pub sender_name: String,
    /// The time of the message: later than all other messages of the chat.
    pub timestamp: UtcTime,
}

/// What became of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// It is stored.
    Stored(Stored),
    /// It is not stored because another transaction has locked its account or its chat.
    Locked,
    /// It is not stored because this is not the usual case.
    Unusual,
}

/// What happens if another transaction has locked the account or the chat of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locks {
    /// The text is not stored.
    Skip,
    /// The statement waits. Texts of several chats could deadlock.
    Wait,
}

/// Declares the statement, which ends the selection of rows with `$locks`.
macro_rules! append {
    ($name:ident, $locks:literal) => {
        cached_sql! {
            struct $name<'a> {
                "WITH given AS (SELECT *, " now: UtcTime as UtcMicros,
                " AS now, coalesce(" lease_time: Option<UtcTime> as Nullable<UtcMicros>,
                ", CURRENT_TIMESTAMP) AS lease_time FROM json_to_recordset(" texts: &'a str as Text,
                // The rows are locked in the common order: account, chat, membership.
            } concat!("::json) AS given(account_id text, account_name text, chat_id text, is_named boolean,
        setting text, refused_value text, channel_id bigint, message_id uuid, request_id uuid, user_id text,
        text text, display_text text, email text, reply_to uuid, client_message_id text, chat_name text)
    ), part AS MATERIALIZED (
        SELECT given.*, account.name AS sender_name, account.member_id, chat.channel_id AS at_channel,
            membership.unread_count AS unread,
            greatest(given.now, chat.last_activity_at + interval '1 microsecond') AS at
        FROM given
        JOIN unicom_accounts AS account ON account.id = given.account_id
        JOIN unicom_chats AS chat ON chat.id = given.chat_id
        JOIN unicom_account_chats AS membership
            ON membership.account_id = account.id AND membership.chat_id = chat.id
        WHERE NOT account.blocked
            AND (given.account_name IS NULL
                OR (account.member_id IS NOT NULL AND account.name = given.account_name))
            AND EXISTS (SELECT 1 FROM unicom_channels AS channel
                WHERE channel.id = chat.channel_id AND channel.active
                    AND channel.config ->> given.setting IS DISTINCT FROM given.refused_value
                    AND CASE
                        WHEN given.channel_id IS NOT NULL THEN channel.id = given.channel_id
                        WHEN given.is_named THEN TRUE
                        ELSE channel.id = (SELECT min(other.id) FROM unicom_channels AS other
                            WHERE other.platform = channel.platform AND other.active)
                    END)
            AND (given.client_message_id IS NULL OR NOT EXISTS (SELECT 1 FROM unicom_messages AS repeated
                WHERE repeated.sender_id = given.account_id
                    AND repeated.client_message_id = given.client_message_id))
            AND (given.reply_to IS NULL OR EXISTS (SELECT 1 FROM unicom_messages AS answered
                WHERE answered.id = given.reply_to AND answered.chat_id = chat.id
                    AND answered.direction <> 'internal'))
        FOR NO KEY UPDATE OF account, chat, membership ", $locks, "
    ), message AS (
        INSERT INTO unicom_messages (id, chat_id, channel_id, sender_id, sender_name, user_id, direction, timestamp,
            text, media_type, reply_to_message_id, client_message_id, raw)
        SELECT message_id, chat_id, at_channel, account_id, sender_name, user_id, 'incoming', at, text, 'text',
            reply_to, client_message_id, '{}' FROM part
    ), request AS (
        INSERT INTO unicom_requests (id, message_id, chat_id, account_id, channel_id, member_id, status, display_text,
            email, metadata, attempts, due_at, created_at, updated_at, pending_at)
        SELECT request_id, message_id, chat_id, account_id, at_channel, member_id, 'PENDING', display_text, email, '{}',
            0, now, at, at, at FROM part
    ), noted AS (
        UPDATE unicom_chats SET name = coalesce(unicom_chats.name, part.chat_name),
            first_message_id = coalesce(first_message_id, part.message_id),
            first_incoming_message_id = coalesce(first_incoming_message_id, part.message_id),
            last_message_id = part.message_id, last_incoming_message_id = part.message_id,
            last_activity_at = part.at, change = unicom_chats.change + 1, ended_at = NULL
        FROM part WHERE unicom_chats.id = part.chat_id
    ), counted AS (
        UPDATE unicom_account_chats
        SET unread_count = CASE WHEN unicom_account_chats.account_id = part.account_id THEN 0 ELSE unread_count + 1 END
        FROM part WHERE unicom_account_chats.chat_id = part.chat_id
            AND (unicom_account_chats.account_id <> part.account_id OR part.unread <> 0)
    ), queued AS (
        INSERT INTO unicom_leases (kind, key, due_at, claim, asked) SELECT 'requests', chat_id, lease_time, 0, 1 FROM part
        ON CONFLICT (kind, key) DO UPDATE SET due_at = coalesce(unicom_leases.due_at, excluded.due_at),
            asked = unicom_leases.asked + 1
    ) SELECT given.message_id, part.at_channel, part.sender_name, part.at,
        part.message_id IS NULL AND EXISTS (SELECT 1 FROM unicom_account_chats AS membership
            WHERE membership.account_id = given.account_id AND membership.chat_id = given.chat_id)
    FROM given LEFT JOIN part ON part.message_id = given.message_id")
        }

        impl diesel::query_builder::Query for $name<'_> {
            type SqlType = (UuidAny, Nullable<BigInt>, Nullable<Text>, Nullable<UtcMicros>, Bool);
        }
    };
}

append!(AppendSkipping, "SKIP LOCKED");
append!(AppendWaiting, "");

type Row = (
    MessageId,
    Option<ChannelId>,
    Option<String>,
    Option<UtcTime>,
    bool,
);

/// Stores texts of different chats and their requests, each of them or not at all. Returns what
/// became of each, by the id of its message. On SQLite, none is stored. The requests are due at
/// `lease_time`, or at the server's time if it is `None`.
///
/// # Errors
/// A unique violation if another transaction stored the same message at the same time. Nothing is
/// stored then.
pub fn append_texts(
    db: &mut Db,
    now: UtcTime,
    lease_time: Option<UtcTime>,
    texts: &[&IncomingText],
    locks: Locks,
) -> Result<Vec<(MessageId, Appended)>, DbError> {
    let rows: Vec<Row> = by_engine!(
        db,
        Postgres(conn) => {
            let texts = serde_json::json!(texts).to_string();
            match locks {
                Locks::Skip => AppendSkipping { now, lease_time, texts: &texts }.load(conn)?,
                Locks::Wait => AppendWaiting { now, lease_time, texts: &texts }.load(conn)?,
            }
        },
        Sqlite(_) => Vec::new(),
    );
    let appended = |(id, channel_id, sender_name, timestamp, takes_part)| {
        let stored = match (channel_id, sender_name, timestamp) {
            (Some(channel_id), Some(sender_name), Some(timestamp)) => Appended::Stored(Stored {
                channel_id,
                sender_name,
                timestamp,
            }),
            _ if takes_part => Appended::Locked,
            _ => Appended::Unusual,
        };
        (id, stored)
    };
    Ok(rows.into_iter().map(appended).collect())
}

/// Stores a text and its request in the caller's transaction, on PostgreSQL only. Returns `None` if
/// this is not the usual case.
pub fn append_text(tx: &mut Tx<'_>, text: &IncomingText) -> Result<Option<Stored>, DbError> {
    let (now, lease_time) = (tx.now(), tx.lease_time());
    let appended = append_texts(tx, now, lease_time, &[text], Locks::Wait)?;
    let Some((_, Appended::Stored(stored))) = appended.into_iter().next() else {
        return Ok(None);
    };
    for event in text.events() {
        tx.emit(event);
    }
    Ok(Some(stored))
}
