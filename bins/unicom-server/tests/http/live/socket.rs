//! `Socket`: a browser's WebSocket.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::app::PATIENCE;
use crate::client::Client;

/// The path for visitors.
const VISITORS: &str = "/unicom/webchat/ws/";

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects with the browser's cookies. Returns the socket and the first frame.
    pub async fn open(client: &Client) -> (Self, Value) {
        Self::open_at(client, VISITORS).await
    }

    /// Connects to a path like [`Socket::open`].
    pub async fn open_at(client: &Client, path: &str) -> (Self, Value) {
        let mut socket = Self::try_open_at(client, path, &[]).await.unwrap();
        let hello = socket.next().await;
        assert_eq!(hello["type"], "hello");
        (socket, hello)
    }

    /// Connects with the browser's cookies and these headers. Returns the refusal's status and
    /// body if the server refuses.
    pub async fn try_open(client: &Client, headers: &[(&str, &str)]) -> Result<Self, (u16, Value)> {
        Self::try_open_at(client, VISITORS, headers).await
    }

    /// Connects to a path like [`Socket::try_open`], with the token of a program.
    pub async fn try_open_at(
        client: &Client,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Self, (u16, Value)> {
        let url = format!("{}{path}", client.base());
        let mut request = url
            .replace("http://", "ws://")
            .into_client_request()
            .unwrap();
        let cookies = client.cookie_header();
        let of_browser = [("cookie", cookies.as_str())].into_iter();
        let bearer = client.bearer();
        let of_program = bearer.as_deref().map(|bearer| ("authorization", bearer));
        let of_browser = of_browser.chain(of_program);
        for (name, value) in of_browser.chain(headers.iter().copied()) {
            let name: tokio_tungstenite::tungstenite::http::HeaderName = name.parse().unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(Error::Http(refused)) => {
                let body = refused.body().as_deref().unwrap_or_default();
                let body = serde_json::from_slice(body).unwrap_or_default();
                Err((refused.status().as_u16(), body))
            }
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn say(&mut self, command: Value) {
        self.send(Message::text(command.to_string())).await;
    }

    pub async fn send(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    /// Sends bytes that need not be a frame.
    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        let MaybeTlsStream::Plain(stream) = self.0.get_mut() else {
            panic!("tests use no TLS");
        };
        stream.write_all(bytes).await.unwrap();
    }

    /// Follows a chat from a cursor, or from now on.
    pub async fn subscribe(&mut self, chat_id: &str, cursor: Option<&str>) -> Value {
        self.say(json!({ "type": "subscribe", "chats": { chat_id: cursor } }))
            .await;
        self.next_of(&["changes", "reset", "chat_gone", "error"])
            .await
    }

    /// Announces a frame of `length` bytes and sends it until the server closes the connection.
    /// Returns the code with which it does.
    pub async fn send_without_end(&mut self, length: u64) -> u16 {
        let MaybeTlsStream::Plain(stream) = self.0.get_mut() else {
            panic!("tests use no TLS");
        };
        let mut header = vec![0x81, 0x80 | 127];
        header.extend(length.to_be_bytes());
        header.extend([0; 4]);
        stream.write_all(&header).await.unwrap();
        // An error means that the server has closed the connection.
        for _ in 0..16 {
            let _ = stream.write_all(&[b'x'; 16 << 10]).await;
        }
        self.close_code().await
    }

    /// Returns the next text frame.
    pub async fn next(&mut self) -> Value {
        match self.receive().await {
            Ok(frame) => frame,
            Err(code) => panic!("the server closed the connection with {code}"),
        }
    }

    /// Returns the next frame of one of these types.
    pub async fn next_of(&mut self, types: &[&str]) -> Value {
        loop {
            let frame = self.next().await;
            if types.contains(&frame["type"].as_str().unwrap()) {
                return frame;
            }
        }
    }

    /// Returns the code with which the server closes the connection, after whatever it still says.
    pub async fn close_code(&mut self) -> u16 {
        loop {
            if let Err(code) = self.receive().await {
                return code;
            }
        }
    }

    /// Checks that the server says nothing before it answers a ping.
    pub async fn is_quiet(&mut self) {
        self.say(json!({ "type": "ping" })).await;
        assert_eq!(self.next().await, json!({ "type": "pong" }));
    }

    /// Returns the content of the next pong frame.
    pub async fn next_pong(&mut self) -> Vec<u8> {
        loop {
            match timeout(PATIENCE, self.0.next()).await.unwrap() {
                Some(Ok(Message::Pong(content))) => return content.to_vec(),
                Some(Ok(Message::Text(_) | Message::Ping(_))) => {}
                other => panic!("no pong: {other:?}"),
            }
        }
    }

    /// Returns the next text frame, or the code with which the server closes the connection: 1005
    /// for a close frame without a code, 1006 without a close frame.
    pub async fn receive(&mut self) -> Result<Value, u16> {
        loop {
            let next = timeout(PATIENCE, self.0.next()).await;
            match next.expect("the server said nothing") {
                Some(Ok(Message::Text(text))) => {
                    return Ok(serde_json::from_str(&text).unwrap());
                }
                Some(Ok(Message::Close(Some(reason)))) => return Err(reason.code.into()),
                Some(Ok(Message::Close(None))) => return Err(1005),
                Some(Err(_)) | None => return Err(1006),
                Some(Ok(_)) => {}
            }
        }
    }
}
