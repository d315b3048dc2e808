//! `Response`: a response of the server, checked for what no response may contain.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// Words that would reveal how the server is implemented.
const INTERNALS: [&str; 13] = [
    "sql",
    "sqlite",
    "postgres",
    "diesel",
    "panicked",
    "unicom_",
    "src/",
    "backtrace",
    "constraint",
    "relation \"",
    ".rs:",
    "actix",
    "/home/",
];

#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// The body if it is JSON, else null.
    pub json: Value,
}

impl Response {
    pub async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.unwrap().to_vec();
        let answer = Self {
            status,
            headers,
            json: serde_json::from_slice(&body).unwrap_or_default(),
            body,
        };
        answer.look_over();
        answer
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns a header's value, empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// Returns the `Set-Cookie` header for the cookie with this name.
    pub fn set_cookie(&self, name: &str) -> Option<&str> {
        let all = self.headers.get_all("set-cookie").iter();
        all.map(|value| value.to_str().unwrap())
            .find(|value| value.starts_with(&format!("{name}=")))
    }

    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// Returns the body. Fails unless the response is a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(
            (200..300).contains(&self.status) && self.json["success"] == true,
            "{} {}",
            self.status,
            self.text()
        );
        self.json
    }

    /// Fails unless the response is a failure with this status and code.
    #[track_caller]
    pub fn is(&self, status: u16, code: &str) -> &Self {
        assert_eq!(
            (self.status, self.code()),
            (status, code),
            "{}",
            self.text()
        );
        self
    }

    /// Fails unless the error message contains `word`.
    #[track_caller]
    pub fn names(&self, word: &str) -> &Self {
        let sentence = self.json["error"].as_str().unwrap_or_default();
        assert!(sentence.contains(word), "`{word}` is not in: {sentence}");
        self
    }

    /// Returns `true` if `secret` is in the body or in a header, other than the cookies that only
    /// the server reads.
    pub fn tells(&self, secret: &str) -> bool {
        let headers = self.headers.iter();
        let is_secret_cookie = |value: &[u8]| {
            let name = value.strip_prefix(b"__Host-").unwrap_or(value);
            name.starts_with(b"sessionid=") || name.starts_with(b"visitor=")
        };
        let mut values = headers
            .filter(|(name, value)| *name != "set-cookie" || !is_secret_cookie(value.as_bytes()));
        self.text().contains(secret)
            || values.any(|(_, value)| {
                value
                    .as_bytes()
                    .windows(secret.len())
                    .any(|part| part == secret.as_bytes())
            })
    }

    /// Fails if the response to `path` is private and a cache may store it.
    #[track_caller]
    pub fn is_for_no_cache(&self, path: &str) {
        let path = path
            .split('?')
            .next()
            .unwrap_or_default()
            .trim_end_matches('/');
        let is_public = ["/openapi.json", "/healthz", "/readyz", "/webchat/config"]
            .iter()
            .any(|end| path.ends_with(end));
        if !is_public {
            let said = self.header("cache-control");
            let is_a_file = path.contains("/media/") && self.status < 400 && self.status != 204;
            let may_be = if is_a_file {
                "private, no-store"
            } else {
                "no-store"
            };
            assert_eq!(said, may_be, "{path}: {}", self.status);
        }
    }

    /// Asserts what must hold for every response.
    #[track_caller]
    fn look_over(&self) {
        let text = self.text();
        let is_full = self.code() == "storage_full" && !self.header("retry-after").is_empty();
        assert!(self.status < 500 || is_full, "{} {text}", self.status);
        if self.status < 400 || self.body.is_empty() {
            return;
        }
        assert_eq!(self.json["success"], false, "{text}");
        assert!(self.json["code"].is_string(), "{text}");
        assert!(
            self.json["error"].as_str().is_some_and(|e| !e.is_empty()),
            "{text}"
        );
        let keys: Vec<_> = self.json.as_object().unwrap().keys().collect();
        assert_eq!(keys.len(), 3, "{text}");
        // Admins may see which environment variables a bot can use.
        let lower_case = text.replace("UNICOM_BOT_", "").to_lowercase();
        for word in INTERNALS {
            assert!(!lower_case.contains(word), "`{word}` in {text}");
        }
    }
}
