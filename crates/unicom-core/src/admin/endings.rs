//! Ending a chat, and reopening it.

use serde_json::json;
use unicom_db::Tx;
use unicom_db::queries::chat_list::{self, AdminListedChat};
use unicom_db::queries::chats;
use unicom_models::ChatId;

use crate::{CoreError, admin::Actor};

/// Ends a chat, on any platform. Nothing changes if it was ended before.
///
/// Replies that a bot is making are stored nevertheless, and who answers stays the same. The next
/// message of a visitor reopens the chat.
///
/// # Errors
/// [`CoreError::ChatNotFound`].
pub fn end_chat(tx: &mut Tx<'_>, actor: &Actor, id: &ChatId) -> Result<AdminListedChat, CoreError> {
    set(tx, actor, id, true)
}

/// Reopens a chat that was ended. Nothing changes if it is open.
///
/// # Errors
/// [`CoreError::ChatNotFound`].
pub fn reopen_chat(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: &ChatId,
) -> Result<AdminListedChat, CoreError> {
    set(tx, actor, id, false)
}

fn set(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: &ChatId,
    is_ended: bool,
) -> Result<AdminListedChat, CoreError> {
    let missing = || CoreError::ChatNotFound(id.clone());
    let chat = chats::lock(tx, id)?.ok_or_else(missing)?;
    if chat.ended_at.is_some() != is_ended {
        let ended_at = is_ended.then(|| tx.now());
        chats::set_ended(tx, &chat, ended_at)?;
        let action = if is_ended { "chat.end" } else { "chat.reopen" };
        actor.record(tx, action, format_args!("chat:{id}"), json!({}))?;
    }
    chat_list::one_for_admin(tx, id)?.ok_or_else(missing)
}
