//! Guests with a browser's session state: cookies and a CSRF token.

use std::net::SocketAddr;

use anyhow::Context;
use serde_json::{Value, json};

use super::Client;
use super::request::{get, get_with, post_json};

/// The text of every guest's message.
pub const TEXT: &str = "Where is my order? I have been waiting for two weeks.";

const SESSION: &str = "/unicom/auth/session/";
const SEND: &str = "/unicom/webchat/send/";

/// A guest who has loaded a page and has not sent a message yet.
#[derive(Debug)]
pub struct NewGuest {
    address: SocketAddr,
    token: String,
    /// The cookies, as a header line.
    cookies: String,
}

impl NewGuest {
    /// Loads the page and obtains a CSRF token.
    pub fn meet(client: &mut Client, address: SocketAddr) -> anyhow::Result<Self> {
        let answer = client.ok(&get(address, SESSION))?;
        let token = answer.cookie("csrftoken");
        let token = token.context("the server hands out no `csrftoken`")?;
        let visitor = answer.cookie("visitor");
        let visitor = visitor.context("the server hands out no `visitor`")?;
        Ok(Self {
            address,
            token: token.to_owned(),
            cookies: format!("Cookie: csrftoken={token}; visitor={visitor}\r\n"),
        })
    }

    /// Returns the request for the first send.
    pub fn send(&self) -> Vec<u8> {
        let Self {
            address,
            token,
            cookies,
        } = self;
        let headers = format!("{cookies}X-CSRFToken: {token}\r\n");
        post_json(
            *address,
            SEND,
            &headers,
            &json!({ "text": TEXT }).to_string(),
        )
    }

    /// Sends the first message, which starts the session.
    pub fn begin(self, client: &mut Client) -> anyhow::Result<Guest> {
        let answer = client.ok(&self.send())?;
        let session = answer.cookie("sessionid");
        let session = session.context("the first send begins no session")?;
        let visitor = answer.cookie("visitor");
        let visitor = visitor.context("the first send hands out no other `visitor`")?;
        let body: Value = serde_json::from_slice(answer.body)?;
        let chat_id = body["chat_id"].as_str().context("a send without a chat")?;
        let Self { address, token, .. } = self;
        Ok(Guest {
            address,
            headers: format!(
                "Cookie: sessionid={session}; csrftoken={token}; visitor={visitor}\r\n"
            ),
            token,
            chat_id: chat_id.to_owned(),
        })
    }
}

/// A guest with a session, an account and a default chat.
#[derive(Debug, Clone)]
pub struct Guest {
    address: SocketAddr,
    headers: String,
    token: String,
    /// The id of the default chat, which equals the account's id.
    pub chat_id: String,
}

impl Guest {
    /// Returns the request to send a message to the default chat.
    pub fn send(&self) -> Vec<u8> {
        self.say(TEXT)
    }

    /// Returns the request to send this text to the default chat.
    pub fn say(&self, text: &str) -> Vec<u8> {
        let Self {
            address,
            headers,
            token,
            ..
        } = self;
        let headers = format!("{headers}X-CSRFToken: {token}\r\n");
        let body = json!({ "text": text }).to_string();
        post_json(*address, SEND, &headers, &body)
    }

    /// Returns the bytes that open a WebSocket and follow the default chat.
    pub fn follow(&self) -> Vec<u8> {
        let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        let mut bytes = self.get("/unicom/webchat/ws/", upgrade);
        let chat_id = &self.chat_id;
        let command = json!({ "type": "subscribe", "chats": { chat_id: null } }).to_string();
        // A masked text frame (RFC 6455, 5.2); a mask of zeros changes nothing.
        bytes.extend([0x81, 0x80 | 126]);
        bytes.extend((command.len() as u16).to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend(command.into_bytes());
        bytes
    }

    /// Returns the request for a page of messages, with parameters such as `?limit=50`.
    pub fn messages(&self, parameters: &str) -> Vec<u8> {
        self.get(&format!("/unicom/webchat/messages/{parameters}"), "")
    }

    /// Returns the request for the newest messages, on the condition that their `ETag` is not
    /// `tag`.
    pub fn messages_unless(&self, tag: &str) -> Vec<u8> {
        let condition = format!("If-None-Match: {tag}\r\n");
        self.get("/unicom/webchat/messages/", &condition)
    }

    /// Returns the request for the list of chats.
    pub fn chats(&self) -> Vec<u8> {
        self.get("/unicom/webchat/chats/", "")
    }

    fn get(&self, path: &str, further: &str) -> Vec<u8> {
        get_with(self.address, path, &format!("{}{further}", self.headers))
    }
}
