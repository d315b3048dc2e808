//! When a request reached the server, and when its body had.

use std::time::Duration;

use actix_web::{HttpMessage, HttpRequest};
use unicom_models::UtcTime;

/// When a request reached the server: kept with the request, and handed to the services with its guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    head: UtcTime,
    /// `None` until the body has been read, and for requests without one.
    body: Option<UtcTime>,
}

impl Arrival {
    /// Notes that the head of the request reached the server `now`, by the clock of the database. The
    /// first note counts.
    ///
    /// [`scope`](crate::scope) notes it for every request. A host whose middleware looks sessions up may
    /// note it before that: see [`Guest::arrived_at`](unicom_webchat::Guest::arrived_at).
    pub fn note(request: &impl HttpMessage, now: UtcTime) {
        let mut extensions = request.extensions_mut();
        if !extensions.contains::<Self>() {
            extensions.insert(Self {
                head: now,
                body: None,
            });
        }
    }

    /// Returns when the head of the request reached the server, if that was noted.
    pub fn of_head(request: &HttpRequest) -> Option<UtcTime> {
        request
            .extensions()
            .get()
            .map(|arrival: &Self| arrival.head)
    }

    /// Returns when the request had reached the server whole, if that was noted. Requests without a
    /// body are whole with their head.
    pub fn of_whole(request: &HttpRequest) -> Option<UtcTime> {
        let extensions = request.extensions();
        let arrival: &Self = extensions.get()?;
        Some(arrival.body.unwrap_or(arrival.head))
    }

    /// Notes that the body of the request has reached the server `now`. Returns how long after its head that was, if
    /// the head was noted.
    pub(crate) fn note_body(request: &HttpRequest, now: UtcTime) -> Option<Duration> {
        let mut extensions = request.extensions_mut();
        let arrival = extensions.get_mut::<Self>()?;
        arrival.body = Some(now);
        Some(now.since(arrival.head))
    }
}
