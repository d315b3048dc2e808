//! `Client`: one browser with its cookies.

use std::collections::BTreeMap;
use std::sync::{Mutex, Once};

use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::{Value, json};

use crate::app::PASSWORD;
use crate::log;
use crate::multipart_form::Form;
use crate::openapi::documented;
use crate::response::Response;

/// Cookies whose values only the server reads.
const SECRET_COOKIES: [&str; 4] = ["sessionid", "visitor", "__Host-sessionid", "__Host-visitor"];

/// One browser.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
    bearer: Option<String>,
}

/// A request that is being built. Sends `X-CSRFToken` as a page's script would, unless changed with
/// `csrf`.
#[must_use]
pub struct Request<'a> {
    client: &'a Client,
    pub method: Method,
    pub path: String,
    built: reqwest::RequestBuilder,
    csrf: Option<String>,
    planted: Vec<Vec<u8>>,
}

/// Installs the TLS provider that every `reqwest` client needs, including those that tests create
/// themselves.
pub fn provide_tls() {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // An error means that a provider is already installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

impl Client {
    pub fn new(base: &str) -> Self {
        provide_tls();
        Self {
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            base: base.to_owned(),
            cookies: Mutex::default(),
            bearer: None,
        }
    }

    /// Adds an API token, which is sent with every request in addition to the cookies.
    pub fn with_bearer(self, secret: &str) -> Self {
        let bearer = Some(secret.to_owned());
        Self { bearer, ..self }
    }

    /// Returns the header with the API token, if there is one.
    pub fn bearer(&self) -> Option<String> {
        self.bearer
            .as_ref()
            .map(|secret| format!("Bearer {secret}"))
    }

    /// Returns a client with the same cookies and another connection.
    pub fn copy(&self) -> Self {
        let mut copy = Self::new(&self.base);
        copy.bearer.clone_from(&self.bearer);
        *copy.cookies.lock().unwrap() = self.cookies.lock().unwrap().clone();
        copy
    }

    pub fn request(&self, method: Method, path: &str) -> Request<'_> {
        let url = format!("{}{path}", self.base);
        let mut built = self.http.request(method.clone(), url);
        if let Some(secret) = &self.bearer {
            built = built.bearer_auth(secret);
        }
        Request {
            client: self,
            method,
            path: path.to_owned(),
            built,
            csrf: self.csrf_token(),
            planted: Vec::new(),
        }
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await
    }

    pub async fn head(&self, path: &str) -> Response {
        self.request(Method::HEAD, path).send().await
    }

    pub async fn post(&self, path: &str, body: Value) -> Response {
        self.request(Method::POST, path).json(&body).send().await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Response {
        self.request(Method::PATCH, path).json(&body).send().await
    }

    pub async fn put(&self, path: &str, body: Value) -> Response {
        self.request(Method::PUT, path).json(&body).send().await
    }

    pub async fn delete(&self, path: &str) -> Response {
        self.request(Method::DELETE, path).send().await
    }

    pub async fn post_form(&self, path: &str, form: Form) -> Response {
        let (kind, body) = form.finish();
        self.request(Method::POST, path)
            .body(&kind, body)
            .send()
            .await
    }

    /// Sends a message to `webchat/send/`.
    pub async fn send(&self, body: Value) -> Response {
        self.post("/unicom/webchat/send/", body).await
    }

    /// Sends a text to the default chat. Returns the message in the response.
    pub async fn say(&self, text: &str) -> Value {
        let said = self.send(json!({ "text": text })).await.ok();
        said["message"].clone()
    }

    /// Sends a file.
    pub async fn send_file(&self, name: &str, bytes: &[u8]) -> Response {
        let form = Form::default().file("media", name, bytes);
        self.post_form("/unicom/webchat/send/", form).await
    }

    /// Returns the body of `messages/` with this query.
    pub async fn messages(&self, query: &str) -> Value {
        let path = format!("/unicom/webchat/messages/?{query}");
        self.get(&path).await.ok()
    }

    /// Returns the texts of the default chat, oldest first.
    pub async fn texts(&self) -> Vec<String> {
        texts(&self.messages("order=asc&limit=100").await)
    }

    /// Returns the chats of `chats/` with this query.
    pub async fn chats(&self, query: &str) -> Vec<Value> {
        let path = format!("/unicom/webchat/chats/?{query}");
        let body = self.get(&path).await.ok();
        body["chats"].as_array().unwrap().clone()
    }

    /// Returns the body of `auth/session/`.
    pub async fn session(&self) -> Value {
        self.get("/unicom/auth/session/").await.ok()
    }

    pub async fn account_id(&self) -> String {
        let session = self.session().await;
        session["account_id"].as_str().unwrap().to_owned()
    }

    pub async fn register(&self, name: &str) -> Value {
        let body = json!({ "username": name, "password": PASSWORD });
        self.post("/unicom/auth/register/", body).await.ok()
    }

    pub async fn log_in(&self, name: &str) -> Value {
        let body = json!({ "username": name, "password": PASSWORD });
        self.post("/unicom/auth/login/", body).await.ok()
    }

    pub async fn log_out(&self) {
        self.post("/unicom/auth/logout/", json!({})).await.ok();
    }

    /// Returns the CSRF token in the cookie, which has another name over HTTPS.
    pub fn csrf_token(&self) -> Option<String> {
        self.cookie("__Host-csrftoken")
            .or_else(|| self.cookie("csrftoken"))
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// Returns the scheme, host and port of the server.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Returns the value of the `Cookie` header.
    pub fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        let pairs = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap();
        cookies.insert(name.to_owned(), value.to_owned());
    }

    pub fn forget_cookie(&self, name: &str) {
        self.cookies.lock().unwrap().remove(name);
    }

    fn keep_cookies(&self, answer: &Response) {
        let mut cookies = self.cookies.lock().unwrap();
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Request<'_> {
    pub fn header(self, name: &str, value: &str) -> Self {
        let built = self.built.header(name, value);
        Self { built, ..self }
    }

    /// Replaces the value of `X-CSRFToken`, or omits the header.
    pub fn csrf(self, csrf: Option<&str>) -> Self {
        let csrf = csrf.map(str::to_owned);
        Self { csrf, ..self }
    }

    /// Adds a raw cookie before those of the browser, as another host may plant it.
    pub fn planted(mut self, pair: impl Into<Vec<u8>>) -> Self {
        self.planted.push(pair.into());
        self
    }

    pub fn all_planted(self, pairs: &[Vec<u8>]) -> Self {
        pairs.iter().cloned().fold(self, Self::planted)
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Sets a body of any type. Sends no content type if `kind` is empty.
    pub fn body(self, kind: &str, body: impl Into<reqwest::Body>) -> Self {
        let built = self.built.body(body);
        let built = if kind.is_empty() {
            built
        } else {
            built.header("content-type", kind)
        };
        Self { built, ..self }
    }

    pub async fn send(self) -> Response {
        let client = self.client;
        let cookies = client.cookies.lock().unwrap().clone();
        let mut line: Vec<u8> = Vec::new();
        let own = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}").into_bytes());
        let pairs = self.planted.into_iter().chain(own);
        for pair in pairs {
            if !line.is_empty() {
                line.extend(b"; ");
            }
            line.extend(pair);
        }
        let mut built = self.built;
        if !line.is_empty() {
            built = built.header("cookie", HeaderValue::from_bytes(&line).unwrap());
        }
        if let Some(csrf) = self.csrf {
            built = built.header("x-csrftoken", csrf);
        }
        let answer = Response::of(built.send().await.unwrap()).await;
        documented::check(&self.method, &self.path, &answer);
        answer.is_for_no_cache(&self.path);
        client.keep_cookies(&answer);
        // A session's secret, sent or new, is in no body, no log line and no header but its cookie.
        // Nor is a visitor's nonce or an API token.
        let now = client.cookies.lock().unwrap().clone();
        let secrets = SECRET_COOKIES
            .iter()
            .flat_map(|name| [cookies.get(*name), now.get(*name)])
            .flatten();
        for secret in secrets.cloned().chain(client.bearer.clone()) {
            if secret.len() < 32 {
                continue;
            }
            assert!(!answer.tells(&secret), "a secret is in {answer:?}");
            let id = answer.header("x-request-id");
            assert!(!log::tells(id, &secret), "a secret was logged");
        }
        answer
    }
}

/// Returns the texts of a page's messages, in order.
pub fn texts(page: &Value) -> Vec<String> {
    let messages = page["messages"].as_array().unwrap().iter();
    messages
        .map(|message| message["text"].as_str().unwrap().to_owned())
        .collect()
}
