//! The rows of a send, as statements that are prepared once per connection.

use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};
use unicom_db::Db;
use unicom_models::sql_types::{UtcMicros, UuidAny};
use unicom_models::{MessageId, RequestId, UtcTime};

/// The values of the rows of one send. The chat has the same id as the account.
#[derive(Debug)]
pub struct Send<'a> {
    pub message_id: MessageId,
    pub request_id: RequestId,
    pub chat_id: &'a str,
    pub channel_id: i64,
    pub at: UtcTime,
    pub text: &'a str,
}

impl<'a> Send<'a> {
    /// Creates a send to this chat on the first channel, at the current time.
    pub fn new(chat_id: &'a str, text: &'a str) -> Self {
        Self {
            message_id: MessageId::new(),
            request_id: RequestId::new(),
            chat_id,
            channel_id: 1,
            at: UtcTime::now(),
            text,
        }
    }
}

/// Defines a statement over [`Send`] whose prepared form diesel caches. Diesel does not cache
/// `sql_query`.
macro_rules! statement {
    ($name:ident on $backend:ty, $connection:ty; $($sql:literal $(, $field:ident: $sql_type:ty)?);+ $(;)?) => {
        struct $name<'a>(&'a Send<'a>);

        impl QueryId for $name<'_> {
            type QueryId = $name<'static>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl RunQueryDsl<$connection> for $name<'_> {}

        impl QueryFragment<$backend> for $name<'_> {
            fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, $backend>) -> QueryResult<()> {
                $(
                    pass.push_sql($sql);
                    $(pass.push_bind_param::<$sql_type, _>(&self.0.$field)?;)?
                )+
                Ok(())
            }
        }
    };
}

statement! {
    SqliteMessage on Sqlite, SqliteConnection;
    "INSERT INTO unicom_messages (id, chat_id, channel_id, sender_id, sender_name, direction, timestamp, text, media_type, raw) VALUES (", message_id: UuidAny;
    ", ", chat_id: Text; ", ", channel_id: BigInt; ", ", chat_id: Text;
    ", 'Guest', 'incoming', ", at: UtcMicros; ", ", text: Text; ", 'text', '{}')"
}

statement! {
    SqliteRequest on Sqlite, SqliteConnection;
    "INSERT INTO unicom_requests (id, message_id, chat_id, account_id, channel_id, status, display_text, metadata, attempts, due_at, created_at, updated_at, pending_at) VALUES (", request_id: UuidAny;
    ", ", message_id: UuidAny; ", ", chat_id: Text; ", ", chat_id: Text; ", ", channel_id: BigInt;
    ", 'PENDING', ", text: Text; ", '{}', 0, ", at: UtcMicros; ", ", at: UtcMicros; ", ", at: UtcMicros;
    ", ", at: UtcMicros; ")"
}

statement! {
    SqliteChatEnd on Sqlite, SqliteConnection;
    "UPDATE unicom_chats SET last_message_id = ", message_id: UuidAny;
    ", last_incoming_message_id = ", message_id: UuidAny; ", last_activity_at = ", at: UtcMicros;
    " WHERE id = ", chat_id: Text
}

statement! {
    SqliteUnread on Sqlite, SqliteConnection;
    "UPDATE unicom_account_chats SET unread_count = CASE account_id WHEN ", chat_id: Text;
    " THEN 0 ELSE unread_count + 1 END WHERE chat_id = ", chat_id: Text;
    " AND (account_id <> ", chat_id: Text; " OR unread_count <> 0)"
}

statement! {
    SqliteAccount on Sqlite, SqliteConnection;
    "INSERT INTO unicom_accounts (id, platform, channel_id, name, is_bot, blocked, raw, created_at, updated_at) VALUES (", chat_id: Text;
    ", 'WebChat', ", channel_id: BigInt; ", 'Guest', FALSE, FALSE, '{}', ", at: UtcMicros; ", ", at: UtcMicros; ")"
}

statement! {
    SqliteChat on Sqlite, SqliteConnection;
    "INSERT INTO unicom_chats (id, channel_id, platform, name, is_private, is_archived, metadata, first_message_id, first_incoming_message_id, last_message_id, last_incoming_message_id, last_activity_at, created_at, updated_at) VALUES (", chat_id: Text;
    ", ", channel_id: BigInt; ", 'WebChat', ", text: Text; ", TRUE, FALSE, '{}', ", message_id: UuidAny;
    ", ", message_id: UuidAny; ", ", message_id: UuidAny; ", ", message_id: UuidAny; ", ", at: UtcMicros;
    ", ", at: UtcMicros; ", ", at: UtcMicros; ")"
}

statement! {
    SqlitePart on Sqlite, SqliteConnection;
    "INSERT INTO unicom_account_chats (account_id, chat_id, unread_count, created_at) VALUES (", chat_id: Text;
    ", ", chat_id: Text; ", 0, ", at: UtcMicros; ")"
}

statement! {
    SqliteSession on Sqlite, SqliteConnection;
    "INSERT INTO unicom_sessions (key_hash, state, created_at, expires_at) VALUES (", chat_id: Text;
    ", json_object('csrf_nonce', ", chat_id: Text; "), ", at: UtcMicros; ", ", at: UtcMicros; ")"
}

statement! {
    PostgresSend on Pg, PgConnection;
    "WITH new (message_id, request_id, chat_id, channel_id, at, text) AS (VALUES (", message_id: UuidAny;
    "::uuid, ", request_id: UuidAny; "::uuid, ", chat_id: Text; "::text, ", channel_id: BigInt;
    "::bigint, ", at: UtcMicros; "::timestamptz, ", text: Text;
    "::text)), message AS (INSERT INTO unicom_messages (id, chat_id, channel_id, sender_id, sender_name, direction, timestamp, text, media_type, raw) \
    SELECT message_id, chat_id, channel_id, chat_id, 'Guest', 'incoming', at, text, 'text', '{}'::json FROM new), \
    request AS (INSERT INTO unicom_requests (id, message_id, chat_id, account_id, channel_id, status, display_text, metadata, attempts, due_at, created_at, updated_at, pending_at) \
    SELECT request_id, message_id, chat_id, chat_id, channel_id, 'PENDING', text, '{}'::json, 0, at, at, at, at FROM new), \
    chat AS (UPDATE unicom_chats SET last_message_id = new.message_id, last_incoming_message_id = new.message_id, last_activity_at = new.at \
    FROM new WHERE unicom_chats.id = new.chat_id) \
    UPDATE unicom_account_chats AS part SET unread_count = CASE part.account_id WHEN new.chat_id THEN 0 ELSE unread_count + 1 END \
    FROM new WHERE part.chat_id = new.chat_id AND (part.account_id <> new.chat_id OR unread_count <> 0)"
}

statement! {
    PostgresFirstSend on Pg, PgConnection;
    "WITH new (message_id, request_id, chat_id, channel_id, at, text) AS (VALUES (", message_id: UuidAny;
    "::uuid, ", request_id: UuidAny; "::uuid, ", chat_id: Text; "::text, ", channel_id: BigInt;
    "::bigint, ", at: UtcMicros; "::timestamptz, ", text: Text;
    "::text)), account AS (INSERT INTO unicom_accounts (id, platform, channel_id, name, is_bot, blocked, raw, created_at, updated_at) \
    SELECT chat_id, 'WebChat', channel_id, 'Guest', FALSE, FALSE, '{}'::json, at, at FROM new), \
    chat AS (INSERT INTO unicom_chats (id, channel_id, platform, name, is_private, is_archived, metadata, first_message_id, first_incoming_message_id, last_message_id, last_incoming_message_id, last_activity_at, created_at, updated_at) \
    SELECT chat_id, channel_id, 'WebChat', text, TRUE, FALSE, '{}'::json, message_id, message_id, message_id, message_id, at, at, at FROM new), \
    part AS (INSERT INTO unicom_account_chats (account_id, chat_id, unread_count, created_at) SELECT chat_id, chat_id, 0, at FROM new), \
    message AS (INSERT INTO unicom_messages (id, chat_id, channel_id, sender_id, sender_name, direction, timestamp, text, media_type, raw) \
    SELECT message_id, chat_id, channel_id, chat_id, 'Guest', 'incoming', at, text, 'text', '{}'::json FROM new), \
    request AS (INSERT INTO unicom_requests (id, message_id, chat_id, account_id, channel_id, status, display_text, metadata, attempts, due_at, created_at, updated_at, pending_at) \
    SELECT request_id, message_id, chat_id, chat_id, channel_id, 'PENDING', text, '{}'::json, 0, at, at, at, at FROM new) \
    INSERT INTO unicom_sessions (key_hash, state, created_at, expires_at) \
    SELECT chat_id, json_build_object('csrf_nonce', chat_id), at, at FROM new"
}

/// Writes the rows of a send to an existing chat. On PostgreSQL this is one statement.
pub fn send(db: &mut Db, send: &Send<'_>) -> QueryResult<()> {
    match db {
        Db::Postgres(connection) => {
            PostgresSend(send).execute(connection)?;
        }
        Db::Sqlite(connection) => {
            SqliteMessage(send).execute(connection)?;
            SqliteRequest(send).execute(connection)?;
            SqliteChatEnd(send).execute(connection)?;
            SqliteUnread(send).execute(connection)?;
        }
    }
    Ok(())
}

/// Writes the rows of a new guest's first send. On PostgreSQL this is one statement.
pub fn first_send(db: &mut Db, send: &Send<'_>) -> QueryResult<()> {
    match db {
        Db::Postgres(connection) => {
            PostgresFirstSend(send).execute(connection)?;
        }
        Db::Sqlite(connection) => {
            SqliteAccount(send).execute(connection)?;
            SqliteChat(send).execute(connection)?;
            SqlitePart(send).execute(connection)?;
            SqliteMessage(send).execute(connection)?;
            SqliteRequest(send).execute(connection)?;
            SqliteSession(send).execute(connection)?;
        }
    }
    Ok(())
}
