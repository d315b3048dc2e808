//! `GET webchat/ws/`: a WebSocket (RFC 6455), over which a visitor is told what changes in all
//! chats.
//!
//! The frames are made as fast as the client takes them: what a slow client has not taken is not
//! read from the database yet.

use actix_http::ResponseBuilder;
use actix_http::ws::{CloseCode, Message};
use actix_web::http::header::SEC_WEBSOCKET_PROTOCOL;
use actix_web::web::{Bytes, Payload};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::stream;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep};
use unicom_core::json_text::repaired;
use unicom_core::live::Notice;

use super::closing::Closing;
use super::command::Command;
use super::commander::Commander;
use super::feed::Feed;
use super::frame::Frame;
use super::sse::{HEARTBEAT, retry_after};
use super::visitor::VisitorReader;
use super::wire::{self, Received, Waited, Wire};
use super::{place, utf8};
use crate::admission::LongLivedPlace;
use crate::openapi::Kind::{
    AccountBlocked, Busy, CsrfFailed, InvalidParameter, LoginRequired, UpgradeRequired,
};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::{Api, ApiError};

/// The subprotocol.
const PROTOCOL: &str = "unicom.v1";

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
        ErrorResponses<{ error_kinds(&[InvalidParameter, LoginRequired, AccountBlocked, CsrfFailed, UpgradeRequired, Busy]) }>,
    ),
)]
pub(crate) async fn socket(
    request: HttpRequest,
    payload: Payload,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let handshake = handshake(&api, &request)?;
    let visitor = api.session_visitor(&request).await?;
    let feed = Feed::new(&api, &request, VisitorReader::new(visitor)).await?;
    open(&request, handshake, payload, feed).await
}

/// Begins the response that opens a WebSocket.
///
/// # Errors
/// Those of [`wire::handshake`], and [`ApiError::csrf_failed`] if a page of another site opens it.
pub(super) fn handshake(api: &Api, request: &HttpRequest) -> Result<ResponseBuilder, ApiError> {
    let mut response = wire::handshake(request)?;
    if offers(request, PROTOCOL) {
        response.insert_header((SEC_WEBSOCKET_PROTOCOL, PROTOCOL));
    }
    api.identity.check_origin(request)?;
    Ok(response)
}

/// Opens a WebSocket that tells what `feed` does.
///
/// # Errors
/// Those of [`Feed::follow_list`], and [`ApiError::busy`] or [`ApiError::rate_limited`] if there
/// are too many connections.
pub(super) async fn open<R: Commander>(
    request: &HttpRequest,
    handshake: ResponseBuilder,
    payload: Payload,
    mut feed: Feed<R>,
) -> Result<HttpResponse, ApiError> {
    feed.follow_list(HEARTBEAT.as_secs()).await?;
    let socket = Socket::new(feed, payload, place(request)?);
    let chunks = stream::unfold(socket, |mut socket| async {
        let chunk = socket.next().await?;
        Some((Ok::<_, ApiError>(chunk), socket))
    });
    wire::respond(handshake, chunks)
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
struct Socket<R> {
    feed: Feed<R>,
    wire: Wire,
    is_closing: bool,
    _place: Option<LongLivedPlace>,
}

impl<R: Commander> Socket<R> {
    fn new(feed: Feed<R>, payload: Payload, place: Option<LongLivedPlace>) -> Self {
        Self {
            feed,
            wire: Wire::new(payload),
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
        wire::encoded(message)
    }

    /// Waits for the next message for the client. Returns `None` if the client is gone.
    async fn message(&mut self) -> Result<Option<Message>, Closing> {
        loop {
            if let Some(frame) = self.feed.pop() {
                return Ok(Some(Message::Text(frame.json)));
            }
            match self.wire.take()? {
                Some(Received::Text(text)) => {
                    let text = utf8(&text)?;
                    if let Err(error) = Box::pin(self.obey(text)).await {
                        self.refuse(error)?;
                    }
                    continue;
                }
                Some(Received::Answered(answer)) => return Ok(Some(answer)),
                Some(Received::Closed(reason)) => {
                    Box::pin(self.finish_commands()).await?;
                    self.is_closing = true;
                    return Ok(Some(Message::Close(reason)));
                }
                None => {}
            }
            if self.feed.has_work() {
                Box::pin(self.feed.work()).await?;
                continue;
            }
            let wait = self.feed.reader.wait(Instant::now());
            tokio::select! {
                waited = self.wire.wait() => match waited? {
                    Waited::Bytes => {}
                    Waited::Gone => {
                        Box::pin(self.finish_commands()).await?;
                        return Ok(None);
                    }
                    Waited::Heartbeat => {
                        Box::pin(self.feed.check()).await?;
                        return Ok(Some(Message::Ping(Bytes::new())));
                    }
                },
                notice = self.feed.changed() => match notice {
                    Notice::News(news) => Box::pin(self.feed.read(news)).await?,
                    Notice::Stopping => {
                        let again = retry_after();
                        let why = format!("the server stops; connect again in {again} ms");
                        return Err(Closing::new(CloseCode::Away, why));
                    }
                },
                () = sleep(wait.unwrap_or_default()), if wait.is_some() => {
                    Box::pin(self.finish_commands()).await?;
                }
            }
        }
    }

    /// Tells the client what it did wrong.
    ///
    /// # Errors
    /// The error, if it ends the connection.
    fn refuse(&mut self, error: ApiError) -> Result<(), ApiError> {
        match error.kind().status().as_u16() {
            400 | 404 => self.feed.push(&Frame::Error {
                code: error.kind().code(),
                error: error.to_string(),
            }),
            _ => Err(error),
        }
    }

    /// Does what the reader has put off.
    async fn finish_commands(&mut self) -> Result<(), ApiError> {
        match R::finish(&mut self.feed).await {
            Ok(()) => Ok(()),
            Err(error) => self.refuse(error),
        }
    }

    /// Does what the client says.
    async fn obey(&mut self, text: &str) -> Result<(), ApiError> {
        let command: R::Command = command(text).map_err(|problem| {
            ApiError::invalid_body(format!("the message is no command: {problem}"))
        })?;
        self.wire.charge(R::cost(&command));
        R::obey(&mut self.feed, command).await
    }
}

/// Parses a command.
///
/// # Errors
/// What is wrong with the text.
fn command<C: DeserializeOwned>(text: &str) -> Result<C, String> {
    let text = repaired(text.as_bytes());
    let mut json = serde_json::Deserializer::from_slice(&text);
    let command = serde_path_to_error::deserialize(&mut json);
    let command = command.map_err(unicom_core::json_error::sentence)?;
    json.end()
        .map_err(|_| "something follows after it".to_owned())?;
    Ok(command)
}
