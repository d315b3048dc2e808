//! Events that change what is stored: edits, deletions, receipts, and chats that cannot be reached.

use unicom_db::queries::message_edits::{self, EarlierText, NewText};
use unicom_db::queries::messages;
use unicom_db::queries::receipts::{self, Failure};
use unicom_db::queries::{
    accounts, addresses, change_numbers, chats, deliveries, erasure, files, provider_messages,
    queue,
};
use unicom_db::{DbError, LockedChat, Tx};
use unicom_models::{Address, Channel, ChatId, Direction, Message, MessageId, Request, UtcTime};

use super::event::{Applied, MessageEdit, MessageRef, Receipt, ReceiptStatus, Refusal};
use super::resolve::check_address;
use crate::CoreError;
use crate::outbound::note_in_chat;
use crate::store_message::Content;
use crate::validation::{check_id, check_nul};

/// Replaces the text of an incoming message, and keeps the old one.
pub(super) fn edit(
    tx: &mut Tx<'_>,
    channel: &Channel,
    edit: MessageEdit,
) -> Result<Applied, CoreError> {
    let message = of_provider(tx, channel, &edit.provider_message_id)?;
    let Some((chat, message)) = lock(tx, channel, message, Direction::Incoming)? else {
        return Ok(Applied::Refused(Refusal::UnknownMessage));
    };
    if let Some(sender) = &message.sender_id
        && accounts::get(tx, sender)?.is_some_and(|sender| sender.blocked)
    {
        return Ok(Applied::Refused(Refusal::AccountBlocked));
    }
    let media = message.media().map(|media| (message.media_type, media));
    let has_files = !files::of_messages(tx, &[message.id])?.is_empty();
    let content = if has_files {
        Content::with_files(edit.text, edit.html, media)?
    } else {
        Content::new(edit.text, edit.html, media)?
    };
    let before = message_edits::list(tx, &[message.id])?.pop();
    let is_older = before.as_ref().is_some_and(|last| edit.at < last.edited_at);
    if is_older || !replace(tx, &chat, &message, content, before, edit.at)? {
        return Ok(Applied::Unchanged);
    }
    Ok(Applied::Changed)
}

/// Replaces the text of an incoming message of the chat, and keeps the old one. If the message's
/// request has not been given to a bot yet, the bot gets the new text. Returns `false` if the text
/// is the same.
///
/// # Errors
/// [`CoreError::EmptyMessage`] if the text is empty and the message has no file,
/// [`CoreError::Nul`], [`CoreError::TooLarge`] for a text over 256 KiB.
pub fn edit_text(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    message: &Message,
    text: String,
) -> Result<bool, CoreError> {
    let media = message.media().map(|media| (message.media_type, media));
    let content = Content::new(text, None, media)?;
    let before = message_edits::list(tx, &[message.id])?.pop();
    let earliest = before.as_ref().map(|last| last.edited_at.next());
    let at = earliest.map_or(tx.now(), |earliest| earliest.max(tx.now()));
    replace(tx, chat, message, content, before, at)
}

/// Replaces the content of a message. `before` is its last edit. Returns `false` if the content is
/// the same.
fn replace(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    message: &Message,
    content: Content,
    before: Option<EarlierText>,
    edited_at: UtcTime,
) -> Result<bool, CoreError> {
    let (text, html, media_type) = content.into_text();
    if text == message.text && html == message.html {
        return Ok(false);
    }
    let new = NewText {
        revision: before.map_or(1, |last| last.revision + 1),
        text: &text,
        html: html.as_deref(),
        media_type,
        display_text: &Request::display_text(&text),
        edited_at,
    };
    message_edits::replace_text(tx, chat, message, new)?;
    // Readers of the chat reload it.
    erasure::bump_updated_at(tx, chat, chat.name.as_deref(), &chat.metadata)?;
    Ok(true)
}

/// Deletes an incoming message with its request. Its files go with the next sweep of files without
/// a message.
pub(super) fn delete(
    tx: &mut Tx<'_>,
    channel: &Channel,
    provider_message_id: &str,
) -> Result<Applied, CoreError> {
    let message = of_provider(tx, channel, provider_message_id)?;
    let Some((chat, message)) = lock(tx, channel, message, Direction::Incoming)? else {
        return Ok(Applied::Refused(Refusal::UnknownMessage));
    };
    delete_message(tx, &chat, message.id)?;
    Ok(Applied::Changed)
}

/// Deletes an incoming message of the chat with its request. Replies to it stay, without a
/// reference. Returns the storage keys of its files. The caller deletes them from the media store
/// once the transaction is committed.
pub fn delete_message(
    tx: &mut Tx<'_>,
    chat: &LockedChat<'_>,
    id: MessageId,
) -> Result<Vec<String>, CoreError> {
    // The next request of the chat must not wait for these files.
    queue::end_wait(tx, chat, id)?;
    let deleted = tx.with_secure_delete(|tx| {
        change_numbers::record_deleted(tx, chat, id)?;
        let deleted = erasure::delete_messages(tx, &[id])?;
        erasure::recount(tx, chat, chat.name.as_deref(), &chat.metadata)?;
        Ok::<_, DbError>(deleted)
    })?;
    Ok(deleted.files)
}

/// Records how far an outgoing message has come.
pub(super) fn receipt(
    tx: &mut Tx<'_>,
    channel: &Channel,
    receipt: Receipt,
) -> Result<Applied, CoreError> {
    let message = match &receipt.message {
        MessageRef::Provider(id) => of_provider(tx, channel, id)?,
        MessageRef::Own(id) => messages::get_unchecked(tx, *id)?,
    };
    let Some((chat, message)) = lock(tx, channel, message, Direction::Outgoing)? else {
        return Ok(Applied::Refused(Refusal::UnknownMessage));
    };
    let (mut now, at) = (message.clone(), Some(receipt.at));
    match receipt.status {
        ReceiptStatus::Sent => now.sent_at = now.sent_at.or(at),
        ReceiptStatus::Delivered => {
            now.sent_at = now.sent_at.or(at);
            now.delivered_at = now.delivered_at.or(at);
        }
        ReceiptStatus::Seen => {
            now.sent_at = now.sent_at.or(at);
            now.delivered_at = now.delivered_at.or(at);
            now.seen_at = now.seen_at.or(at);
        }
        ReceiptStatus::Failed { code, reason } => {
            check_nul("code", Some(&code))?;
            check_nul("reason", Some(&reason))?;
            let failure = Failure {
                message_id: message.id,
                code,
                reason,
                failed_at: receipt.at,
            };
            let is_new =
                message.delivered_at.is_none() && receipts::insert_failure(tx, &chat, &failure)?;
            return Ok(if is_new {
                Applied::Changed
            } else {
                Applied::Unchanged
            });
        }
    }
    // The outcome of its delivery may have been unknown until now.
    deliveries::reported_sent(tx, &chat, &message)?;
    if now == message {
        return Ok(Applied::Unchanged);
    }
    receipts::update(tx, &chat, &now)?;
    Ok(Applied::Changed)
}

/// Notes in a chat, for admins, that it cannot be reached.
pub(super) fn chat_gone(
    tx: &mut Tx<'_>,
    channel: &Channel,
    address: &Address,
    reason: String,
) -> Result<Applied, CoreError> {
    check_address(channel, "chat", address)?;
    let found = addresses::find(tx, &channel.platform, address)?;
    let chat = match found {
        Some(found) => chats::lock(tx, &ChatId::from(found.target))?,
        None => None,
    };
    let Some(chat) = chat.filter(|chat| chat.channel_id == channel.id) else {
        return Ok(Applied::Refused(Refusal::UnknownAddress));
    };
    Ok(if note_in_chat(tx, channel, &chat, reason)? {
        Applied::Changed
    } else {
        Applied::Unchanged
    })
}

/// Returns the message of the channel to which the provider gave this id.
pub(super) fn of_provider(
    tx: &mut Tx<'_>,
    channel: &Channel,
    id: &str,
) -> Result<Option<Message>, CoreError> {
    check_id("provider_message_id", id)?;
    Ok(provider_messages::find(tx, channel.id, id)?)
}

/// Locks the chat of a message, and returns both as they are now. Returns `None` if the message has
/// gone, is on another channel or has another direction.
fn lock(
    tx: &mut Tx<'_>,
    channel: &Channel,
    message: Option<Message>,
    direction: Direction,
) -> Result<Option<(LockedChat<'static>, Message)>, CoreError> {
    let Some(message) = message else {
        return Ok(None);
    };
    let Some(chat) = chats::lock(tx, &message.chat_id)? else {
        return Ok(None);
    };
    let message = messages::get_unchecked(tx, message.id)?.filter(|message| {
        message.chat_id == chat.id
            && message.channel_id == channel.id
            && message.direction == direction
    });
    Ok(message.map(|message| (chat, message)))
}
