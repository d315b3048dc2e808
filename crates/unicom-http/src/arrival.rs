//! When a request reached the server.

use actix_web::{HttpMessage, HttpRequest};
use unicom_models::UtcTime;

/// When a request reached the server: kept with the request, and handed to the services with its guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival(UtcTime);

impl Arrival {
    /// Notes that the request reached the server `now`, by the clock of the database. The first note
    /// counts.
    ///
    /// [`scope`](crate::scope) notes it for every request. A host whose middleware looks sessions up may
    /// note it before that: see [`Guest::arrived_at`](unicom_webchat::Guest::arrived_at).
    pub fn note(request: &impl HttpMessage, now: UtcTime) {
        let mut extensions = request.extensions_mut();
        if !extensions.contains::<Self>() {
            extensions.insert(Self(now));
        }
    }

    /// Returns when the request reached the server, if that was noted.
    pub fn of(request: &HttpRequest) -> Option<UtcTime> {
        request.extensions().get().map(|Self(at)| *at)
    }
}
