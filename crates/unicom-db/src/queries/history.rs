//! What came before a message, for bots that answer with the conversation in mind.
//!
//! These act for the chat itself and not for a reader, as the pipeline does (`messages::get_unchecked`): nothing here
//! looks at who may see it, and internal messages are among it. Never show it to a visitor.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use unicom_models::schema::unicom_messages as messages;
use unicom_models::sql_types::UuidAny;
use unicom_models::{Direction, Message};

use crate::{Db, DbError, on_engine};

/// What of its chat a bot must know to answer `message`, in the order of time, and `message` itself at the end: the
/// newest `depth`, at least `message`, of those before it and of those after it that did not come in, internal ones
/// included.
///
/// What was answered to a message before it may have been stored after it, and what came in after it is asked about on
/// its own. Pass the message as it stands now: where it has moved to another chat meanwhile, nothing is found.
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

/// `message`, the one that it answers, the one that that answers, and so on within its chat, up to `depth` of them, in
/// the order of time.
pub fn thread(db: &mut Db, message: &Message, depth: i64) -> Result<Vec<Message>, DbError> {
    // The count also ends a circle, which only a host could have made.
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
