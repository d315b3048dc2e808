//! Message pages and chat lists without HTTP: the same rows, read and serialised to the same bytes.

use anyhow::Context;
use serde::Serialize;
use serde_json::Value;
use unicom_db::Db;
use unicom_db::queries::chat_list::ListedChat;
use unicom_models::{
    AuthorKind, ChannelId, ChatId, ChatState, Direction, HolderKind, MediaType, MessageId,
    MessageStatus, PlatformKind, UtcTime, VisibleMessage,
};
use unicom_webchat::{
    ChatPageRequest, MessagePageRequest, Statuses, Visitor, list_chats, list_messages,
};

/// The response to `GET messages/`, field by field as the server writes it.
#[derive(Serialize)]
struct Messages<'a> {
    success: bool,
    chat_id: &'a ChatId,
    messages: Vec<MessageJson<'a>>,
    has_more: bool,
    next_cursor: Option<MessageId>,
    cursor: Option<String>,
    /// No participant of the measured chats has a position.
    participants: [(); 0],
}

#[derive(Serialize)]
struct MessageJson<'a> {
    id: MessageId,
    chat_id: &'a ChatId,
    text: &'a str,
    html: Option<&'a str>,
    is_outgoing: bool,
    sender_name: &'a str,
    timestamp: UtcTime,
    media_type: MediaType,
    media_url: Option<String>,
    files: [(); 0],
    reply_to_message_id: Option<MessageId>,
    client_message_id: Option<&'a str>,
    interactive_buttons: Option<&'a Value>,
    edited_at: Option<UtcTime>,
    author: AuthorJson<'a>,
    status: MessageStatus,
    media: Option<()>,
}

#[derive(Serialize)]
struct AuthorJson<'a> {
    kind: AuthorKind,
    name: &'a str,
    avatar_url: Option<()>,
    is_self: bool,
}

impl<'a> MessageJson<'a> {
    fn new(chat_id: &'a ChatId, message: &'a VisibleMessage, statuses: &Statuses) -> Self {
        Self {
            id: message.id,
            chat_id,
            text: &message.text,
            html: message.html.as_deref(),
            is_outgoing: message.direction == Direction::Outgoing,
            sender_name: &message.sender_name,
            timestamp: message.timestamp,
            media_type: message.media_type,
            // The measured messages have no files.
            media_url: None,
            files: [],
            reply_to_message_id: message.reply_to_message_id,
            client_message_id: message.client_message_id.as_deref(),
            interactive_buttons: message.interactive_buttons.as_ref(),
            edited_at: message.edited_at,
            author: AuthorJson {
                kind: message.author_kind(),
                name: &message.sender_name,
                avatar_url: None,
                is_self: statuses.is_own(message),
            },
            status: statuses.of(message),
            media: None,
        }
    }
}

/// Returns the newest 50 messages of the visitor's default chat as JSON bytes.
pub fn messages(db: &mut Db, visitor: &Visitor) -> anyhow::Result<Vec<u8>> {
    let page = list_messages(db, visitor, &MessagePageRequest::default())?;
    let chat_id = page.chat_id.as_ref().context("there is no chat yet")?;
    let statuses = page.statuses.as_ref().context("there is no chat yet")?;
    let messages = page.messages.iter();
    Ok(serde_json::to_vec(&Messages {
        success: true,
        chat_id,
        messages: messages
            .map(|message| MessageJson::new(chat_id, message, statuses))
            .collect(),
        has_more: page.has_more,
        next_cursor: page.next,
        cursor: page.cursor.map(|cursor| cursor.to_string()),
        participants: [],
    })?)
}

/// The response to `GET chats/` if all chats fit on one page, field by field as the server writes
/// it.
#[derive(Serialize)]
struct Chats {
    success: bool,
    chats: Vec<ChatJson>,
    has_more: bool,
    next_cursor: Option<String>,
}

#[derive(Serialize)]
struct ChatJson {
    id: ChatId,
    name: Option<String>,
    platform: PlatformKind,
    channel_id: ChannelId,
    is_private: bool,
    is_archived: bool,
    metadata: Value,
    created_at: UtcTime,
    unread_count: i64,
    last_message: Option<LastMessageJson>,
    holder: Option<HolderJson>,
    state: ChatState,
    ended_at: Option<UtcTime>,
    rating: Option<RatingJson>,
    change: i64,
}

#[derive(Serialize)]
struct RatingJson {
    score: i32,
    comment: Option<String>,
    rated_at: UtcTime,
}

#[derive(Serialize)]
struct HolderJson {
    kind: &'static str,
    name: Option<String>,
}

#[derive(Serialize)]
struct LastMessageJson {
    id: MessageId,
    text: String,
    timestamp: UtcTime,
    is_outgoing: bool,
    sender_name: String,
}

impl From<ListedChat> for ChatJson {
    fn from(listed: ListedChat) -> Self {
        let chat = listed.chat;
        Self {
            state: chat.state(),
            ended_at: chat.ended_at,
            rating: listed.rating.map(|rating| RatingJson {
                score: rating.score,
                comment: rating.comment,
                rated_at: rating.rated_at,
            }),
            id: chat.id,
            name: chat.name,
            platform: chat.platform,
            channel_id: chat.channel_id,
            is_private: chat.is_private,
            is_archived: chat.is_archived,
            metadata: chat.metadata,
            created_at: chat.created_at,
            unread_count: listed.unread_count,
            last_message: listed.last_message.map(|message| LastMessageJson {
                id: message.id,
                text: message.text,
                timestamp: message.timestamp,
                is_outgoing: message.direction == Direction::Outgoing,
                sender_name: message.sender_name,
            }),
            holder: listed.holder.map(|holder| HolderJson {
                kind: match holder.kind {
                    HolderKind::Bot => "bot",
                    _ => "staff",
                },
                name: holder.name,
            }),
            change: chat.change,
        }
    }
}

/// Returns the visitor's chats as JSON bytes.
///
/// # Errors
///
/// Fails if the chats do not fit on one page.
pub fn chats(db: &mut Db, visitor: &Visitor) -> anyhow::Result<Vec<u8>> {
    let page = list_chats(db, visitor, &ChatPageRequest::default())?;
    anyhow::ensure!(!page.has_more, "more chats than fit on one page");
    Ok(serde_json::to_vec(&Chats {
        success: true,
        chats: page.chats.into_iter().map(ChatJson::from).collect(),
        has_more: false,
        next_cursor: None,
    })?)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use unicom_core::Bots;
    use unicom_testing::{TestDatabase, both_engines};

    use super::{chats, messages};
    use crate::fill::{Messages, Place, fill};
    use crate::scratch_db::channel;

    both_engines! {
        fn filled_chats_are_serialised_like_the_server(db: &TestDatabase) {
            channel(db.database(), &Bots::default(), json!({})).unwrap();
            let mut connection = db.connection();
            let places: Vec<Place> = Place::guests(2).collect();
            // The second fill replaces the messages of the first.
            for filling in [Messages::plain(3), Messages::dialogue(4)] {
                fill(&mut connection, &places, filling).unwrap();
            }
            let visitor = places[1].visitor();
            let page = messages(&mut connection, &visitor).unwrap();
            let page: Value = serde_json::from_slice(&page).unwrap();
            let messages = page["messages"].as_array().unwrap();
            assert_eq!(messages.len(), 4);
            assert_eq!(
                messages[0],
                json!({
                    "id": messages[0]["id"], "chat_id": "webchat_guest_00000000000000000000000000000001",
                    "text": "Order number 7 is on its way and will be with you tomorrow.", "html": null,
                    "is_outgoing": true, "sender_name": "Bot", "timestamp": "2025-01-01T00:00:00.007000Z",
                    "media_type": "text", "media_url": null, "files": [], "reply_to_message_id": messages[1]["id"],
                    "client_message_id": null, "interactive_buttons": null, "edited_at": null,
                    "author": { "kind": "bot", "name": "Bot", "avatar_url": null, "is_self": false },
                    "status": "sent", "media": null,
                })
            );
            assert_eq!(messages[1]["reply_to_message_id"], Value::Null);

            let chats = chats(&mut connection, &visitor).unwrap();
            let chats: Value = serde_json::from_slice(&chats).unwrap();
            assert_eq!(chats["chats"][0]["last_message"]["id"], messages[0]["id"]);
        }
    }
}
