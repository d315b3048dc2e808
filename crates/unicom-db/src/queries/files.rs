//! Files of messages that are fetched from providers, and those that come after the file that is
//! part of a message.
//!
//! While a message has a file that waits, the [lease](super::leases) of the message says when it is
//! fetched.

use std::collections::HashMap;

use diesel::prelude::*;
use unicom_models::schema::{unicom_files as files, unicom_messages as messages};
use unicom_models::{
    ChatId, FileState, MediaType, Message, MessageFile, MessageId, StoredMedia, UtcTime,
};

use super::leases::{self, Lease, LeaseKind};
use super::{change_numbers, message_details};
use crate::{Db, DbError, LockedChat, Tx, on_engine};

/// Stores the files of a message of `chat`, which wait to be fetched.
pub fn insert(
    tx: &mut Tx<'_>,
    _chat: &LockedChat<'_>,
    message_id: MessageId,
    new: &[MessageFile],
) -> Result<(), DbError> {
    let db: &mut Db = tx;
    for file in new {
        on_engine!(db, conn => diesel::insert_into(files::table).values(file).execute(conn))?;
    }
    leases::ask(tx, LeaseKind::Files, &message_id.to_string())
}

/// Claims up to `limit` messages with files to fetch for `duration`.
pub fn claim(
    tx: &mut Tx<'_>,
    limit: i64,
    duration: std::time::Duration,
) -> Result<Vec<Lease>, DbError> {
    leases::claim(tx, LeaseKind::Files, limit, duration)
}

/// Returns the files of these messages, in order.
pub fn of_messages(db: &mut Db, ids: &[MessageId]) -> Result<Vec<MessageFile>, DbError> {
    Ok(on_engine!(db, conn => files::table
        .filter(files::message_id.eq_any(ids))
        .order((files::message_id, files::seq))
        .select(MessageFile::as_select())
        .load(conn))?)
}

/// Returns those files of these messages that are in the media store, in order. Runs no statement
/// if there are no messages.
pub fn ready(
    db: &mut Db,
    ids: impl Iterator<Item = MessageId>,
) -> Result<HashMap<MessageId, Vec<MessageFile>>, DbError> {
    let mut ready: HashMap<_, Vec<_>> = HashMap::new();
    let ids: Vec<MessageId> = ids.collect();
    if ids.is_empty() {
        return Ok(ready);
    }
    for file in of_messages(db, &ids)? {
        if file.state == FileState::Ready {
            ready.entry(file.message_id).or_default().push(file);
        }
    }
    Ok(ready)
}

/// Returns the file that is part of a message, or the further file with this position. Returns
/// `None` if it is not in the media store.
pub fn media_of(
    db: &mut Db,
    message: &Message,
    further: Option<i32>,
) -> Result<Option<StoredMedia>, DbError> {
    let Some(seq) = further else {
        return Ok(message.media());
    };
    let file: Option<MessageFile> = on_engine!(db, conn => files::table
        .find((message.id, seq))
        .select(MessageFile::as_select())
        .first(conn)
        .optional())?;
    Ok(file.and_then(|file| file.media()))
}

/// Returns the file of a message that is to be fetched first. Returns `None` if none waits.
pub fn first_waiting(db: &mut Db, id: MessageId) -> Result<Option<MessageFile>, DbError> {
    Ok(on_engine!(db, conn => files::table
        .filter(files::message_id.eq(id))
        .filter(files::state.eq(FileState::Waiting))
        .order((files::due_at, files::seq))
        .select(MessageFile::as_select())
        .first(conn)
        .optional())?)
}

/// Returns when the next file of a message is to be fetched. Returns `None` if none waits.
pub fn next_due(db: &mut Db, id: MessageId) -> Result<Option<UtcTime>, DbError> {
    Ok(on_engine!(db, conn => files::table
        .filter(files::message_id.eq(id))
        .filter(files::state.eq(FileState::Waiting))
        .select(diesel::dsl::min(files::due_at))
        .first::<Option<UtcTime>>(conn))?)
}

/// Stores what has become of a file of a message of `chat`.
pub fn update(tx: &mut Tx<'_>, chat: &LockedChat<'_>, file: &MessageFile) -> Result<(), DbError> {
    change_numbers::message(tx, chat, file.message_id)?;
    let db: &mut Db = tx;
    on_engine!(db, conn => diesel::update(files::table.find((file.message_id, file.seq)))
        .set(file)
        .execute(conn))?;
    Ok(())
}

/// Makes a file that was fetched the one that is part of its message, which is in `chat`.
pub fn move_to_message(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    file: &MessageFile,
    media_type: MediaType,
    media: &StoredMedia,
) -> Result<(), DbError> {
    change_numbers::message(tx, chat, file.message_id)?;
    let db: &mut Db = tx;
    on_engine!(db, conn => {
        diesel::delete(files::table.find((file.message_id, file.seq))).execute(conn)?;
        diesel::update(messages::table.find(file.message_id))
            .set((
                messages::media_type.eq(media_type),
                messages::media_key.eq(&media.key),
                messages::media_name.eq(&media.name),
                messages::media_content_type.eq(&media.content_type),
                messages::media_size.eq(media.size),
                messages::media_sha256.eq(&media.sha256),
            ))
            .execute(conn)?;
        Ok::<_, DbError>(())
    })?;
    message_details::set_measures(tx, file.message_id, &media.measures)
}

/// Returns the keys of the files of these messages.
pub fn keys_of_messages(db: &mut Db, ids: &[MessageId]) -> Result<Vec<String>, DbError> {
    Ok(on_engine!(db, conn => files::table
        .filter(files::message_id.eq_any(ids))
        .filter(files::key.is_not_null())
        .select(files::key.assume_not_null())
        .load(conn))?)
}

/// Returns the keys of the files of all messages of these chats.
pub fn keys_of_chats(db: &mut Db, ids: &[ChatId]) -> Result<Vec<String>, DbError> {
    Ok(on_engine!(db, conn => files::table
        .inner_join(messages::table)
        .filter(messages::chat_id.eq_any(ids))
        .filter(files::key.is_not_null())
        .select(files::key.assume_not_null())
        .load(conn))?)
}

/// Returns those of the keys that belong to one of these files.
pub fn keys_among(db: &mut Db, keys: &[String]) -> Result<Vec<String>, DbError> {
    Ok(on_engine!(db, conn => files::table
        .filter(files::key.eq_any(keys))
        .select(files::key.assume_not_null())
        .load(conn))?)
}
