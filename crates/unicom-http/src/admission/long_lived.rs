//! The class of long-lived requests, such as streams of events: they have separate places, so that
//! they do not use up those of ordinary requests.

use std::cell::RefCell;
use std::rc::Rc;

use actix_web::{HttpMessage, HttpRequest};
use tokio::sync::{OwnedSemaphorePermit, TryAcquireError};

use super::Admission;
use super::concurrency::Counted;
use crate::ApiError;

/// The place of a request that is being handled, in its extensions. It is given up when the
/// response begins, or when the request becomes a long-lived one.
#[derive(Debug, Clone)]
pub(super) struct OrdinaryPlace(Rc<RefCell<Option<Held>>>);

/// The place of a long-lived request, which is free again when this value is dropped.
#[derive(Debug)]
pub struct LongLivedPlace {
    _held: Held,
}

#[derive(Debug)]
struct Held {
    _place: OwnedSemaphorePermit,
    _counted: Option<Counted>,
}

impl OrdinaryPlace {
    pub fn new(place: OwnedSemaphorePermit, counted: Option<Counted>) -> Self {
        let held = Held {
            _place: place,
            _counted: counted,
        };
        Self(Rc::new(RefCell::new(Some(held))))
    }

    pub fn give_up(&self) {
        drop(self.0.borrow_mut().take());
    }
}

impl Admission {
    /// Turns a request that [`admit`](super::admit()) has let in into a long-lived one: gives up
    /// its place among the ordinary requests, and takes one among the long-lived. Called once it is
    /// known who the client is. The place is kept as long as the connection or the wait lasts.
    ///
    /// # Errors
    /// [`ApiError::rate_limited`] if the network address has too many, [`ApiError::busy`] if the
    /// process has too many. The request then keeps its place.
    pub fn begin_long_lived(&self, request: &HttpRequest) -> Result<LongLivedPlace, ApiError> {
        let counted = self
            .0
            .long_lived_of_addresses
            .count(self.address(request))?;
        let place = self.0.long_lived_places.clone().try_acquire_owned();
        let place = place.map_err(|error| match error {
            TryAcquireError::NoPermits | TryAcquireError::Closed => ApiError::busy(),
        })?;
        if let Some(ordinary) = request.extensions().get::<OrdinaryPlace>() {
            ordinary.give_up();
        }
        Ok(LongLivedPlace {
            _held: Held {
                _place: place,
                _counted: counted,
            },
        })
    }
}
