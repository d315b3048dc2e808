//! Storing an incoming message in a single PostgreSQL statement, which is a complete transaction.
//!
//! It combines the look-ups of [`visitor_access`](super::visitor_access) and the writes of
//! [`messages`](super::messages), [`requests`](super::requests) and [`chats`](super::chats),
//! without a round trip for each. It stores everything or nothing, and handles only the usual case:
//! a known account writes a text to a known chat.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
use unicom_models::sql_types::{UtcMicros, UuidAny};
use unicom_models::{
    AccountId, ChannelId, ChatId, Direction, MediaType, MessageId, RequestId, RequestStatus,
    UtcTime,
};

use crate::prepared::cached_sql;
use crate::{DbError, SingleStatement, by_engine};

/// An incoming text message.
#[derive(Debug, Clone, Copy)]
pub struct IncomingText<'a> {
    /// The id of the sender. The account must take part in the chat and not be blocked.
    pub account_id: &'a AccountId,
    /// The name that the account must have; it must then also have a member. `None` skips both
    /// checks.
    pub account_name: Option<&'a str>,
    /// The id of the chat.
    pub chat_id: &'a ChatId,
    /// Whether the chat was named explicitly. Its channel may then be any active one, unless
    /// `channel_id` is set.
    pub is_named: bool,
    /// A setting and a value of it: the text is stored only if the channel's configuration does not
    /// have them.
    pub unless_setting: Option<(&'a str, &'a str)>,
    /// The id of the chat's channel. Defaults to the first active channel of its platform.
    pub channel_id: Option<ChannelId>,
    /// The id of the new message.
    pub message_id: MessageId,
    /// The id of the request created from the message.
    pub request_id: RequestId,
    /// The host's user who writes.
    pub user_id: Option<&'a str>,
    /// The text of the message.
    pub text: &'a str,
    /// The request's text for display.
    pub display_text: &'a str,
    /// The sender's verified e-mail address.
    pub email: Option<&'a str>,
    /// The message that is answered. Must belong to the chat.
    pub reply_to: Option<MessageId>,
    /// The client's id for the message. Must be new for the sender.
    pub client_message_id: Option<&'a str>,
    /// The name given to the chat if it has none.
    pub chat_name: Option<&'a str>,
}

/// Where and when a text was stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Stored {
    /// The id of the chat's channel.
    pub channel_id: ChannelId,
    /// The sender's name.
    pub sender_name: String,
    /// The time of the message: later than all other messages of the chat.
    pub timestamp: UtcTime,
}

cached_sql! {
    struct Append<'a> {
        "WITH given AS (SELECT " account_id: &'a AccountId as Text,
        " AS account_id, " account_name: Option<&'a str> as Nullable<Text>,
        "::text AS account_name, " chat_id: &'a ChatId as Text,
        " AS chat_id, " is_named: bool as Bool,
        " AS is_named, " setting: Option<&'a str> as Nullable<Text>,
        "::text AS setting, " setting_value: Option<&'a str> as Nullable<Text>,
        "::text AS setting_value, " channel_id: Option<ChannelId> as Nullable<BigInt>,
        "::bigint AS channel_id, " message_id: MessageId as UuidAny,
        " AS message_id, " request_id: RequestId as UuidAny,
        " AS request_id, " user_id: Option<&'a str> as Nullable<Text>,
        "::text AS user_id, " text: &'a str as Text,
        " AS text, " display_text: &'a str as Text,
        " AS display_text, " email: Option<&'a str> as Nullable<Text>,
        "::text AS email, " reply_to: Option<MessageId> as Nullable<UuidAny>,
        "::uuid AS reply_to, " client_message_id: Option<&'a str> as Nullable<Text>,
        "::text AS client_message_id, " chat_name: Option<&'a str> as Nullable<Text>,
        "::text AS chat_name, " now: UtcTime as UtcMicros,
        " AS now, " incoming: Direction as Text,
        " AS incoming, " internal: Direction as Text,
        " AS internal, " media_type: MediaType as Text,
        " AS media_type, " status: RequestStatus as Text,
        " AS status, " zero: i32 as Integer,
        // The rows are locked in the common order: the account, the chat, the participation.
    } " AS zero), part AS MATERIALIZED (
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
                    AND channel.config ->> given.setting IS DISTINCT FROM coalesce(given.setting_value, '')
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
                    AND answered.direction <> given.internal))
        FOR NO KEY UPDATE OF account, chat, membership
    ), message AS (
        INSERT INTO unicom_messages (id, chat_id, channel_id, sender_id, sender_name, user_id, direction, timestamp,
            text, media_type, reply_to_message_id, client_message_id, raw)
        SELECT message_id, chat_id, at_channel, account_id, sender_name, user_id, incoming, at, text, media_type,
            reply_to, client_message_id, '{}' FROM part
    ), request AS (
        INSERT INTO unicom_requests (id, message_id, chat_id, account_id, channel_id, member_id, status, display_text,
            email, metadata, attempts, due_at, created_at, updated_at, pending_at)
        SELECT request_id, message_id, chat_id, account_id, at_channel, member_id, status, display_text, email, '{}',
            zero, now, at, at, at FROM part
    ), noted AS (
        UPDATE unicom_chats SET name = coalesce(unicom_chats.name, part.chat_name),
            first_message_id = coalesce(first_message_id, part.message_id),
            first_incoming_message_id = coalesce(first_incoming_message_id, part.message_id),
            last_message_id = part.message_id, last_incoming_message_id = part.message_id,
            last_activity_at = part.at
        FROM part WHERE unicom_chats.id = part.chat_id
    ), counted AS (
        UPDATE unicom_account_chats
        SET unread_count = CASE WHEN unicom_account_chats.account_id = part.account_id THEN 0 ELSE unread_count + 1 END
        FROM part WHERE unicom_account_chats.chat_id = part.chat_id
            AND (unicom_account_chats.account_id <> part.account_id OR part.unread <> 0)
    ), queued AS (
        INSERT INTO unicom_leases (kind, key, due_at, claim, asked) SELECT 'requests', chat_id, now, 0, 1 FROM part
        ON CONFLICT (kind, key) DO UPDATE SET due_at = coalesce(unicom_leases.due_at, excluded.due_at),
            asked = unicom_leases.asked + 1
    ) SELECT at_channel, sender_name, at FROM part"
}

impl diesel::query_builder::Query for Append<'_> {
    type SqlType = (BigInt, Text, UtcMicros);
}

/// Stores the text and its request. Returns `None` and stores nothing if this is not the usual
/// case.
///
/// # Errors
/// A unique violation if another transaction stored the same message at the same time.
pub fn append(
    statement: &mut SingleStatement<'_>,
    new: IncomingText<'_>,
) -> Result<Option<Stored>, DbError> {
    let (setting, setting_value) = new.unless_setting.unzip();
    let append = Append {
        account_id: new.account_id,
        account_name: new.account_name,
        chat_id: new.chat_id,
        is_named: new.is_named,
        setting,
        setting_value,
        channel_id: new.channel_id,
        message_id: new.message_id,
        request_id: new.request_id,
        user_id: new.user_id,
        text: new.text,
        display_text: new.display_text,
        email: new.email,
        reply_to: new.reply_to,
        client_message_id: new.client_message_id,
        chat_name: new.chat_name,
        now: statement.now(),
        incoming: Direction::Incoming,
        internal: Direction::Internal,
        media_type: MediaType::Text,
        status: RequestStatus::Pending,
        zero: 0,
    };
    Ok(by_engine!(
        statement.db(),
        Postgres(conn) => append.get_result(conn).optional()?,
        Sqlite(_) => None,
    ))
}
