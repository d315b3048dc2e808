//! The three transports, as sources of what changes in one chat.

use std::io;
use std::net::SocketAddr;

use fastrand::Rng;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::Message;
use tokio_tungstenite::tungstenite::{Error, http::HeaderValue};
use tokio_tungstenite::{WebSocketStream, client_async};

use super::cut_stream::CutStream;
use super::plain_http::PlainHttp;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    Socket,
    Stream,
    LongPoll,
}

impl Transport {
    pub const ALL: [Self; 3] = [Self::Socket, Self::Stream, Self::LongPoll];

    pub fn name(self) -> &'static str {
        match self {
            Self::Socket => "WebSocket",
            Self::Stream => "Server-Sent Events",
            Self::LongPoll => "long poll",
        }
    }
}

/// Why a connection does not go on.
#[derive(Debug)]
pub enum Gone {
    /// It was cut by the reader, after a number of bytes.
    Cut,
    /// It was lost.
    Lost,
    /// The server takes no connection.
    Absent,
    /// The server asks to come back later.
    Refused,
    /// Something that no reader should get.
    Unexpected(String),
}

/// A connection that follows a chat.
pub enum Source {
    Socket(Box<WebSocketStream<CutStream>>),
    Stream(Box<PlainHttp>, String),
    LongPoll(Box<PlainHttp>),
}

/// What a reader asks for.
pub struct Wanted<'a> {
    pub address: SocketAddr,
    pub cookies: &'a str,
    pub chat_id: &'a str,
    pub cursor: &'a str,
}

impl Wanted<'_> {
    fn request(&self, path: &str, headers: &str) -> String {
        let Self {
            address, cookies, ..
        } = self;
        format!(
            "GET /unicom/webchat/{path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookies}\r\n{headers}\r\n"
        )
    }

    /// Returns the request that waits for changes.
    fn long_poll(&self) -> String {
        let Self {
            chat_id, cursor, ..
        } = self;
        self.request(
            &format!("events/?chat_id={chat_id}&cursor={cursor}&wait=20"),
            "",
        )
    }

    /// Returns the request for a stream of events.
    fn stream(&self) -> String {
        let Self {
            chat_id, cursor, ..
        } = self;
        let headers = format!("Accept: text/event-stream\r\nLast-Event-ID: {cursor}\r\n");
        self.request(&format!("events/?chat_id={chat_id}"), &headers)
    }

    /// Returns what the client sends of a frame or a request that is cut in the middle.
    pub fn half(&self, transport: Transport, rng: &mut Rng) -> Vec<u8> {
        let whole = match transport {
            Transport::Socket => {
                let mut frame = vec![0x81, 0x80 | 15, 0, 0, 0, 0];
                frame.extend(br#"{"type":"ping"}"#);
                frame
            }
            Transport::Stream => self.stream().into_bytes(),
            Transport::LongPoll => self.long_poll().into_bytes(),
        };
        whole[..rng.usize(1..whole.len())].to_vec()
    }
}

impl Source {
    /// Connects, and begins to follow the chat. Reading is possible up to `limit` bytes.
    pub async fn open(
        transport: Transport,
        wanted: &Wanted<'_>,
        limit: Option<usize>,
    ) -> Result<Self, Gone> {
        let stream = CutStream::connect(wanted.address, limit).await;
        let stream = stream.map_err(|_| Gone::Absent)?;
        match transport {
            Transport::Socket => {
                let url = format!("ws://{}/unicom/webchat/ws/", wanted.address);
                let mut request = url.into_client_request().map_err(unexpected)?;
                let cookies = HeaderValue::from_str(wanted.cookies).map_err(unexpected)?;
                request.headers_mut().insert("cookie", cookies);
                let (mut socket, _) = client_async(request, stream)
                    .await
                    .map_err(|error| of_socket(error, false))?;
                let chats = json!({ wanted.chat_id: wanted.cursor });
                let command = json!({ "type": "subscribe", "chats": chats });
                let sent = socket.send(Message::text(command.to_string())).await;
                sent.map_err(|error| of_socket(error, socket.get_ref().is_cut()))?;
                Ok(Self::Socket(Box::new(socket)))
            }
            Transport::Stream => {
                let mut http = Box::new(PlainHttp::new(stream));
                let asked = http.ask(&wanted.stream()).await;
                let (status, _) = asked.map_err(|error| of_http(&error, &http))?;
                is_well(status)?;
                Ok(Self::Stream(http, String::new()))
            }
            Transport::LongPoll => Ok(Self::LongPoll(Box::new(PlainHttp::new(stream)))),
        }
    }

    /// Returns what is told next: a frame, the data of an event, or a response.
    pub async fn next(&mut self, wanted: &Wanted<'_>) -> Result<Value, Gone> {
        match self {
            Self::Socket(socket) => loop {
                match socket.next().await {
                    Some(Ok(Message::Text(text))) => {
                        return serde_json::from_str(&text).map_err(unexpected);
                    }
                    Some(Ok(Message::Close(Some(reason)))) => {
                        return Err(Gone::Unexpected(format!("closed: {reason}")));
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(of_socket(error, socket.get_ref().is_cut())),
                    None => return Err(Gone::Lost),
                }
            },
            Self::Stream(http, received) => loop {
                if let Some((event, rest)) = received.split_once("\n\n") {
                    let (event, rest) = (event.to_owned(), rest.to_owned());
                    *received = rest;
                    if let Some(data) = event.lines().find_map(|line| line.strip_prefix("data: ")) {
                        return serde_json::from_str(data).map_err(unexpected);
                    }
                    continue;
                }
                let piece = http.chunk().await;
                let piece = piece.map_err(|error| of_http(&error, http))?;
                if piece.is_empty() {
                    return Err(Gone::Lost);
                }
                received.push_str(std::str::from_utf8(&piece).map_err(unexpected)?);
            },
            Self::LongPoll(http) => {
                let asked = http.ask(&wanted.long_poll()).await;
                let (status, length) = asked.map_err(|error| of_http(&error, http))?;
                let body = http.body(length.unwrap_or_default()).await;
                let body = body.map_err(|error| of_http(&error, http))?;
                is_well(status)?;
                serde_json::from_slice(&body).map_err(unexpected)
            }
        }
    }

    /// Tells a server that the visitor has read a message. Only a WebSocket can.
    pub async fn note_read(&mut self, chat_id: &str, message_id: &str) {
        if let Self::Socket(socket) = self {
            let command = json!({ "type": "read", "chat_id": chat_id, "message_id": message_id });
            // A connection that is lost is noticed when it is read.
            let _ = socket.send(Message::text(command.to_string())).await;
        }
    }

    /// Cuts the connection.
    pub async fn cut(self, rng: &mut Rng, half: Option<&[u8]>) {
        let stream = match self {
            Self::Socket(socket) => socket.into_inner(),
            Self::Stream(http, _) | Self::LongPoll(http) => http.stream,
        };
        stream.cut(rng, half).await;
    }
}

fn is_well(status: u16) -> Result<(), Gone> {
    match status {
        200 => Ok(()),
        429 | 503 => Err(Gone::Refused),
        _ => Err(Gone::Unexpected(format!("answered {status}"))),
    }
}

fn of_http(error: &io::Error, http: &PlainHttp) -> Gone {
    if http.stream.is_cut() {
        Gone::Cut
    } else if error.kind() == io::ErrorKind::InvalidData {
        Gone::Unexpected("what arrived is no HTTP".to_owned())
    } else {
        Gone::Lost
    }
}

fn of_socket(error: Error, is_cut: bool) -> Gone {
    match error {
        Error::Http(refused) => match is_well(refused.status().as_u16()) {
            Err(gone) => gone,
            Ok(()) => Gone::Unexpected("no WebSocket".to_owned()),
        },
        _ if is_cut => Gone::Cut,
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionAborted => Gone::Cut,
        Error::Io(_) | Error::ConnectionClosed | Error::AlreadyClosed => Gone::Lost,
        Error::Protocol(
            ProtocolError::ResetWithoutClosingHandshake | ProtocolError::HandshakeIncomplete,
        ) => Gone::Lost,
        error => unexpected(error),
    }
}

fn unexpected(error: impl std::fmt::Display) -> Gone {
    Gone::Unexpected(error.to_string())
}
