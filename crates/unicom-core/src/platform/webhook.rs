//! [`WebhookHandler`]: reads the calls that a provider makes, without an HTTP framework.

use std::fmt::{self, Debug, Formatter};

use bytes::Bytes;
use serde_json::Value;
use subtle::ConstantTimeEq;
use unicom_models::Channel;

use crate::inbound::PlatformEvent;

/// Reads the calls that a provider makes to the webhook of a channel.
///
/// `unicom-http` serves the webhook of each registered platform that has a handler, at the address
/// that [`PlatformContext::webhook_url`](super::PlatformContext::webhook_url) returns, and stores
/// the events.
pub trait WebhookHandler: Send + Sync {
    /// Returns the maximum size of a body in bytes. Defaults to 1 MiB.
    fn body_limit(&self) -> usize {
        1 << 20
    }

    /// Verifies that the provider of `channel` made the call, and reads it. The channel may be
    /// inactive.
    ///
    /// Called on a thread that may block, but must not call servers: it works on the bytes it gets.
    /// Compare secrets in constant time.
    ///
    /// All events of a call are stored in one transaction, and the provider gets its answer after
    /// the commit. The provider may repeat a call: each event has an id of the provider, by which
    /// it is stored once.
    ///
    /// # Errors
    /// [`WebhookRefusal::Unproven`] if the call does not prove that it comes from the provider. It
    /// is answered like a call to an unknown channel. [`WebhookRefusal::Malformed`] if the proof is
    /// valid and the body is not.
    fn read(&self, channel: &Channel, call: &WebhookCall) -> Result<WebhookReply, WebhookRefusal>;
}

/// A call of a webhook. `Debug` prints neither headers nor query nor body, which may contain
/// secrets.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookCall {
    /// The method of the call.
    pub method: WebhookMethod,
    /// The decoded parameters of the query, in order.
    pub query: Vec<(String, String)>,
    /// The body as it arrived, for signatures.
    pub body: Bytes,
    headers: Vec<(String, Bytes)>,
}

/// The method of a call of a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookMethod {
    /// `GET`, with which some providers verify an address.
    Get,
    /// `POST`.
    Post,
}

/// The reply to a call of a webhook.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum WebhookReply {
    /// Answers with this plain text and stores nothing, for providers that verify an address.
    Text(String),
    /// Stores events.
    #[non_exhaustive]
    Events {
        /// The events, in the order in which they are stored. May be empty.
        events: Vec<PlatformEvent>,
        /// The JSON to answer with. Without it, the answer has no body.
        answer: Option<Value>,
    },
}

/// Why a call of a webhook is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookRefusal {
    /// Nothing proves that the provider made the call.
    #[error("the call is not proven to come from the provider")]
    Unproven,
    /// The provider made the call, but it cannot be read. The text is logged without the channel's
    /// secrets, and not sent to the caller.
    #[error("malformed: {0}")]
    Malformed(String),
}

impl WebhookCall {
    /// Creates a call without query and headers.
    pub fn new(method: WebhookMethod, body: impl Into<Bytes>) -> Self {
        Self {
            method,
            query: Vec::new(),
            body: body.into(),
            headers: Vec::new(),
        }
    }

    /// Sets the decoded parameters of the query.
    #[must_use]
    pub fn with_query(self, query: Vec<(String, String)>) -> Self {
        Self { query, ..self }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<Bytes>) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.into()));
        self
    }

    /// Returns the first value of a header, whose name is compared without regard to case. Returns
    /// `None` if there is no such header, or if its value is not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) =
            (self.headers.iter()).find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
    }

    /// Returns `true` if the first value of a header is `expected`. Takes the same time for every
    /// wrong value of the same length, so that a secret cannot be guessed byte by byte.
    pub fn header_is(&self, name: &str, expected: &str) -> bool {
        let given = self.header(name).unwrap_or_default();
        !expected.is_empty() && given.as_bytes().ct_eq(expected.as_bytes()).into()
    }

    /// Returns the first value of a parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let (_, value) = self.query.iter().find(|(known, _)| known == name)?;
        Some(value)
    }
}

impl WebhookReply {
    /// Creates a reply that stores `events` and answers without a body.
    pub fn events(events: Vec<PlatformEvent>) -> Self {
        let answer = None;
        Self::Events { events, answer }
    }

    /// Creates a reply that stores `events` and answers with this JSON.
    pub fn answer(events: Vec<PlatformEvent>, answer: Value) -> Self {
        let answer = Some(answer);
        Self::Events { events, answer }
    }
}

impl Debug for WebhookCall {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookCall")
            .field("method", &self.method)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_parameters_are_found_and_not_printed() {
        let call = WebhookCall::new(WebhookMethod::Post, "the body")
            .with_header("X-Token", "secret")
            .with_header("x-token", "other")
            .with_header("X-Bytes", vec![0xff])
            .with_query(vec![("token".to_owned(), "secret".to_owned())]);
        assert_eq!(call.header("x-TOKEN"), Some("secret"));
        assert_eq!(call.header("X-Bytes"), None);
        assert_eq!(call.header("X-Other"), None);
        assert!(call.header_is("X-Token", "secret") && !call.header_is("X-Token", "secre"));
        assert!(!call.header_is("X-Other", ""));
        assert_eq!(call.parameter("token"), Some("secret"));
        assert_eq!(call.parameter("Token"), None);
        let printed = format!("{call:?}");
        assert!(
            !printed.contains("secret") && !printed.contains("the body"),
            "{printed}"
        );
    }
}
