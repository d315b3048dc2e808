//! Requests to the routes.

use std::fmt;

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{Method, Uri};
use actix_web::test::TestRequest;
use actix_web::web::Bytes;
use futures_util::stream;

/// The `Host` of every request.
pub(crate) const HOST: &str = "chat.test";

/// A request.
#[derive(Clone)]
pub(crate) struct Asked {
    pub method: Method,
    pub target: Uri,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Bytes,
    /// The number of bytes of the body that arrive at a time.
    pub piece: usize,
}

impl Asked {
    /// Creates a request without a body.
    pub fn new(method: Method, target: Uri, headers: Vec<(HeaderName, HeaderValue)>) -> Self {
        Self {
            method,
            target,
            headers,
            body: Bytes::new(),
            piece: usize::MAX,
        }
    }

    /// Sets the body.
    pub fn with_body(self, body: impl Into<Bytes>) -> Self {
        Self {
            body: body.into(),
            ..self
        }
    }

    /// Returns `true` if the method only reads.
    pub fn reads(&self) -> bool {
        [Method::GET, Method::HEAD, Method::OPTIONS].contains(&self.method)
    }

    /// Returns `true` if the request waits for changes.
    pub fn waits(&self) -> bool {
        let query = self.target.query().unwrap_or_default();
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.any(|(name, seconds)| name == "wait" && seconds != "0")
    }

    /// Returns the request and the body in the form that the routes accept.
    pub fn parts(&self) -> (TestRequest, Payload) {
        let mut request = TestRequest::default()
            .method(self.method.clone())
            .uri(&self.target.to_string())
            .peer_addr(([127, 0, 0, 1], 40_000).into())
            .insert_header(("host", HOST));
        for (name, value) in &self.headers {
            request = request.append_header((name.clone(), value.clone()));
        }
        if self.body.is_empty() {
            return (request, Payload::None);
        }
        let (body, piece) = (self.body.clone(), self.piece.max(1));
        let pieces = (0..body.len()).step_by(piece).map(move |from| {
            let to = from.saturating_add(piece).min(body.len());
            Ok(body.slice(from..to))
        });
        let payload = Box::pin(stream::iter(pieces));
        (request, Payload::Stream { payload })
    }

    /// Returns `true` if the request contains `text`, as is or URL-encoded. Ignores control
    /// characters, because error messages omit them.
    pub fn says(&self, text: &str) -> bool {
        let mut said = self.target.to_string().into_bytes();
        for (_, value) in &self.headers {
            said.extend_from_slice(value.as_bytes());
        }
        said.extend_from_slice(&self.body);
        let plain = without_escapes(&said);
        [said, plain].iter().any(|said| {
            let mut said = String::from_utf8_lossy(said).into_owned();
            said.retain(|c| !c.is_control());
            said.contains(text)
        })
    }
}

fn without_escapes(text: &[u8]) -> Vec<u8> {
    url::form_urlencoded::parse(text)
        .flat_map(|(name, value)| [name.into_owned(), value.into_owned()])
        .collect::<Vec<_>>()
        .join("=")
        .into_bytes()
}

/// Formats the request as HTTP text.
impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.target)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", value.as_bytes().escape_ascii())?;
        }
        write!(f, "\n{}", self.body.escape_ascii())
    }
}
