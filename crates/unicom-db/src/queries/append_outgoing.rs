//! Storing outgoing messages at the end of several chats at once.

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::json;
use unicom_models::Message;

use super::{change_numbers, chat_counters};
use crate::prepared::cached_sql;
use crate::{Db, DbError, LockedChat, Tx, by_engine};

cached_sql! {
    struct AppendOutgoing<'a> {
        "WITH given AS MATERIALIZED (
        SELECT * FROM json_populate_recordset(NULL::unicom_messages, " messages: &'a str as Text,
        // Unread counts that do not change are not written.
    } "::json)
    ), message AS (INSERT INTO unicom_messages SELECT * FROM given), noted AS (
        UPDATE unicom_chats AS chat SET first_message_id = coalesce(chat.first_message_id, given.id),
            first_outgoing_message_id = coalesce(chat.first_outgoing_message_id, given.id),
            last_message_id = given.id, last_outgoing_message_id = given.id,
            last_activity_at = given.timestamp, change = chat.change + 1
        FROM given WHERE chat.id = given.chat_id
    ) UPDATE unicom_account_chats AS part SET unread_count = CASE
            WHEN part.account_id = given.sender_id THEN 0 ELSE part.unread_count + 1 END
        FROM given WHERE part.chat_id = given.chat_id
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
            let messages: Vec<&Message> = new.iter().map(|(_, message)| *message).collect();
            let messages = json!(messages).to_string();
            AppendOutgoing { messages: &messages }.execute(conn)?;
            for (chat, _) in new {
                change_numbers::announce(tx, &chat.id);
            }
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
