//! A client with a session: the messages it sends, and those the server has acknowledged.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use anyhow::Context;
use serde_json::{Value, json};
use unicom_bench::http::{get_with, post, post_json};

use crate::ack_log::{AckLog, Sent, Tally};
use crate::connection::{Connection, Said};

const BOUNDARY: &str = "----unicom-trials";
const PASSWORD: &str = "correct horse battery";

/// A guest, or a user who has logged in.
#[derive(Debug, Default)]
pub struct Client {
    session: Option<String>,
    token: String,
    /// The cookie that ties the first messages of a browser to one guest.
    visitor: Option<String>,
    /// The address that a proxy reports for the client.
    from: Option<IpAddr>,
    /// The name of a user. `None` for a guest.
    pub name: Option<String>,
    /// The chats, beginning with the default chat.
    pub chats: Vec<Chat>,
}

/// One chat of a client, with its messages in the order in which they were sent.
#[derive(Debug, Default)]
pub struct Chat {
    /// The id of the chat. `None` until the default chat exists.
    pub id: Option<String>,
    pub sent: Vec<Sent>,
}

/// A message that has not been sent yet.
#[derive(Debug)]
pub struct Draft {
    pub client_id: String,
    pub text: String,
    pub file: Option<Arc<[u8]>>,
}

impl Client {
    /// Creates a client that has just loaded the page.
    pub fn arrive(connection: &mut Connection) -> anyhow::Result<Self> {
        Self::arrive_from(connection, None)
    }

    /// Creates a client that has just loaded the page, from the address that a proxy reports.
    pub fn arrive_from(connection: &mut Connection, from: Option<IpAddr>) -> anyhow::Result<Self> {
        let mut client = Self {
            from,
            chats: vec![Chat::default()],
            ..Self::default()
        };
        client.renew_token(connection)?;
        Ok(client)
    }

    fn renew_token(&mut self, connection: &mut Connection) -> anyhow::Result<()> {
        let said = connection.ask(&self.get(connection.address(), "/unicom/auth/session/"))?;
        let token = said.json()["csrf_token"].as_str().map(str::to_owned);
        self.token = token.with_context(|| format!("no token in an answer {}", said.status))?;
        self.keep_cookies(&said);
        Ok(())
    }

    /// Sends a message to one of the client's chats, with as many retries as necessary.
    ///
    /// Returns `false` if the server refuses it, and records a complaint.
    pub fn write(
        &mut self,
        connection: &mut Connection,
        ack_log: &AckLog,
        chat: usize,
        draft: Draft,
    ) -> anyhow::Result<bool> {
        let said = connection.ask(&self.send(connection.address(), chat, &draft))?;
        Ok(self.note(ack_log, chat, draft, &said))
    }

    /// Records the response to a draft. Returns `false` if it was refused, and records a complaint.
    pub fn note(&mut self, ack_log: &AckLog, chat: usize, draft: Draft, said: &Said) -> bool {
        self.keep_cookies(said);
        let body = said.json();
        let message = &body["message"];
        let (Some(chat_id), Some(id)) = (body["chat_id"].as_str(), message["id"].as_str()) else {
            ack_log.complain(complaint("a send", said));
            return false;
        };
        let known = &mut self.chats[chat];
        if known.id.as_ref().is_some_and(|known| known != chat_id) {
            ack_log.complain(format!(
                "a send to chat {:?} was stored in `{chat_id}`",
                known.id
            ));
            return false;
        }
        known.id.get_or_insert_with(|| chat_id.to_owned());
        if said.is_replay {
            Tally::count(&ack_log.tally.replayed);
        }
        if draft.file.is_some() {
            Tally::count(&ack_log.tally.files);
        }
        let Draft {
            client_id,
            text,
            file,
        } = draft;
        let sent = Sent {
            client_id,
            id: id.to_owned(),
            text,
            file,
        };
        known.sent.push(sent.clone());
        ack_log.write(sent);
        true
    }

    /// Creates another chat. If the response to an earlier try was lost, the chat of that try
    /// stays, empty.
    pub fn open_chat(
        &mut self,
        connection: &mut Connection,
        ack_log: &AckLog,
    ) -> anyhow::Result<()> {
        let request = self.post(
            connection.address(),
            "/unicom/webchat/chats/",
            &json!({ "name": "another" }),
        );
        let said = connection.ask(&request)?;
        match said.json()["chat"]["id"].as_str() {
            Some(id) => self.chats.push(Chat {
                id: Some(id.to_owned()),
                sent: Vec::new(),
            }),
            None => ack_log.complain(complaint("a new chat", &said)),
        }
        Ok(())
    }

    /// Logs in as this user, or registers the user if `is_new`. The guest's chats are migrated to
    /// the user's account.
    ///
    /// Returns `false` if the server refuses it, and records a complaint.
    pub fn become_user(
        &mut self,
        connection: &mut Connection,
        ack_log: &AckLog,
        name: &str,
        is_new: bool,
    ) -> anyhow::Result<bool> {
        let fields = json!({ "username": name, "password": PASSWORD });
        let mut path = if is_new {
            "/unicom/auth/register/"
        } else {
            "/unicom/auth/login/"
        };
        // A try that the server carried out but could not answer causes at most one different
        // refusal of a later try.
        for _ in 0..6 {
            let said = connection.ask(&self.post(connection.address(), path, &fields))?;
            match (said.status, said.code().as_str()) {
                (200 | 201, _) => {
                    self.keep_cookies(&said);
                    self.name = Some(name.to_owned());
                    // The default chat is now that of the user.
                    self.chats[0].id = None;
                    Tally::count(&ack_log.tally.logins);
                    return Ok(true);
                }
                // A try without a response has registered the user.
                (409, "username_taken") if is_new => path = "/unicom/auth/login/",
                // The token belonged to the guest, who has become this user in the meantime.
                (403, "csrf_failed") => self.renew_token(connection)?,
                _ => {
                    ack_log.complain(complaint(path, &said));
                    return Ok(false);
                }
            }
        }
        ack_log.complain(format!("{path} of `{name}` never ends"));
        Ok(false)
    }

    /// Takes over the chats of an earlier client of the same user, after this client has logged in
    /// as that user.
    pub fn take_over(&mut self, earlier: Client) {
        let mut theirs = earlier.chats.into_iter();
        if let Some(default) = theirs.next() {
            let mine = std::mem::replace(&mut self.chats[0].sent, default.sent);
            self.chats[0].sent.extend(mine);
        }
        self.chats.extend(theirs);
    }

    fn keep_cookies(&mut self, said: &Said) {
        if let Some(session) = &said.session {
            self.session = Some(session.clone());
        }
        if let Some(token) = &said.token {
            self.token.clone_from(token);
        }
        if let Some(visitor) = &said.visitor {
            self.visitor = Some(visitor.clone());
        }
    }

    /// Returns a GET request with the client's cookies.
    pub fn get(&self, server: SocketAddr, path: &str) -> Vec<u8> {
        get_with(server, path, &self.cookies())
    }

    fn post(&self, server: SocketAddr, path: &str, body: &Value) -> Vec<u8> {
        post_json(server, path, &self.headers(), &body.to_string())
    }

    /// Returns the request that sends a draft to one of the client's chats.
    pub fn send(&self, server: SocketAddr, chat: usize, draft: &Draft) -> Vec<u8> {
        const SEND: &str = "/unicom/webchat/send/";
        // A request without a chat id means the default chat.
        let chat_id = (chat > 0).then(|| self.chats[chat].id.clone()).flatten();
        let Some(file) = &draft.file else {
            let mut body = json!({ "text": draft.text, "client_message_id": draft.client_id });
            if let Some(chat_id) = chat_id {
                body["chat_id"] = chat_id.into();
            }
            return self.post(server, SEND, &body);
        };
        let mut form = Vec::new();
        let chat_id = chat_id.as_deref().map(|id| ("chat_id", id));
        let texts = [
            ("text", &*draft.text),
            ("client_message_id", &*draft.client_id),
        ];
        for (name, value) in texts.into_iter().chain(chat_id) {
            let head = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            form.extend_from_slice(head.as_bytes());
        }
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"media\"; filename=\"{}.gif\"\r\n\
             Content-Type: image/gif\r\n\r\n",
            draft.client_id
        );
        form.extend_from_slice(head.as_bytes());
        form.extend_from_slice(file);
        form.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        post(server, SEND, &self.headers(), &kind, &form)
    }

    fn cookies(&self) -> String {
        let from = self.from.map(|from| format!("X-Forwarded-For: {from}\r\n"));
        let from = from.unwrap_or_default();
        let mut cookies = format!("csrftoken={}", self.token);
        for (name, value) in [("sessionid", &self.session), ("visitor", &self.visitor)] {
            if let Some(value) = value {
                cookies.push_str(&format!("; {name}={value}"));
            }
        }
        format!("{from}Cookie: {cookies}\r\n")
    }

    fn headers(&self) -> String {
        format!("{}X-CSRFToken: {}\r\n", self.cookies(), self.token)
    }
}

fn complaint(what: &str, said: &Said) -> String {
    format!(
        "{what} was answered {}: {}",
        said.status,
        String::from_utf8_lossy(&said.body)
    )
}
