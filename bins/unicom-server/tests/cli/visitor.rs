//! A visitor of the web chat over HTTP, with cookies and the CSRF token.

use std::collections::BTreeMap;
use std::sync::{Mutex, Once};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::server::Server;

/// Time limit for a reply: a crashed server's claim on a request is valid for 10 s.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Visitor {
    client: reqwest::Client,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Visitor {
    pub fn of(server: &Server) -> Self {
        install_crypto();
        Self {
            client: reqwest::Client::new(),
            base: server.origin.clone(),
            cookies: Mutex::default(),
        }
    }

    /// Moves the visitor to another process, or to a server's new address after a restart.
    pub fn at(self, server: &Server) -> Self {
        Self {
            base: server.origin.clone(),
            ..self
        }
    }

    /// Returns another browser with the same cookies.
    pub fn copied(&self) -> Self {
        Self {
            client: self.client.clone(),
            base: self.base.clone(),
            cookies: Mutex::new(self.cookies.lock().unwrap().clone()),
        }
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.answer(self.client.get(format!("{}{path}", self.base)))
            .await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let post = self.posting(path).await;
        self.answer(post.json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> (u16, Value) {
        let (_, session) = self.get("/unicom/auth/session/").await;
        let delete = self.client.delete(format!("{}{path}", self.base));
        let token = session["csrf_token"].as_str().unwrap().to_owned();
        self.answer(delete.header("X-CSRFToken", token)).await
    }

    /// Returns the head of a post whose body of `length` bytes follows once the server has answered
    /// `100 Continue`.
    pub async fn head_of_post(&self, path: &str, length: usize) -> String {
        let (_, session) = self.get("/unicom/auth/session/").await;
        format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\nx-csrftoken: {}\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\nexpect: 100-continue\r\n\r\n",
            self.base.trim_start_matches("http://"),
            self.cookie(),
            session["csrf_token"].as_str().unwrap(),
        )
    }

    /// Sends a file, which must be accepted. Returns the message.
    pub async fn send_file(&self, content: &[u8]) -> Value {
        let head = b"--b\r\ncontent-disposition: form-data; name=\"media\"\r\n\r\n";
        let body = [head, content, b"\r\n--b--\r\n"].concat();
        let post = self.posting("/unicom/webchat/send/").await;
        let post = post.header("content-type", "multipart/form-data; boundary=b");
        let (status, answer) = self.answer(post.body(body)).await;
        assert_eq!(status, 200, "{answer}");
        answer["message"].clone()
    }

    /// Requests the file behind a message's `media_url`, or a range of it.
    pub async fn file(&self, path: &str, range: Option<&str>) -> (u16, Vec<u8>) {
        let mut get = self.client.get(format!("{}{path}", self.base));
        if let Some(range) = range {
            get = get.header("range", range);
        }
        let response = self.response(get).await;
        let status = response.status().as_u16();
        (status, response.bytes().await.unwrap().to_vec())
    }

    pub async fn log_in(&self, name: &str, password: &str) -> u16 {
        let body = json!({ "username": name, "password": password });
        self.post("/unicom/auth/login/", body).await.0
    }

    pub async fn is_logged_in(&self) -> bool {
        self.get("/unicom/auth/session/").await.1["authenticated"] == true
    }

    /// Sends a text, which must be accepted. Returns the id of its chat.
    pub async fn send(&self, text: &str) -> String {
        let (status, body) = self
            .post("/unicom/webchat/send/", json!({ "text": text }))
            .await;
        assert_eq!(status, 200, "{body}");
        body["chat_id"].as_str().unwrap().to_owned()
    }

    /// Returns the default chat's messages, oldest first.
    pub async fn messages(&self) -> Vec<Value> {
        let (status, body) = self
            .get("/unicom/webchat/messages/?order=asc&limit=100")
            .await;
        assert_eq!(status, 200, "{body}");
        body["messages"].as_array().unwrap().clone()
    }

    /// Returns the default chat's texts, oldest first.
    pub async fn texts(&self) -> Vec<String> {
        let text = |message: &Value| message["text"].as_str().unwrap().to_owned();
        self.messages().await.iter().map(text).collect()
    }

    /// Waits until there are `count` texts and returns them.
    pub async fn texts_once(&self, count: usize) -> Vec<String> {
        let since = Instant::now();
        loop {
            let texts = self.texts().await;
            if texts.len() >= count {
                return texts;
            }
            assert!(
                since.elapsed() < PATIENCE,
                "not {count} messages: {texts:?}"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Returns the values of all cookies.
    pub fn cookie_values(&self) -> Vec<String> {
        self.cookies.lock().unwrap().values().cloned().collect()
    }

    /// Starts a POST request with a CSRF token, as a page's script sends it.
    async fn posting(&self, path: &str) -> reqwest::RequestBuilder {
        let (_, session) = self.get("/unicom/auth/session/").await;
        let post = self.client.post(format!("{}{path}", self.base));
        post.header("X-CSRFToken", session["csrf_token"].as_str().unwrap())
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let response = self.response(request).await;
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Returns the value of the `Cookie` header.
    pub fn cookie(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        let each = |(name, value): (&String, &String)| format!("{name}={value}");
        cookies.iter().map(each).collect::<Vec<_>>().join("; ")
    }

    async fn response(&self, request: reqwest::RequestBuilder) -> reqwest::Response {
        let request = request.header("Cookie", self.cookie());
        let response = request.send().await.unwrap();
        for cookie in response.headers().get_all("Set-Cookie") {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies
                .lock()
                .unwrap()
                .insert(name.to_owned(), value.to_owned());
        }
        response
    }
}

/// Installs the crypto provider that reqwest needs even for connections without TLS.
pub fn install_crypto() {
    static CRYPTO: Once = Once::new();
    CRYPTO.call_once(|| {
        rustls::crypto::ring::default_provider()
            .install_default()
            .unwrap();
    });
}
