//! [`send`]: a person, a bot or the system writes to a chat.

use serde_json::json;
use unicom_core::admin::Actor;
use unicom_core::inbound::{Applied, ChatInfo, PlatformEvent, Refusal, Sender, receive};
use unicom_core::internal::{SYSTEM_NAME, Writer, account_of};
use unicom_core::outbound::send_message;
use unicom_core::validation::checked_name;
use unicom_core::{CoreError, IncomingMessage, OutgoingMessage, Platforms};
use unicom_db::Tx;
use unicom_db::queries::{addresses, channels, messages};
use unicom_models::{AuthorKind, Channel, Chat, ChatId, Message};

use crate::{Person, get_chat};

/// Maximum number of messages that bots and programs may write in a chat until a person writes.
pub const LONGEST_EXCHANGE: usize = 25;

/// The author of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// A person, or a program that acts for a person. Makes a request.
    Person(Person),
    /// The bot with this name. Makes no request.
    Bot(String),
    /// unicom itself. Makes no request.
    System,
}

/// Stores a message at the end of a chat of the platform, and adds an entry to the audit trail. A
/// person takes part in the chat from then on.
///
/// Bots and programs may write [`LONGEST_EXCHANGE`] messages in a row. Then unicom says so in the
/// chat, and they are refused until a person writes.
///
/// # Errors
/// [`CoreError::ChatNotFound`] if the chat does not exist or belongs to another platform;
/// [`CoreError::ChannelInactive`]; [`CoreError::Conflict`] if the person's account is blocked or
/// erased, or if a person must write first; [`CoreError::UnknownPlatform`] if `platforms` does not
/// have [`Internal`](crate::Internal); [`CoreError::EmptyMessage`], [`CoreError::Nul`],
/// [`CoreError::Invalid`], [`CoreError::TooLarge`], [`CoreError::ReplyNotFound`],
/// [`CoreError::Buttons`].
pub fn send(
    tx: &mut Tx<'_>,
    actor: &Actor,
    platforms: &Platforms,
    chat_id: &ChatId,
    author: Author,
    content: OutgoingMessage,
) -> Result<Message, CoreError> {
    let chat = get_chat(tx, chat_id)?;
    let channel =
        channels::get(tx, chat.channel_id)?.ok_or(CoreError::ChannelNotFound(chat.channel_id))?;
    let (written_as, is_limited) = match &author {
        Author::Person(person) => ("me".to_owned(), person.is_program),
        Author::Bot(name) => (format!("bot:{name}"), true),
        Author::System => ("system".to_owned(), false),
    };
    let message = match author {
        Author::Person(person) => send_request(tx, &channel, &chat, person, content)?,
        Author::Bot(name) => {
            let name = checked_name("as", &name)?;
            let writer = Writer::Bot(name.clone());
            send_as(tx, platforms, &channel, &chat, (&writer, name), content)?
        }
        Author::System => {
            let system = (&Writer::System, SYSTEM_NAME.to_owned());
            send_as(tx, platforms, &channel, &chat, system, content)?
        }
    };
    if is_limited {
        limit_exchange(tx, platforms, &channel, &chat)?;
    }
    let details = json!({ "message_id": message.id, "as": written_as });
    actor.record(tx, "message.send", format_args!("chat:{chat_id}"), details)?;
    Ok(message)
}

/// Stores a message of a person, and the request that it becomes.
fn send_request(
    tx: &mut Tx<'_>,
    channel: &Channel,
    chat: &Chat,
    person: Person,
    content: OutgoingMessage,
) -> Result<Message, CoreError> {
    let missing = || CoreError::ChatNotFound(chat.id.clone());
    let address = addresses::of_chat(tx, &chat.id)?.ok_or_else(missing)?;
    let asked = content.reply_to_message_id;
    let message = IncomingMessage {
        text: content.text,
        html: content.html,
        media: content.media,
        reply_to_message_id: asked,
        // Messages without it are those of programs, see `messages::count_since_user`.
        user_id: (!person.is_program).then(|| person.user_id.clone()),
        ..IncomingMessage::default()
    };
    let account = person.writer();
    let sender = Sender::at(account.address(), person.name);
    let event = PlatformEvent::message(sender, ChatInfo::at(address), message);
    let refused = |problem| CoreError::conflict("account", account.account_id(), problem);
    let message = match receive(tx, channel, event)? {
        Applied::Refused(Refusal::AccountErased) => return Err(refused("was erased")),
        Applied::Refused(_) => return Err(refused("is blocked")),
        applied => applied.into_saved().ok_or_else(missing)?.message,
    };
    match asked {
        // `receive` ignores an answer to a message that is not in the chat.
        Some(asked) if message.reply_to_message_id.is_none() => {
            Err(CoreError::ReplyNotFound(asked))
        }
        _ => Ok(message),
    }
}

/// Stores a message that makes no request.
fn send_as(
    tx: &mut Tx<'_>,
    platforms: &Platforms,
    channel: &Channel,
    chat: &Chat,
    (writer, name): (&Writer, String),
    content: OutgoingMessage,
) -> Result<Message, CoreError> {
    let message = OutgoingMessage {
        sender_id: Some(account_of(tx, channel, writer, &name)?),
        sender_name: Some(name),
        author: Some(match writer {
            Writer::User(_) => AuthorKind::Staff,
            Writer::Bot(_) => AuthorKind::Bot,
            Writer::System => AuthorKind::System,
        }),
        ..content
    };
    send_message(tx, platforms, channel, &chat.id, message)
}

/// Refuses a message of a bot or a program that was just stored, if there are too many of them
/// after the last message of a person.
fn limit_exchange(
    tx: &mut Tx<'_>,
    platforms: &Platforms,
    channel: &Channel,
    chat: &Chat,
) -> Result<(), CoreError> {
    let system = Writer::System.account_id();
    let most = i64::try_from(LONGEST_EXCHANGE).unwrap_or(i64::MAX);
    match messages::count_since_user(tx, &chat.id, &system, most.saturating_add(1))? {
        count if count > LONGEST_EXCHANGE => Err(CoreError::conflict(
            "chat",
            &chat.id,
            format!(
                "has {LONGEST_EXCHANGE} messages of bots and programs in a row: a person must write next"
            ),
        )),
        LONGEST_EXCHANGE => {
            let note = OutgoingMessage::text(format!(
                "Bots and programs have written {LONGEST_EXCHANGE} messages in a row: a person must write next"
            ));
            let system = (&Writer::System, SYSTEM_NAME.to_owned());
            send_as(tx, platforms, channel, chat, system, note).map(drop)
        }
        _ => Ok(()),
    }
}
