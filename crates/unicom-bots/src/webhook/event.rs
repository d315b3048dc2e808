//! The event that is sent to a webhook.

use serde::Serialize;
use unicom_core::bots::BotContext;
use unicom_models::{
    AccountId, CategoryId, ChannelId, ChatId, FileState, MediaType, MemberId, MessageFile,
    MessageId, PlatformKind, RequestId, UtcTime,
};

use super::answer::Promise;

/// The body of a call, in the format that Standard Webhooks recommends.
#[derive(Serialize)]
pub(super) struct Event {
    /// The type of the event.
    r#type: &'static str,
    /// When the event occurred.
    timestamp: UtcTime,
    data: Data,
}

#[derive(Serialize)]
struct Data {
    request: Request,
    message: Message,
    account: Account,
    member: Option<Member>,
    channel: Channel,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<ReplyBy>,
}

#[derive(Serialize)]
struct Request {
    id: RequestId,
    /// The number of the attempt, starting at 1.
    attempt: i32,
    category_id: Option<CategoryId>,
    created_at: UtcTime,
}

#[derive(Serialize)]
struct Message {
    id: MessageId,
    chat_id: ChatId,
    text: String,
    html: Option<String>,
    media_type: MediaType,
    media: Option<Media>,
    /// The other files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<File>,
    timestamp: UtcTime,
    reply_to_message_id: Option<MessageId>,
    sender_name: String,
    button: Option<Button>,
}

/// The clicked button, if the message is a click.
#[derive(Serialize)]
struct Button {
    value: String,
    /// The id of the message with the button.
    message_id: Option<MessageId>,
}

/// A further file of the message. One that is not `ready` could not be received.
#[derive(Serialize)]
struct File {
    state: FileState,
    name: Option<String>,
    content_type: Option<String>,
    size: Option<i64>,
}

/// A message's file, without its content or its storage key.
#[derive(Serialize)]
struct Media {
    name: String,
    content_type: String,
    size: i64,
}

#[derive(Serialize)]
struct Account {
    id: AccountId,
    name: String,
    platform: PlatformKind,
    is_bot: bool,
}

#[derive(Serialize)]
struct Member {
    id: MemberId,
    name: String,
}

#[derive(Serialize)]
struct Channel {
    id: ChannelId,
    name: String,
    platform: PlatformKind,
}

/// How to answer later.
#[derive(Serialize)]
pub(super) struct ReplyBy {
    /// The path to send the answer to, relative to the address of unicom's API.
    path: String,
    /// The token that authorises the answer.
    token: String,
    /// The answer is accepted at least until this time.
    until: UtcTime,
}

impl File {
    fn new(file: &MessageFile) -> Self {
        Self {
            state: file.state,
            name: file.name.clone(),
            content_type: file.content_type.clone(),
            size: file.size,
        }
    }
}

impl ReplyBy {
    pub(super) fn new(context: &BotContext, promise: &Promise, now: UtcTime) -> Self {
        Self {
            path: format!("requests/{}/reply/", context.request.id),
            token: promise.token.clone(),
            until: now.plus(promise.within),
        }
    }
}

impl Event {
    pub(super) fn new(context: &BotContext, reply: Option<ReplyBy>) -> Self {
        let BotContext {
            request,
            message,
            account,
            member,
            files,
            channel,
            ..
        } = context;
        Self {
            r#type: "request.created",
            timestamp: request.created_at,
            data: Data {
                request: Request {
                    id: request.id,
                    attempt: request.attempts,
                    category_id: request.category_id,
                    created_at: request.created_at,
                },
                message: Message {
                    id: message.id,
                    chat_id: message.chat_id.clone(),
                    text: message.text.clone(),
                    html: message.html.clone(),
                    media_type: message.media_type,
                    media: message.media().map(|file| Media {
                        name: file.name,
                        content_type: file.content_type,
                        size: file.size,
                    }),
                    files: files.iter().map(File::new).collect(),
                    timestamp: message.timestamp,
                    reply_to_message_id: message.reply_to_message_id,
                    sender_name: message.sender_name.clone(),
                    button: message.clicked().map(|value| Button {
                        value: value.to_owned(),
                        message_id: message.reply_to_message_id,
                    }),
                },
                account: Account {
                    id: account.id.clone(),
                    name: account.name.clone(),
                    platform: account.platform.clone(),
                    is_bot: account.is_bot,
                },
                member: member.as_ref().map(|member| Member {
                    id: member.id,
                    name: member.name.clone(),
                }),
                channel: Channel {
                    id: channel.id,
                    name: channel.name.clone(),
                    platform: channel.platform.clone(),
                },
                reply,
            },
        }
    }
}
