//! Deletes expired messages and chats, a few hundred rows at a time.

use unicom_db::queries::erasure::{self, Deleted};
use unicom_db::queries::{holders, ratings, retention};
use unicom_db::{DbError, Tx};
use unicom_models::{Chat, ChatId, MessageId, UtcTime};

/// Result of one write.
#[derive(Debug, Default)]
pub(super) struct Step {
    pub gone: Deleted,
    /// Number of deleted chats.
    pub chats: i64,
    /// Chats that are left for the next write, because this one reached its limit.
    pub left: Vec<ChatId>,
}

/// Deletes messages of these chats that are older than `before`, at most about `rows` rows. The ids
/// of the chats must be sorted.
///
/// A message that is being processed is kept, and so is its chat. A chat is deleted if it was last
/// active before that time and nothing is left in it. Replies to deleted messages no longer refer
/// to them.
pub(super) fn expire(
    tx: &mut Tx<'_>,
    chat_ids: &[ChatId],
    before: UtcTime,
    rows: i64,
) -> Result<Step, DbError> {
    tx.with_secure_delete(|tx| {
        let mut step = Step::default();
        let mut rest = rows;
        for (number, chat_id) in chat_ids.iter().enumerate() {
            if rest <= 0 {
                step.left = chat_ids[number..].to_vec();
                break;
            }
            let Some(chat) = erasure::lock_chats(tx, std::slice::from_ref(chat_id))?.pop() else {
                continue;
            };
            let limit = rest;
            let deleted = expire_chat(tx, &chat, before, limit, &mut step)?;
            rest -= deleted + 1;
            if deleted == limit {
                // The chat may have more messages to delete.
                step.left = chat_ids[number..].to_vec();
                break;
            }
        }
        Ok(step)
    })
}

/// Deletes up to `limit` messages of a locked chat, and the chat if nothing is left in it. Returns
/// the number of deleted messages.
fn expire_chat(
    tx: &mut Tx<'_>,
    chat: &Chat,
    before: UtcTime,
    limit: i64,
    step: &mut Step,
) -> Result<i64, DbError> {
    let old = retention::old_messages(tx, &chat.id, before, limit)?;
    let ids: Vec<MessageId> = old.iter().map(|(id, _)| *id).collect();
    step.gone.add(erasure::delete_messages(tx, &ids)?);
    let deleted = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    if deleted < limit && chat.last_activity_at < before && !retention::has_messages(tx, &chat.id)?
    {
        erasure::delete_chats(tx, std::slice::from_ref(&chat.id))?;
        step.chats += 1;
    } else if deleted > 0 {
        let first = |(id, _): &&(MessageId, String)| Some(*id) == chat.first_incoming_message_id;
        let named_after = old.iter().find(first).map(|(_, text)| text.as_str());
        let name = chat.name.as_deref();
        let name = name.filter(|name| !named_after.is_some_and(|text| is_piece_of(name, text)));
        holders::forget_summary(tx, &chat.id, before)?;
        ratings::forget_comment(tx, &chat.id, before)?;
        erasure::record_deletion(tx, chat, name, &chat.metadata)?;
    }
    Ok(deleted)
}

/// Returns `true` if a chat's name is part of `text`. The chat was then named after the text, and
/// its name would keep revealing it.
fn is_piece_of(name: &str, text: &str) -> bool {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.contains(name)
}
