//! `GET webchat/ws/`: a WebSocket (RFC 6455), over which a visitor is told what changes in all
//! chats.
//!
//! The frames are made as fast as the client takes them: what a slow client has not taken is not
//! read from the database yet.

use std::collections::HashMap;
use std::time::Duration;

use actix_http::ws::{self, CloseCode, Codec, Frame as SocketFrame, Message, ProtocolError};
use actix_web::body::{BodyStream, MessageBody};
use actix_web::http::header::SEC_WEBSOCKET_PROTOCOL;
use actix_web::web::{Bytes, BytesMut, Payload};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_util::codec::{Decoder, Encoder};
use unicom_core::live::Notice;
use unicom_db::queries::read_positions::Progress;
use unicom_models::ChatId;
use unicom_webchat::Cursor;

use super::closing::{Closing, SILENT, TOO_MANY, violation};
use super::command::Command;
use super::feed::Feed;
use super::fragments::{Fragments, LARGEST};
use super::frame::Frame;
use super::place;
use super::sse::{HEARTBEAT, retry_after};
use crate::admission::LongLivedPlace;
use crate::openapi::Kind::{AccountBlocked, Busy, CsrfFailed, InvalidParameter, LoginRequired};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::{Api, ApiError};

/// The subprotocol.
const PROTOCOL: &str = "unicom.v1";

/// After this time without a frame from the client, the connection is closed. Clients answer the
/// pings that the server sends at each heartbeat.
const SILENCE: Duration = Duration::from_secs(60);

/// Maximum length of the header of a frame, in bytes.
const LONGEST_HEADER: usize = 14;

/// The number of messages that a client may send at once, and per second after that.
const BURST: f64 = 50.0;
const PER_SECOND: f64 = 10.0;

/// What a chat that is subscribed counts, in messages.
const FOR_EACH_CHAT: f64 = 0.1;

/// What a frame counts that is not a whole message, in messages.
const FOR_EACH_PART: f64 = 0.1;

/// Opens a WebSocket
///
/// With the subprotocol `unicom.v1`, or none. The server sends `LiveFrame`s and takes
/// `LiveCommand`s, each as JSON in a text frame of at most 64 KiB. The first frame is `hello` with
/// the visitor's chats; rows that change follow as `chat`. What changes in a chat is sent after
/// `subscribe`.
///
/// Close codes: 4401 the session has ended, 4403 blocked or not allowed, 4408 silent for 60
/// seconds, 4429 too many messages, 1001 the server stops: connect again after the time that the
/// reason names.
#[utoipa::path(
    get, path = "/webchat/ws", operation_id = "open_socket", tag = "webchat",
    responses(
        (status = 101, description = "The connection is a WebSocket that carries these", content(
            (Frame = "application/json"),
            (Command = "application/json"),
        )),
        ErrorResponses<{ error_kinds(&[InvalidParameter, LoginRequired, AccountBlocked, CsrfFailed, Busy]) }>,
    ),
)]
pub(crate) async fn socket(
    request: HttpRequest,
    payload: Payload,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let mut response = ws::handshake(request.head()).map_err(|error| {
        ApiError::invalid_parameter(format!("this path only opens a WebSocket: {error}"))
    })?;
    if offers(&request, PROTOCOL) {
        response.insert_header((SEC_WEBSOCKET_PROTOCOL, PROTOCOL));
    }
    api.identity.check_origin(&request)?;
    let visitor = api.session_visitor(&request).await?;
    let mut feed = Feed::new(&api, &request, visitor).await?;
    feed.follow_list(HEARTBEAT.as_secs()).await?;
    let socket = Socket::new(feed, payload, place(&request)?);
    let chunks = stream::unfold(socket, |mut socket| async {
        let chunk = socket.next().await?;
        Some((Ok::<_, ApiError>(chunk), socket))
    });
    let body = BodyStream::new(Box::pin(chunks)).boxed();
    let response = response.message_body(body).map_err(ApiError::unexpected)?;
    Ok(response.into())
}

/// Returns `true` if the client offers this subprotocol.
fn offers(request: &HttpRequest, protocol: &str) -> bool {
    request
        .headers()
        .get_all(SEC_WEBSOCKET_PROTOCOL)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|offered| offered.trim() == protocol)
}

/// A WebSocket that is open. Most are idle most of the time: the futures that read the database are
/// allocated while they run.
struct Socket {
    feed: Feed,
    payload: Payload,
    codec: Codec,
    received: BytesMut,
    fragments: Fragments,
    heartbeat: Interval,
    received_at: Instant,
    allowance: Allowance,
    is_closing: bool,
    _place: Option<LongLivedPlace>,
}

/// Something that a connection waits for.
enum Happened {
    Received(Option<Bytes>),
    Noticed(Notice),
    Heartbeat,
}

impl Socket {
    fn new(feed: Feed, payload: Payload, place: Option<LongLivedPlace>) -> Self {
        let now = Instant::now();
        let mut heartbeat = interval_at(now + HEARTBEAT, HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            feed,
            payload,
            codec: Codec::new().max_size(LARGEST),
            received: BytesMut::new(),
            fragments: Fragments::default(),
            heartbeat,
            received_at: now,
            allowance: Allowance::new(now),
            is_closing: false,
            _place: place,
        }
    }

    /// Returns the next bytes for the client, or `None` at the end of the connection.
    async fn next(&mut self) -> Option<Bytes> {
        if self.is_closing {
            return None;
        }
        let message = match self.message().await {
            Ok(message) => message?,
            Err(Closing(reason)) => {
                self.is_closing = true;
                Message::Close(Some(reason))
            }
        };
        let mut bytes = BytesMut::new();
        match self.codec.encode(message, &mut bytes) {
            Ok(()) => Some(bytes.freeze()),
            Err(error) => {
                log::error!("a frame could not be encoded: {error}");
                None
            }
        }
    }

    /// Waits for the next message for the client. Returns `None` if the client is gone.
    async fn message(&mut self) -> Result<Option<Message>, Closing> {
        loop {
            if let Some(frame) = self.feed.pop() {
                return Ok(Some(Message::Text(frame.json)));
            }
            match self.codec.decode(&mut self.received) {
                Ok(Some(frame)) => match Box::pin(self.take(frame)).await? {
                    Some(answer) => return Ok(Some(answer)),
                    None => continue,
                },
                Ok(None) if self.received.len() > LARGEST + LONGEST_HEADER => {
                    return Err(violation(&ProtocolError::Overflow));
                }
                Ok(None) if self.received.is_empty() => self.received = BytesMut::new(),
                Ok(None) => {}
                Err(error) => return Err(violation(&error)),
            }
            if self.feed.has_work() {
                Box::pin(self.feed.work()).await?;
                continue;
            }
            let happened = tokio::select! {
                chunk = self.payload.next() => Happened::Received(chunk.and_then(Result::ok)),
                notice = self.feed.changed() => Happened::Noticed(notice),
                _ = self.heartbeat.tick() => Happened::Heartbeat,
            };
            match happened {
                Happened::Received(None) => return Ok(None),
                Happened::Received(Some(bytes)) => {
                    self.received_at = Instant::now();
                    self.received.extend_from_slice(&bytes);
                }
                Happened::Noticed(Notice::News(news)) => Box::pin(self.feed.read(news)).await?,
                Happened::Noticed(Notice::Stopping) => {
                    let why = format!("the server stops; connect again in {} ms", retry_after());
                    return Err(Closing::new(CloseCode::Away, why));
                }
                Happened::Heartbeat if self.received_at.elapsed() > SILENCE => {
                    return Err(Closing::new(
                        CloseCode::Other(SILENT),
                        "the client did not answer pings",
                    ));
                }
                Happened::Heartbeat => {
                    Box::pin(self.feed.check()).await?;
                    return Ok(Some(Message::Ping(Bytes::new())));
                }
            }
        }
    }

    /// Handles a frame of the client. Returns the message that answers it, if there is one.
    async fn take(&mut self, frame: SocketFrame) -> Result<Option<Message>, Closing> {
        let text = match frame {
            SocketFrame::Text(bytes) if !self.fragments.are_open() => bytes,
            SocketFrame::Continuation(item) => {
                self.count(FOR_EACH_PART)?;
                match self.fragments.add(item)? {
                    Some(bytes) => bytes,
                    None => return Ok(None),
                }
            }
            SocketFrame::Ping(bytes) => {
                self.count(1.0)?;
                return Ok(Some(Message::Pong(bytes)));
            }
            SocketFrame::Pong(_) => {
                self.count(FOR_EACH_PART)?;
                return Ok(None);
            }
            SocketFrame::Close(reason) => {
                self.is_closing = true;
                // The reason is repeated (RFC 6455, 5.5.1).
                return Ok(Some(Message::Close(
                    reason.map(|reason| reason.code.into()),
                )));
            }
            SocketFrame::Text(_) => return Err(violation(&ProtocolError::ContinuationStarted)),
            SocketFrame::Binary(_) => {
                return Err(Closing::new(
                    CloseCode::Unsupported,
                    "messages are JSON in text frames",
                ));
            }
        };
        self.count(1.0)?;
        let text = std::str::from_utf8(&text)
            .map_err(|_| Closing::new(CloseCode::Invalid, "the text is not UTF-8"))?;
        if let Err(error) = self.obey(text).await {
            match error.kind().status().as_u16() {
                400 | 404 => self.feed.push(&Frame::Error {
                    code: error.kind().code(),
                    error: error.to_string(),
                })?,
                _ => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// Does what the client says.
    async fn obey(&mut self, text: &str) -> Result<(), ApiError> {
        let command = command(text).map_err(|problem| {
            ApiError::invalid_body(format!("the message is no command: {problem}"))
        })?;
        match command {
            Command::Subscribe { chats } => {
                self.allowance.charge(chats.len() as f64 * FOR_EACH_CHAT);
                self.subscribe(chats)
            }
            Command::Unsubscribe { chats } => {
                for chat_id in chats {
                    self.feed.unfollow(&chat_id);
                }
                Ok(())
            }
            Command::Typing { chat_id, is_typing } => self.feed.signal_typing(&chat_id, is_typing),
            Command::Delivered {
                chat_id,
                message_id,
            } => {
                let progress = Progress::Delivered;
                self.feed.note_progress(chat_id, message_id, progress).await
            }
            Command::Read {
                chat_id,
                message_id,
            } => {
                let progress = Progress::Read;
                self.feed.note_progress(chat_id, message_id, progress).await
            }
            Command::Ping => self.feed.push(&Frame::Pong),
        }
    }

    /// Follows chats, each from the cursor that the client has.
    fn subscribe(&mut self, chats: HashMap<ChatId, Option<String>>) -> Result<(), ApiError> {
        let mut cursors = Vec::new();
        for (chat_id, cursor) in chats {
            let cursor = cursor.map(|cursor| cursor.parse::<Cursor>()).transpose();
            let cursor = cursor.map_err(|error| {
                ApiError::invalid_cursor(format!("the cursor of chat `{chat_id}`: {error}"))
            })?;
            cursors.push((chat_id, cursor));
        }
        self.feed.subscribe(cursors)
    }

    /// Counts what the client sends.
    fn count(&mut self, messages: f64) -> Result<(), Closing> {
        if self.allowance.take(messages, Instant::now()) {
            Ok(())
        } else {
            let why = "more than 10 messages in a second";
            Err(Closing::new(CloseCode::Other(TOO_MANY), why))
        }
    }
}

/// Parses a command.
///
/// # Errors
/// What is wrong with the text.
fn command(text: &str) -> Result<Command, String> {
    let mut json = serde_json::Deserializer::from_str(text);
    let command = serde_path_to_error::deserialize(&mut json);
    let command = command.map_err(unicom_core::json_error::sentence)?;
    json.end()
        .map_err(|_| "something follows after it".to_owned())?;
    Ok(command)
}

/// How many messages a client may still send.
struct Allowance {
    left: f64,
    at: Instant,
}

impl Allowance {
    fn new(now: Instant) -> Self {
        Self {
            left: BURST,
            at: now,
        }
    }

    /// Takes this number of messages. Returns `false` if they were not left.
    fn take(&mut self, messages: f64, now: Instant) -> bool {
        let regained = now.duration_since(self.at).as_secs_f64() * PER_SECOND;
        self.left = (self.left + regained).min(BURST) - messages;
        self.at = now;
        self.left >= 0.0
    }

    /// Takes this number of messages from what will be left.
    fn charge(&mut self, messages: f64) {
        self.left -= messages;
    }
}
