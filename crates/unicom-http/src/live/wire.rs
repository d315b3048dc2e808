//! [`Wire`]: the frames of a WebSocket (RFC 6455), as they come and go.

use std::time::Duration;

use actix_http::ResponseBuilder;
use actix_http::ws::{
    CloseCode, CloseReason, Codec, Frame, HandshakeError, Message, ProtocolError,
};
use actix_web::body::{BodyStream, MessageBody};
use actix_web::web::{Bytes, BytesMut, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::{Stream, StreamExt};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_util::codec::{Decoder, Encoder};

use super::closing::{Closing, SILENT, TOO_MANY, violation};
use super::fragments::{Fragments, LARGEST};
use super::sse::HEARTBEAT;
use crate::ApiError;

/// After this time without a frame from the client, the connection is closed. Clients answer the
/// pings that the server sends at each heartbeat.
const SILENCE: Duration = Duration::from_secs(60);

/// Maximum length of the header of a frame, in bytes.
const LONGEST_HEADER: usize = 14;

/// The number of messages that a client may send at once, and per second after that.
const BURST: f64 = 50.0;
const PER_SECOND: f64 = 10.0;

/// What a frame counts that is not a whole message, in messages.
const FOR_EACH_PART: f64 = 0.1;

/// The frames of a WebSocket.
pub(super) struct Wire {
    payload: Payload,
    codec: Codec,
    received: BytesMut,
    fragments: Fragments,
    heartbeat: Interval,
    received_at: Instant,
    allowance: Allowance,
}

/// Something that the client has sent.
pub(super) enum Received {
    /// A whole message.
    Text(Bytes),
    /// A frame that the server answers with this one.
    Answered(Message),
    /// The client closes the connection. The answer repeats the reason (RFC 6455, 5.5.1).
    Closed(Option<CloseReason>),
}

/// Something that happened while the server waited.
pub(super) enum Waited {
    /// Bytes have come, which may be a frame.
    Bytes,
    /// It is time to check the connection, and to send a ping.
    Heartbeat,
    /// The client is gone.
    Gone,
}

impl Wire {
    pub fn new(payload: Payload) -> Self {
        let now = Instant::now();
        let mut heartbeat = interval_at(now + HEARTBEAT, HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            payload,
            codec: Codec::new().max_size(LARGEST),
            received: BytesMut::new(),
            fragments: Fragments::default(),
            heartbeat,
            received_at: now,
            allowance: Allowance::new(now),
        }
    }

    /// Takes what the client has sent out of the bytes that have come. Returns `None` if it is not
    /// whole yet.
    ///
    /// # Errors
    /// How to close the connection, if the client breaks the protocol or sends too much.
    pub fn take(&mut self) -> Result<Option<Received>, Closing> {
        loop {
            let frame = match self.codec.decode(&mut self.received) {
                Ok(Some(frame)) => frame,
                Ok(None) if self.received.len() > LARGEST + LONGEST_HEADER => {
                    return Err(violation(&ProtocolError::Overflow));
                }
                Ok(None) => {
                    if self.received.is_empty() {
                        // Most connections are idle most of the time.
                        self.received = BytesMut::new();
                    }
                    return Ok(None);
                }
                Err(error) => return Err(violation(&error)),
            };
            let text = match frame {
                Frame::Text(bytes) if !self.fragments.are_open() => bytes,
                Frame::Continuation(item) => {
                    self.count(FOR_EACH_PART)?;
                    match self.fragments.add(item)? {
                        Some(bytes) => bytes,
                        None => continue,
                    }
                }
                Frame::Ping(bytes) => {
                    self.count(1.0)?;
                    return Ok(Some(Received::Answered(Message::Pong(bytes))));
                }
                Frame::Pong(_) => {
                    self.count(FOR_EACH_PART)?;
                    continue;
                }
                Frame::Close(reason) => {
                    let reason = reason.map(|reason| reason.code.into());
                    return Ok(Some(Received::Closed(reason)));
                }
                Frame::Text(_) => return Err(violation(&ProtocolError::ContinuationStarted)),
                Frame::Binary(_) => {
                    return Err(Closing::new(
                        CloseCode::Unsupported,
                        "messages are JSON in text frames",
                    ));
                }
            };
            self.count(1.0)?;
            return Ok(Some(Received::Text(text)));
        }
    }

    /// Waits for more from the client or for the next heartbeat. Nothing is lost if the future is
    /// dropped before it is ready.
    ///
    /// # Errors
    /// How to close the connection, if the client has been silent for too long.
    pub async fn wait(&mut self) -> Result<Waited, Closing> {
        tokio::select! {
            chunk = self.payload.next() => match chunk.and_then(Result::ok) {
                Some(bytes) => {
                    self.received_at = Instant::now();
                    self.received.extend_from_slice(&bytes);
                    Ok(Waited::Bytes)
                }
                None => Ok(Waited::Gone),
            },
            _ = self.heartbeat.tick() => {
                if self.received_at.elapsed() > SILENCE {
                    let why = "the client did not answer pings";
                    return Err(Closing::new(CloseCode::Other(SILENT), why));
                }
                Ok(Waited::Heartbeat)
            }
        }
    }

    /// Takes this number of messages from what the client may still send later.
    pub fn charge(&mut self, messages: f64) {
        self.allowance.left -= messages;
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
}

/// Answers the handshake of a client that opens a WebSocket.
///
/// # Errors
/// [`ApiError::upgrade_required`] for another version of the protocol,
/// [`ApiError::invalid_parameter`] for a request that opens no WebSocket.
pub(super) fn handshake(request: &HttpRequest) -> Result<ResponseBuilder, ApiError> {
    actix_http::ws::handshake(request.head()).map_err(|error| {
        let sentence = format!("this path only opens a WebSocket: {error}");
        match error {
            HandshakeError::UnsupportedVersion => ApiError::upgrade_required(sentence),
            _ => ApiError::invalid_parameter(sentence),
        }
    })
}

/// Returns the response that carries these bytes after the handshake. The connection ends with
/// them.
pub(super) fn respond(
    mut handshake: ResponseBuilder,
    bytes: impl Stream<Item = Result<Bytes, ApiError>> + 'static,
) -> Result<HttpResponse, ApiError> {
    let body = BodyStream::new(Box::pin(bytes)).boxed();
    let response = handshake.message_body(body).map_err(ApiError::unexpected)?;
    Ok(response.into())
}

/// Returns a message for a client as bytes. Returns `None` if it cannot be sent.
pub(super) fn encoded(message: Message) -> Option<Bytes> {
    let mut bytes = BytesMut::new();
    match Codec::new().encode(message, &mut bytes) {
        Ok(()) => Some(bytes.freeze()),
        Err(error) => {
            log::error!("a frame could not be encoded: {error}");
            None
        }
    }
}
