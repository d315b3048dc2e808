//! A client with a session: the messages it sends, and those the server has acknowledged.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use anyhow::Context;
use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderMap, HeaderValue};
use reqwest::multipart::{Form, Part};
use serde_json::json;

use crate::ack_log::{AckLog, Counters, Sent};
use crate::connection::Connection;
use crate::http::{HttpClient, Response};

/// The cookie of the CSRF token.
const CSRF: &str = "csrftoken";

const PASSWORD: &str = "correct horse battery";

/// A guest, or a user who has logged in.
#[derive(Debug, Default)]
pub struct Client {
    cookies: BTreeMap<String, String>,
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
    pub fn arrive(connection: &Connection) -> anyhow::Result<Self> {
        Self::arrive_from(connection, None)
    }

    /// Creates a client that has just loaded the page, from the address that a proxy reports.
    pub fn arrive_from(connection: &Connection, from: Option<IpAddr>) -> anyhow::Result<Self> {
        let mut client = Self {
            from,
            chats: vec![Chat::default()],
            ..Self::default()
        };
        client.renew_token(connection)?;
        Ok(client)
    }

    fn renew_token(&mut self, connection: &Connection) -> anyhow::Result<()> {
        let response = connection.ask(|http| self.get(http, "/unicom/auth/session/"))?;
        let body = response.json();
        let token = body["csrf_token"].as_str();
        let token = token.with_context(|| format!("no token in an answer {}", response.status))?;
        self.cookies.insert(CSRF.to_owned(), token.to_owned());
        self.keep_cookies(&response);
        Ok(())
    }

    /// Sends a message to one of the client's chats, with as many retries as necessary.
    ///
    /// Returns `false` if the server refuses it, and records a complaint.
    pub fn write(
        &mut self,
        connection: &Connection,
        ack_log: &AckLog,
        chat: usize,
        draft: Draft,
    ) -> anyhow::Result<bool> {
        let response = connection.ask(|http| self.send(http, chat, &draft))?;
        Ok(self.note(ack_log, chat, draft, &response))
    }

    /// Records the response to a draft. Returns `false` if it was refused, and records a complaint.
    pub fn note(
        &mut self,
        ack_log: &AckLog,
        chat: usize,
        draft: Draft,
        response: &Response,
    ) -> bool {
        self.keep_cookies(response);
        let body = response.json();
        let message = &body["message"];
        let (Some(chat_id), Some(id)) = (body["chat_id"].as_str(), message["id"].as_str()) else {
            ack_log.complain(complaint("a send", response));
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
        if response.has_header("idempotent-replayed") {
            Counters::count(&ack_log.counters.replayed);
        }
        if draft.file.is_some() {
            Counters::count(&ack_log.counters.files);
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
    pub fn open_chat(&mut self, connection: &Connection, ack_log: &AckLog) -> anyhow::Result<()> {
        let name = json!({ "name": "another" });
        let response =
            connection.ask(|http| self.post(http, "/unicom/webchat/chats/").json(&name))?;
        match response.json()["chat"]["id"].as_str() {
            Some(id) => self.chats.push(Chat {
                id: Some(id.to_owned()),
                sent: Vec::new(),
            }),
            None => ack_log.complain(complaint("a new chat", &response)),
        }
        Ok(())
    }

    /// Logs in as this user, or registers the user if `is_new`. The guest's chats are migrated to
    /// the user's account.
    ///
    /// Returns `false` if the server refuses it, and records a complaint.
    pub fn become_user(
        &mut self,
        connection: &Connection,
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
            let response = connection.ask(|http| self.post(http, path).json(&fields))?;
            match (response.status, response.code().as_str()) {
                (200 | 201, _) => {
                    self.keep_cookies(&response);
                    self.name = Some(name.to_owned());
                    // The default chat is now that of the user.
                    self.chats[0].id = None;
                    Counters::count(&ack_log.counters.logins);
                    return Ok(true);
                }
                // A try without a response has registered the user.
                (409, "username_taken") if is_new => path = "/unicom/auth/login/",
                // The token belonged to the guest, who has become this user in the meantime.
                (403, "csrf_failed") => self.renew_token(connection)?,
                _ => {
                    ack_log.complain(complaint(path, &response));
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

    fn keep_cookies(&mut self, response: &Response) {
        for (name, value) in response.cookies() {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Builds a GET request with the client's cookies.
    pub fn get(&self, http: &HttpClient, path: &str) -> RequestBuilder {
        self.identified(http.get(path))
    }

    /// Builds a POST request with the client's cookies and token.
    pub fn post(&self, http: &HttpClient, path: &str) -> RequestBuilder {
        self.writing(http.post(path))
    }

    /// Builds a PATCH request with the client's cookies and token.
    pub fn patch(&self, http: &HttpClient, path: &str) -> RequestBuilder {
        self.writing(http.patch(path))
    }

    /// Builds a DELETE request with the client's cookies and token.
    pub fn delete(&self, http: &HttpClient, path: &str) -> RequestBuilder {
        self.writing(http.delete(path))
    }

    fn writing(&self, request: RequestBuilder) -> RequestBuilder {
        let token = self.cookies.get(CSRF).map_or("", String::as_str);
        self.identified(request).header("X-CSRFToken", token)
    }

    /// Returns the value of the `Cookie` header.
    pub fn cookie_header(&self) -> String {
        let cookies = self.cookies.iter();
        let cookies: Vec<String> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        cookies.join("; ")
    }

    /// Builds the request that sends a draft to one of the client's chats.
    pub fn send(&self, http: &HttpClient, chat: usize, draft: &Draft) -> RequestBuilder {
        let request = self.post(http, "/unicom/webchat/send/");
        // A request without a chat id means the default chat.
        let chat_id = (chat > 0).then(|| self.chats[chat].id.clone()).flatten();
        let Draft {
            client_id,
            text,
            file,
        } = draft;
        let Some(file) = file else {
            let mut body = json!({ "text": text, "client_message_id": client_id });
            if let Some(chat_id) = chat_id {
                body["chat_id"] = chat_id.into();
            }
            return request.json(&body);
        };
        let gif = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("image/gif"))]);
        let media = Part::bytes(file.to_vec())
            .file_name(format!("{client_id}.gif"))
            .headers(gif);
        let mut form = Form::new()
            .text("text", text.clone())
            .text("client_message_id", client_id.clone());
        if let Some(chat_id) = chat_id {
            form = form.text("chat_id", chat_id);
        }
        request.multipart(form.part("media", media))
    }

    /// Adds the cookies and the address that a proxy reports.
    fn identified(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.header(COOKIE, self.cookie_header());
        match self.from {
            Some(from) => request.header("X-Forwarded-For", from.to_string()),
            None => request,
        }
    }
}

fn complaint(what: &str, response: &Response) -> String {
    format!(
        "{what} was answered {}: {}",
        response.status,
        String::from_utf8_lossy(&response.body)
    )
}
