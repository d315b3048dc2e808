//! The messages before a message, for bots that answer with the conversation in mind.
//!
//! These queries act for the chat and not for a reader, like the pipeline
//! (`messages::get_unchecked`): they do not check access, and they return internal messages. Never
//! show the result to a visitor.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use unicom_models::schema::unicom_messages as messages;
use unicom_models::sql_types::UuidAny;
use unicom_models::{Direction, Message};

use crate::{Db, DbError, on_engine};

/// Returns what a bot needs to know of the chat to answer `message`: up to `depth` messages, oldest
/// first, with `message` itself at the end. The result always contains `message`, even for a
/// `depth` below 1.
///
/// The other messages are the newest of those before `message` and of later ones that are not
/// incoming, including internal ones. A reply to an earlier message may have been stored after
/// `message`, while later incoming messages are answered separately. Pass the current state of the
/// message: if it has moved to another chat, the result is empty.
pub fn history(db: &mut Db, message: &Message, depth: i64) -> Result<Vec<Message>, DbError> {
    let mut found: Vec<Message> = on_engine!(db, conn => {
        let before = messages::timestamp.lt(message.timestamp)
            .or(messages::timestamp.eq(message.timestamp).and(messages::id.lt(message.id)));
        let others = messages::table
            .filter(messages::chat_id.eq(&message.chat_id))
            .filter(messages::id.ne(message.id))
            .filter(before.or(messages::direction.ne(Direction::Incoming)))
            .order((messages::timestamp.desc(), messages::id.desc()))
            .limit(depth.max(1) - 1)
            .select(Message::as_select());
        messages::table
            .filter(messages::id.eq(message.id))
            .filter(messages::chat_id.eq(&message.chat_id))
            .select(Message::as_select())
            .union_all(others)
            .load(conn)
    })?;
    found.sort_by_key(|found| (found.id == message.id, found.timestamp, found.id));
    if found.last().is_none_or(|last| last.id != message.id) {
        found.clear();
    }
    Ok(found)
}

/// Returns `message`, the message that it answers, the one that this in turn answers, and so on
/// within the chat: up to `depth` messages, oldest first.
pub fn thread(db: &mut Db, message: &Message, depth: i64) -> Result<Vec<Message>, DbError> {
    // The length also ends a cycle, which only a host could have created.
    macro_rules! chain {
        () => {
            sql::<Bool>(
                "unicom_messages.id IN (WITH RECURSIVE thread (id, answers, length) AS (\
                 SELECT id, reply_to_message_id, 1 FROM unicom_messages WHERE id = ",
            )
            .bind::<UuidAny, _>(message.id)
            .sql(
                " UNION ALL SELECT earlier.id, earlier.reply_to_message_id, thread.length + 1 \
                 FROM thread JOIN unicom_messages AS earlier ON earlier.id = thread.answers \
                 WHERE earlier.chat_id = ",
            )
            .bind::<Text, _>(message.chat_id.as_str())
            .sql(" AND thread.length < ")
            .bind::<BigInt, _>(depth)
            .sql(") SELECT id FROM thread)")
        };
    }
    Ok(on_engine!(db, conn => messages::table
        .filter(chain!())
        .order((messages::timestamp.asc(), messages::id.asc()))
        .select(Message::as_select())
        .load(conn))?)
}
