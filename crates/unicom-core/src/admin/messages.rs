//! Reading any chat, and sending messages to it.

use serde_json::json;
use unicom_db::queries::messages::{self, Position};
use unicom_db::queries::{channels, chat_access, chats};
use unicom_db::{Db, Tx};
use unicom_models::{AuthorKind, ChannelId, ChatId, Message};

use crate::outbound::{OutgoingMessage, send_message};
use crate::paging::{Page, Paging};
use crate::{CoreError, admin::Actor, admin::Extensions, internal};

/// Returns a page of a chat, including internal messages.
///
/// # Errors
/// [`CoreError::ChatNotFound`], [`CoreError::InvalidCursor`].
pub fn list_chat_messages(
    db: &mut Db,
    chat_id: &ChatId,
    paging: &Paging,
) -> Result<Page<Message>, CoreError> {
    let missing = || CoreError::ChatNotFound(chat_id.clone());
    let access = chat_access::for_admin(db, chat_id)?.ok_or_else(missing)?;
    let position = match paging.anchor {
        Some(anchor) => messages::one_for_admin(db, &access, anchor.message())?,
        None => None,
    };
    let position = position.map(|message| Position {
        timestamp: message.timestamp,
        id: message.id,
    });
    paging.read(
        |_| position.ok_or(CoreError::InvalidCursor),
        |walk, limit| Ok(messages::page_for_admin(db, &access, walk, limit)?),
        |message| message.id,
    )
}

/// Sends a message to a chat of any platform, of this channel if one is given.
///
/// # Errors
/// [`CoreError::ChannelNotFound`], and those of [`send_message`].
pub fn send_to_chat(
    tx: &mut Tx<'_>,
    actor: &Actor,
    extensions: &Extensions,
    channel: Option<ChannelId>,
    chat_id: &ChatId,
    mut message: OutgoingMessage,
) -> Result<Message, CoreError> {
    let channel = match channel {
        Some(id) => id,
        None => {
            let missing = || CoreError::ChatNotFound(chat_id.clone());
            chats::get(tx, chat_id)?.ok_or_else(missing)?.channel_id
        }
    };
    let channel = channels::get(tx, channel)?.ok_or(CoreError::ChannelNotFound(channel))?;
    if message.author.is_none() && actor.is_program() {
        message.author = Some(AuthorKind::Bot);
    }
    // There, only what a user writes in person is the message of a user.
    if channel.platform == internal::platform_kind() {
        message.user_id = message.user_id.filter(|id| *actor == Actor::user(id));
    }
    let message = send_message(tx, &extensions.platforms, &channel, chat_id, message)?;
    let details = json!({ "message_id": message.id });
    actor.record(tx, "message.send", format_args!("chat:{chat_id}"), details)?;
    Ok(message)
}
