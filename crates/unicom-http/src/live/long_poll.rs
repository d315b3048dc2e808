//! A request that waits until something changes in a chat.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use tokio::time::{Instant, sleep_until, timeout_at};
use unicom_core::live::{Notice, StreamPart, Topic};
use unicom_models::{ChatId, MessageId};
use unicom_webchat::{Changes, Cursor, Visitor, list_changes};
use utoipa::ToSchema;

use super::feed::learn_stream;
use super::frame::{Item, StreamState};
use super::place;
use super::told_stream::ToldStream;
use super::visitor::VisitorReader;
use crate::file_urls::FileUrls;
use crate::{Api, ApiError, respond};

/// The longest time that a request can wait, in seconds: shorter than the time after which proxies
/// usually give up.
const LONGEST_WAIT: u64 = 25;

/// How long a request waits for more of a reply that a bot is writing, so that a client does not
/// make a request for each piece.
const COLLECT: Duration = Duration::from_millis(300);

/// What has changed in a chat since a cursor.
#[derive(Serialize, ToSchema)]
#[schema(as = Events)]
pub(super) struct Waited<'a> {
    items: Vec<Item<'a>>,
    /// The cursor after these changes.
    cursor: String,
    /// Whether the chat has to be read again, because it was rewritten or too much has changed.
    reset: bool,
    /// The reply that a bot is writing. Null if there is none: one that the client has seen has
    /// ended.
    stream: Option<Stream>,
}

/// A reply that a bot is writing.
#[derive(Serialize, ToSchema)]
#[schema(as = EventStream)]
struct Stream {
    /// The id that the finished message gets.
    stream_id: MessageId,
    /// The length of the text before this piece, in UTF-16 code units: 0 or the requested
    /// `stream_offset`.
    offset: usize,
    /// The text from there on, which may be empty.
    text: String,
    state: StreamState,
}

/// What a client knows of a chat.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub cursor: Option<Cursor>,
    /// The id of the reply that it has seen a bot write, and how many UTF-16 code units of it.
    pub stream: Option<(MessageId, usize)>,
}

/// What is new in a chat for a client.
struct News {
    changes: Changes,
    /// What a bot has written of a reply, and how much of it the client has.
    stream: Option<(StreamPart, Option<ToldStream>)>,
}

impl News {
    /// Returns `true` if the reply that the client has seen goes on, and nothing else is new.
    fn is_only_more_of(&self, known: Known) -> bool {
        let stream = self.stream.as_ref().map(|(part, _)| part.stream_id);
        self.changes.is_empty() && stream.is_some() && stream == known.stream.map(|(id, _)| id)
    }

    /// Returns `true` if there is nothing that the client does not know.
    fn is_empty_for(&self, known: Known) -> bool {
        let is_stream_known = match &self.stream {
            Some((part, _)) => part.text.is_empty(),
            None => known.stream.is_none(),
        };
        self.changes.is_empty() && is_stream_known
    }
}

/// Returns what has changed in the chat since what the client knows, as soon as something has,
/// after at most `wait` seconds.
///
/// # Errors
/// [`ApiError::chat_not_found`], [`ApiError::account_blocked`], [`ApiError::busy`] or
/// [`ApiError::rate_limited`] if there are too many such requests, and what
/// [`still_valid`](crate::Proof::still_valid) returns if the session ends meanwhile.
pub(super) async fn wait(
    request: &HttpRequest,
    api: &Api,
    chat_id: ChatId,
    mut known: Known,
    wait: u64,
) -> Result<HttpResponse, ApiError> {
    let visitor = api.reader(request).await?;
    // Subscribed before the chat is read, so that no change falls between.
    let mut subscription = api.hub()?.subscribe();
    subscription.add(Topic::Chat(chat_id.clone()));
    subscription.add(Topic::Account(visitor.account_id()));
    if api.hub()?.known_stream(&chat_id).is_none() {
        learn_stream(api, &VisitorReader::new(visitor.clone()), &chat_id).await?;
    }
    let mut news = read(api, &visitor, &chat_id, known).await?;
    if wait > 0 && (news.is_empty_for(known) || news.is_only_more_of(known)) {
        let _place = place(request)?;
        let end = Instant::now() + Duration::from_secs(wait.min(LONGEST_WAIT));
        // Without a cursor, the client has read everything until now.
        known.cursor = Some(news.changes.cursor());
        while news.is_empty_for(known)
            && let Ok(Notice::News(_)) = timeout_at(end, subscription.next()).await
        {
            // The session may have ended meanwhile.
            api.identity.proof(request).still_valid().await?;
            news = read(api, &visitor, &chat_id, known).await?;
        }
        if news.is_only_more_of(known) && !news.is_empty_for(known) {
            sleep_until(end.min(Instant::now() + COLLECT)).await;
            api.identity.proof(request).still_valid().await?;
            news = read(api, &visitor, &chat_id, known).await?;
        }
    }
    let (items, cursor) = Item::of(
        &FileUrls::of_visitor(api, &visitor),
        &chat_id,
        &news.changes,
    );
    Ok(respond::ok(Waited {
        reset: items.is_none(),
        items: items.unwrap_or_default(),
        cursor: cursor.to_string(),
        stream: news.stream.map(|(part, told)| Stream {
            stream_id: part.stream_id,
            offset: ToldStream::after(told, &part).0,
            text: part.text,
            state: StreamState::Open,
        }),
    }))
}

async fn read(
    api: &Api,
    visitor: &Visitor,
    chat_id: &ChatId,
    known: Known,
) -> Result<News, ApiError> {
    let hub = api.hub()?;
    if let Some((_, false)) = hub.known_stream(chat_id) {
        learn_stream(api, &VisitorReader::new(visitor.clone()), chat_id).await?;
    }
    // Before the changes, so that the message of a reply that ends meanwhile is not missed.
    let stream = hub.stream_part(chat_id, None).map(|whole| {
        let seen = known.stream.filter(|(id, _)| *id == whole.stream_id);
        let told = seen.map(|(id, offset)| ToldStream::of_client(id, &whole.text, offset));
        let offset = told.map_or(0, |told| told.known().1);
        let text = whole.text.get(offset..).unwrap_or_default().to_owned();
        let part = StreamPart {
            offset,
            text,
            ..whole
        };
        (part, told)
    });
    let (reader, id) = (visitor.clone(), chat_id.clone());
    let changes = api
        .database
        .read_inline(move |db| list_changes(db, &reader, &id, known.cursor))
        .await?;
    let is_finished = |id: MessageId| match &changes {
        Changes::Applied { messages, .. } => messages.iter().any(|message| message.id == id),
        Changes::Reset(_) => false,
    };
    Ok(News {
        stream: stream.filter(|(part, _)| !is_finished(part.stream_id)),
        changes,
    })
}
