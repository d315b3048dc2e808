//! Ending requests: their replies are stored and they leave the queue, or neither.

use std::collections::HashMap;

use serde_json::json;
use unicom_db::queries::{
    append_outgoing, channels, chats, deliveries,
    holders::{self, NewHolder},
    leases::Lease,
    message_details, messages,
    queue::{self, Ending},
    streams,
};
use unicom_db::{DbError, Event, LockedChat, StreamEnd, Tx};
use unicom_models::{
    Channel, ChannelId, ChatId, Direction, Message, MessageId, Request, RequestStatus, UtcTime,
};

use super::failure_notice::{self, failure_notice};
use crate::bots::{HandOver, Outcome};
use crate::outbound::compose;
use crate::store_message::Composed;
use crate::text::has_visible;
use crate::{CoreError, OutgoingMessage, Platforms};

/// Why the end of a request was not stored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotStored {
    #[error("another worker has taken the request over")]
    Superseded,
    /// The guest's chats were migrated to a user's account.
    #[error("its message has moved to the chat `{0}`")]
    Moved(ChatId),
    /// The request was left to a person, who has given the chat back.
    #[error("the person has given the chat back")]
    Released,
    #[error("its category could not be found: {0}")]
    Categorize(String),
    #[error(transparent)]
    Core(#[from] CoreError),
}

impl From<DbError> for NotStored {
    fn from(error: DbError) -> Self {
        Self::Core(error.into())
    }
}

/// A request that ends with the status it has, and the replies to its message.
#[derive(Debug, Clone)]
pub(crate) struct EndedRequest {
    pub request: Request,
    /// The lease that it was claimed with. `None` ends the claim of the worker that holds it.
    pub lease: Option<Lease>,
    pub message: Message,
    pub replies: Vec<OutgoingMessage>,
    /// The stream in which readers have seen the first reply while it was written.
    pub stream: Option<EndedStream>,
    /// Set if the bot hands the chat over to a person.
    pub hand_over: Option<HandOver>,
    /// Whether it ends because a person holds its chat: it does not end if the person has given the
    /// chat back meanwhile.
    pub is_left: bool,
}

/// A stream that ends with its request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EndedStream {
    /// The id of the stream, which the first reply gets.
    pub id: MessageId,
    pub end: StreamEnd,
}

/// The error of a request whose bot has handed the chat over.
const HANDED_OVER: &str = "the bot has handed the chat over to a person";

impl EndedRequest {
    /// A request that ends without a reply, with the status it has.
    pub fn new(request: Request, lease: Option<Lease>, message: Message) -> Self {
        Self {
            request,
            lease,
            message,
            replies: Vec::new(),
            stream: None,
            hand_over: None,
            is_left: false,
        }
    }

    /// A request that ends with the outcome of its bot: answered, or waiting for a person.
    pub fn answered(
        mut request: Request,
        lease: Option<Lease>,
        message: Message,
        outcome: Outcome,
        now: UtcTime,
    ) -> Self {
        request.llm_calls = request.llm_calls.saturating_add(outcome.usage.calls);
        request.llm_tokens = request.llm_tokens.saturating_add(outcome.usage.tokens);
        let is_handed_over = outcome.hand_over.is_some();
        request.error = is_handed_over.then(|| HANDED_OVER.to_owned());
        request.reach(
            match is_handed_over {
                true => RequestStatus::Queued,
                false => RequestStatus::Completed,
            },
            now,
        );
        Self {
            replies: outcome.replies,
            hand_over: outcome.hand_over,
            ..Self::new(request, lease, message)
        }
    }

    /// Returns why the request waits for a person, after the words "waits for a person, because",
    /// or `None` if it does not, or if a person in its chat knows of it.
    pub fn unanswered(request: &Request) -> Option<&'static str> {
        match (request.status, request.error.as_deref()) {
            (RequestStatus::Failed, _) => Some("its bot failed"),
            (RequestStatus::Queued, Some(queue::LEFT_TO_PEOPLE)) => None,
            (RequestStatus::Queued, Some(HANDED_OVER)) => Some("its bot handed the chat over"),
            // Other requests that end in the queue have no bot.
            (RequestStatus::Queued, _) => Some("there is no bot for it"),
            _ => None,
        }
    }

    /// Follows the message to the chat that it has moved to.
    pub fn move_to(&mut self, chat_id: ChatId) {
        self.request.chat_id = chat_id.clone();
        self.message.chat_id = chat_id;
    }
}

/// Ends one request like [`store_all`], wherever its message is. Returns the stored replies.
pub(crate) fn store_one(
    tx: &mut Tx<'_>,
    platforms: &Platforms,
    mut ended: EndedRequest,
) -> Result<Vec<Message>, NotStored> {
    loop {
        let mut stored = store_all(tx, platforms, std::slice::from_ref(&ended))?;
        match stored.pop() {
            Some(Err(NotStored::Moved(chat_id))) => ended.move_to(chat_id),
            Some(stored) => return stored,
            None => return Err(NotStored::Superseded),
        }
    }
}

/// A reply that is to be stored in a chat, and whether it counts as sent then.
struct Reply {
    composed: Composed,
    is_local: bool,
}

/// Stores the replies of each request and ends it. Returns the result for each: its stored replies,
/// or why nothing was stored for it.
///
/// # Errors
/// After an error of the database, nothing is stored at all.
pub(crate) fn store_all(
    tx: &mut Tx<'_>,
    platforms: &Platforms,
    ended: &[EndedRequest],
) -> Result<Vec<Result<Vec<Message>, NotStored>>, DbError> {
    // Chats are always locked before requests.
    let chat_ids: Vec<ChatId> = ended
        .iter()
        .map(|one| one.message.chat_id.clone())
        .collect();
    let mut chats: HashMap<ChatId, LockedChat<'_>> = chats::lock_all(tx, &chat_ids)?
        .into_iter()
        .map(|chat| (chat.id.clone(), chat))
        .collect();
    let message_ids: Vec<MessageId> = ended.iter().map(|one| one.message.id).collect();
    let places: HashMap<MessageId, ChatId> =
        messages::chats_of(tx, &message_ids)?.into_iter().collect();
    let channels = channels_of(tx, ended)?;
    let mut results = Vec::new();
    for one in ended {
        results.push(match places.get(&one.message.id) {
            // The message was deleted, and its request with it.
            None => Err(NotStored::Superseded),
            Some(chat_id) if *chat_id != one.message.chat_id => {
                Err(NotStored::Moved(chat_id.clone()))
            }
            Some(chat_id) => replies(tx, platforms, &channels, chats.get_mut(chat_id), one),
        });
    }
    end_requests(tx, ended, &chats, &mut results)?;
    store_replies(tx, &chats, &results)?;
    hand_over(tx, ended, &chats, &results)?;
    end_streams(tx, ended, &results)?;
    Ok(results
        .into_iter()
        .map(|replies| {
            Ok(replies?
                .into_iter()
                .map(|reply| reply.composed.message)
                .collect())
        })
        .collect())
}

/// Returns the channels of the replies.
fn channels_of(
    tx: &mut Tx<'_>,
    ended: &[EndedRequest],
) -> Result<HashMap<ChannelId, Channel>, DbError> {
    let mut found = HashMap::new();
    let has_replies =
        |one: &&EndedRequest| !one.replies.is_empty() || failure_notice::is_due(&one.request);
    for one in ended.iter().filter(has_replies) {
        let id = one.message.channel_id;
        if !found.contains_key(&id)
            && let Some(channel) = channels::get(tx, id)?
        {
            found.insert(id, channel);
        }
    }
    Ok(found)
}

/// Creates the replies of a request, in the order of their times. `chat` is that of its message.
fn replies(
    tx: &Tx<'_>,
    platforms: &Platforms,
    channels: &HashMap<ChannelId, Channel>,
    chat: Option<&mut LockedChat<'_>>,
    ended: &EndedRequest,
) -> Result<Vec<Reply>, NotStored> {
    let message = &ended.message;
    let chat = chat.ok_or_else(|| CoreError::ChatNotFound(message.chat_id.clone()))?;
    if ended.is_left && !chat.is_held {
        return Err(NotStored::Released);
    }
    if let Some(hand_over) = &ended.hand_over {
        hand_over.check()?;
    }
    let mut streamed = ended.stream.map(|stream| stream.id);
    let channel = channels.get(&message.channel_id);
    let mut reply = |outgoing: &OutgoingMessage| {
        let channel = channel.ok_or(CoreError::ChannelNotFound(message.channel_id))?;
        let is_local = platforms.for_sending(channel)?.capabilities().local;
        let outgoing = OutgoingMessage {
            reply_to_message_id: Some(message.id),
            ..outgoing.clone()
        };
        let sent_at = is_local.then(|| tx.now());
        let id = streamed.take().unwrap_or_else(MessageId::new);
        let composed = compose(tx, channel, chat, outgoing, id, sent_at)?;
        chat.follow(&composed.message);
        Ok(Reply { composed, is_local })
    };
    let replies: Result<Vec<Reply>, NotStored> = ended.replies.iter().map(&mut reply).collect();
    let mut replies = replies?;
    let notice = channel.and_then(|of| failure_notice(platforms, of, &ended.request));
    // The request has failed, whether that can be told or not.
    if let Some(Ok(mut notice)) = notice.map(|notice| reply(&notice)) {
        let raw = json!({ Message::FAILED_REQUEST: ended.request.id });
        notice.composed.message.raw = raw;
        replies.push(notice);
    }
    Ok(replies)
}

/// Ends those of the requests whose replies can be stored.
fn end_requests(
    tx: &mut Tx<'_>,
    ended: &[EndedRequest],
    chats: &HashMap<ChatId, LockedChat<'_>>,
    results: &mut [Result<Vec<Reply>, NotStored>],
) -> Result<(), DbError> {
    let endings: Vec<Ending<'_>> = ended
        .iter()
        .zip(&*results)
        .filter(|(_, result)| result.is_ok())
        .filter_map(|(one, _)| {
            Some(Ending {
                chat: chats.get(&one.message.chat_id)?,
                request: &one.request,
                lease: one.lease.as_ref(),
            })
        })
        .collect();
    let held = queue::finish_all(tx, &endings)?;
    for (one, result) in ended.iter().zip(results) {
        if result.is_ok() && !held.contains(&one.request.id) {
            *result = Err(NotStored::Superseded);
        }
    }
    Ok(())
}

/// Stores the replies: the first one of each request, then the second ones and so on.
fn store_replies(
    tx: &mut Tx<'_>,
    chats: &HashMap<ChatId, LockedChat<'_>>,
    results: &[Result<Vec<Reply>, NotStored>],
) -> Result<(), DbError> {
    for number in 0.. {
        let round: Vec<&Reply> = results
            .iter()
            .flatten()
            .filter_map(|replies| replies.get(number))
            .collect();
        if round.is_empty() {
            break;
        }
        let new: Vec<(&LockedChat<'_>, &Message)> = round
            .iter()
            .map(|reply| &reply.composed.message)
            .filter_map(|message| Some((chats.get(&message.chat_id)?, message)))
            .collect();
        append_outgoing::append_outgoing(tx, &new)?;
        for ((chat, message), Reply { composed, is_local }) in new.into_iter().zip(&round) {
            message_details::insert(tx, chat, message, &composed.details)?;
            tx.emit(Event::MessageSaved {
                chat_id: message.chat_id.clone(),
                message_id: message.id,
                direction: Direction::Outgoing,
            });
            if !is_local {
                deliveries::queue(tx, chat, message)?;
            }
        }
    }
    Ok(())
}

/// Hands the chats over whose bots say so, after their replies.
fn hand_over(
    tx: &mut Tx<'_>,
    ended: &[EndedRequest],
    chats: &HashMap<ChatId, LockedChat<'_>>,
    results: &[Result<Vec<Reply>, NotStored>],
) -> Result<(), DbError> {
    for (one, _) in ended
        .iter()
        .zip(results)
        .filter(|(_, result)| result.is_ok())
    {
        if let (Some(HandOver { reason, summary }), Some(chat)) =
            (&one.hand_over, chats.get(&one.message.chat_id))
        {
            let said = |text: &String| Some(text.clone()).filter(|text| has_visible(text));
            let waiting = NewHolder::Waiting {
                reason: said(reason),
                summary: said(summary),
            };
            holders::set(tx, chat, waiting)?;
        }
    }
    Ok(())
}

/// Ends the streams of those requests that have ended.
fn end_streams(
    tx: &mut Tx<'_>,
    ended: &[EndedRequest],
    results: &[Result<Vec<Reply>, NotStored>],
) -> Result<(), DbError> {
    for (one, result) in ended.iter().zip(results) {
        if let (Some(EndedStream { id, end }), Ok(_)) = (one.stream, result) {
            streams::end(tx, &one.message.chat_id, id, end)?;
        }
    }
    Ok(())
}
