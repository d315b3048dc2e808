//! When a request reached the server, and when its body had.

use std::time::Duration;

use actix_web::{HttpMessage, HttpRequest, web};
use unicom_models::UtcTime;

use crate::{Api, ApiError};

/// How long a body may take before what proves who sends it is checked again. A body that is held
/// back on purpose must not keep alive what has ended meanwhile.
const PROOF_HOLDS: Duration = Duration::from_secs(1);

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
}

/// Notes that the body of the request has reached the server. If it took longer than a second, asks the
/// host whether what proves who sends it still does: to be called by whatever reads a body, before
/// anything is done with it.
///
/// # Errors
/// Those of [`IdentityProvider::still_valid`](crate::IdentityProvider::still_valid).
pub(crate) async fn note_body(request: &HttpRequest) -> Result<(), ApiError> {
    let Some(api) = request.app_data::<web::Data<Api>>() else {
        return Ok(());
    };
    let now = api.database.now();
    let head = {
        let mut extensions = request.extensions_mut();
        let Some(arrival) = extensions.get_mut::<Arrival>() else {
            return Ok(());
        };
        arrival.body = Some(now);
        arrival.head
    };
    if now.since(head) > PROOF_HOLDS {
        api.identity.still_valid(request).await?;
    }
    Ok(())
}
