//! `Shop`: a server with a channel that pages of another site use.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;
use unicom_auth::SecretKey;
use unicom_models::UtcTime;
use unicom_server::Options;
use unicom_testing::{TestClock, TestDatabase};

use crate::app::{Setup, TestApp};
use crate::client::{Client, Request};
use crate::response::Response;
use crate::two_processes;

/// The key of the channel.
pub const KEY: &str = "wk_0123456789abcdefABCDEF";

/// The origin of the site.
pub const ORIGIN: &str = "https://shop.example";

/// A server with a channel that pages of [`ORIGIN`] use.
pub struct Shop {
    pub app: TestApp,
}

impl Shop {
    /// Starts a server whose channel has this setting `web`, merged into the one with guests and
    /// optional identification.
    pub async fn start(db: &TestDatabase, web: Value) -> Self {
        Self::with(db, web, None, two_processes::options()).await
    }

    /// Starts a server with a clock and options.
    pub async fn with(
        db: &TestDatabase,
        web: Value,
        clock: Option<TestClock>,
        options: Options,
    ) -> Self {
        let setup = Setup {
            channel: channel(KEY, web),
            clock,
            options,
            ..Setup::default()
        };
        Self {
            app: TestApp::with(db, setup).await,
        }
    }

    /// Asks for the token of a new guest, as a page of the site does.
    pub async fn ask_for_guest(&self) -> Response {
        let client = Client::new(self.app.base());
        let asked = from(ORIGIN, client.request(Method::POST, VISITOR));
        asked.json(&json!({ "channel": KEY })).send().await
    }

    /// Returns a guest with a token.
    pub async fn guest(&self) -> Client {
        let token = self.ask_for_guest().await.ok();
        self.with_token(&token)
    }

    /// Returns a client with the token in a response.
    pub fn with_token(&self, response: &Value) -> Client {
        Client::new(self.app.base()).with_bearer(response["token"].as_str().unwrap())
    }

    /// Lets the site identify a user with these claims, beside those that are necessary.
    pub async fn identify(&self, client: &Client, claims: Value) -> Response {
        let now = self.app.database().now();
        let body = json!({ "channel": KEY, "identity": identity(now, claims) });
        let asked = from(ORIGIN, client.request(Method::POST, IDENTIFY));
        asked.json(&body).send().await
    }

    /// Returns a client with the token of a user whom the site has identified.
    pub async fn user(&self, name: &str) -> Client {
        let client = Client::new(self.app.base());
        let claims = json!({ "sub": name, "name": name });
        let identified = self.identify(&client, claims).await.ok();
        self.with_token(&identified)
    }
}

/// The path at which guests get a token and give it back.
pub const VISITOR: &str = "/unicom/webchat/visitor/";

/// The path at which a site identifies its user.
pub const IDENTIFY: &str = "/unicom/webchat/identify/";

/// Adds the header with the origin of the page that sends a request.
pub fn from<'a>(origin: &str, request: Request<'a>) -> Request<'a> {
    request.header("origin", origin)
}

/// Returns the configuration of a channel with this key and setting `web`.
pub fn channel(key: &str, web: Value) -> Value {
    let mut settings = json!({
        "key": key,
        "origins": [ORIGIN, "https://*.shop.example"],
        "identity": { "issuer": "shop", "keys": [{ "kid": "first", "alg": "HS256" }] },
    });
    for (name, value) in web.as_object().unwrap() {
        settings[name] = value.clone();
    }
    json!({ "bot": "echo", "web": settings })
}

/// Returns a JSON Web Token that the site signs, valid for ten minutes.
pub fn identity(now: UtcTime, claims: Value) -> String {
    let now = now.as_micros() / 1_000_000;
    let mut all = json!({ "aud": KEY, "iat": now, "exp": now + 600 });
    for (name, value) in claims.as_object().unwrap() {
        all[name] = value.clone();
    }
    let header = json!({ "alg": "HS256", "typ": "JWT", "kid": "first" });
    let part = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = format!("{}.{}", part(&header), part(&all));
    let key = SecretKey::new(two_processes::options().secret_key.unwrap()).unwrap();
    let secret = key.identity_secret(&KEY.parse().unwrap(), "first");
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    let signature = BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{signed}.{signature}")
}
