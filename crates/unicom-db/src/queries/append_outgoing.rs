//! Storing outgoing messages at the end of several chats at once.

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::json;
use unicom_models::Message;
use unicom_models::schema::unicom_messages as messages;

use super::chat_counters;
use crate::prepared::cached_sql;
use crate::{Db, DbError, LockedChat, Tx, by_engine};

cached_sql! {
    struct NoteMessages<'a> {
        "UPDATE unicom_chats AS chat SET
            first_message_id = coalesce(chat.first_message_id, given.message_id),
            first_outgoing_message_id = coalesce(chat.first_outgoing_message_id, given.message_id),
            last_message_id = given.message_id, last_outgoing_message_id = given.message_id,
            last_activity_at = given.at FROM json_to_recordset(" messages: &'a str as Text,
    } "::json) AS given(chat_id text, message_id uuid, at timestamptz) WHERE chat.id = given.chat_id"
}

cached_sql! {
    struct CountUnread<'a> {
        "UPDATE unicom_account_chats AS part SET unread_count = CASE
            WHEN part.account_id = given.sender_id THEN 0 ELSE part.unread_count + 1
            END FROM json_to_recordset(" messages: &'a str as Text,
        // Unchanged rows are not written.
    } "::json) AS given(chat_id text, sender_id text) WHERE part.chat_id = given.chat_id
            AND (part.account_id IS DISTINCT FROM given.sender_id OR part.unread_count <> 0)"
}

/// Stores each message at the end of its chat, as the newest one, and counts it as unread. The
/// messages are outgoing ones of different chats.
pub fn append_outgoing(
    tx: &mut Tx<'_>,
    new: &[(&LockedChat<'_>, &Message)],
) -> Result<(), DbError> {
    let db: &mut Db = tx;
    by_engine!(
        db,
        Postgres(conn) => {
            let rows: Vec<&Message> = new.iter().map(|(_, message)| *message).collect();
            diesel::insert_into(messages::table).values(rows).execute(conn)?;
            let messages: Vec<_> = new
                .iter()
                .map(|(_, message)| json!({
                    "chat_id": message.chat_id,
                    "message_id": message.id,
                    "sender_id": message.sender_id,
                    "at": message.timestamp,
                }))
                .collect();
            let messages = json!(messages).to_string();
            NoteMessages { messages: &messages }.execute(conn)?;
            CountUnread { messages: &messages }.execute(conn)?;
        },
        Sqlite(_) => {
            for (chat, message) in new {
                super::messages::insert(tx, chat, message)?;
                chat_counters::note_message(tx, chat, message, None)?;
                chat_counters::count_unread(tx, chat, message.sender_id.as_ref())?;
            }
        },
    );
    Ok(())
}
