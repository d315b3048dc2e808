//! `Arrival`: when the head and the body of a request reached the server.

use std::time::Duration;

use actix_web::{HttpMessage, HttpRequest};
use unicom_models::UtcTime;

/// The time at which a request reached the server. It is stored in the request's extensions and
/// handed to the services with the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    head: UtcTime,
    /// `None` until the body has been read, and for requests without a body.
    body: Option<UtcTime>,
}

impl Arrival {
    /// Records that the head of the request reached the server `now`, by the clock of the database.
    /// Only the first call has an effect.
    ///
    /// [`scope`](crate::webchat::scope) calls this for every request. A host whose middleware looks
    /// up sessions may call it earlier: see
    /// [`Guest::arrived_at`](unicom_webchat::Guest::arrived_at).
    pub fn note(request: &impl HttpMessage, now: UtcTime) {
        let mut extensions = request.extensions_mut();
        if !extensions.contains::<Self>() {
            extensions.insert(Self {
                head: now,
                body: None,
            });
        }
    }

    /// Returns when the head of the request reached the server, or `None` if that was not recorded.
    pub fn of_head(request: &HttpRequest) -> Option<UtcTime> {
        request
            .extensions()
            .get()
            .map(|arrival: &Self| arrival.head)
    }

    /// Returns when the whole request had reached the server, or `None` if that was not recorded.
    /// For a request without a body this is the arrival of its head.
    pub fn of_whole(request: &HttpRequest) -> Option<UtcTime> {
        let extensions = request.extensions();
        let arrival: &Self = extensions.get()?;
        Some(arrival.body.unwrap_or(arrival.head))
    }

    /// Records that the body of the request has reached the server `now`. Returns how long after
    /// the head that was, or `None` if the head was not recorded.
    pub(crate) fn note_body(request: &HttpRequest, now: UtcTime) -> Option<Duration> {
        let mut extensions = request.extensions_mut();
        let arrival = extensions.get_mut::<Self>()?;
        arrival.body = Some(now);
        Some(now.since(arrival.head))
    }
}
