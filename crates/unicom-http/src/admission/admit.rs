//! `admit`: the middleware that admits requests or refuses them before any work is done for them.

use std::sync::atomic::Ordering;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, web};
use tokio::time::timeout;

use super::concurrency::Counted;
use super::long_lived::OrdinaryPlace;
use super::{Admission, address, header_limits, reads};
use crate::{ApiError, Caller};

/// Middleware that refuses requests whose head is too long, whose address sends too many per minute
/// or concurrently, or that get no free place among the requests being processed. Wrap it
/// outermost, so that a refused request costs nothing: no session is loaded for it, and its body is
/// not waited for.
///
/// A request that arrives when all places are taken waits for one, in order of arrival, and is
/// refused when [`AdmissionOptions::patience`](super::AdmissionOptions::patience) ends. So a short
/// rush is handled without refusals; under a lasting one, clients that retry as soon as they are
/// refused cannot keep the server busy with refusals.
///
/// After a refusal, also one by an inner service, the connection stays open if the body has arrived
/// with the head, as short ones do. Otherwise every retry would cost a new connection.
///
/// Needs [`Admission`] in the application's data.
///
/// # Errors
/// [`ApiError::uri_too_long`], [`ApiError::headers_too_large`], [`ApiError::rate_limited`],
/// [`ApiError::busy`].
pub async fn admit(
    admission: web::Data<Admission>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let has_body = has_body(&request);
    let answered = match admission.check(&request) {
        Ok(counted) => {
            Caller::of(request.request()).set_admitted();
            let places = admission.0.places.clone();
            let Ok(Ok(place)) = timeout(admission.0.patience, places.acquire_owned()).await else {
                // No need to yield, as explained below: the request has already waited.
                return Err(ApiError::busy().into());
            };
            let place = OrdinaryPlace::new(place, counted);
            request.extensions_mut().insert(place.clone());
            let answered = next.call(request).await;
            place.give_up();
            answered
        }
        Err(refused) => Err(refused.into()),
    };
    let is_refused = match &answered {
        Ok(answer) => answer.status().is_client_error() || answer.status().is_server_error(),
        Err(_) => true,
    };
    if has_body && is_refused {
        // actix closes a connection whose body is unread at the time of the response. It does not
        // read even a body that has already arrived before the handler has yielded once.
        tokio::task::yield_now().await;
    }
    answered
}

/// Counts a request that is refused with `error` outside [`admit`]. Returns `error`, or
/// [`ApiError::rate_limited`] if the address sends too many requests. Without [`Admission`] in the
/// application's data the request is not counted.
pub fn count_refusal(request: &HttpRequest, error: ApiError) -> ApiError {
    let admission = request.app_data::<web::Data<Admission>>();
    let counted = admission.map_or(Ok(()), |admission| admission.check_address(request));
    counted.err().unwrap_or(error)
}

fn has_body(request: &ServiceRequest) -> bool {
    let headers = request.headers();
    headers.contains_key(CONTENT_LENGTH) || headers.contains_key(TRANSFER_ENCODING)
}

impl Admission {
    /// Checks a request before it waits for a place. It counts as a concurrent request of its
    /// address until the returned value is dropped.
    fn check(&self, request: &ServiceRequest) -> Result<Option<Counted>, ApiError> {
        // Counted first, so that requests with refused heads count too.
        self.check_address(request.request())?;
        header_limits::check(request)?;
        self.0.of_addresses.count(self.address(request.request()))
    }

    /// Counts a request of its address.
    fn check_address(&self, request: &HttpRequest) -> Result<(), ApiError> {
        self.warn_of_unknown_proxy(request);
        let limiter = if reads(request) {
            &self.0.address_reads
        } else {
            &self.0.address_writes
        };
        self.by_address(request, limiter)
    }

    /// Warns once that all visitors behind an unconfigured proxy count as one address. A client can
    /// trigger this warning by sending the header, but nothing else.
    fn warn_of_unknown_proxy(&self, request: &HttpRequest) {
        if !self.0.has_warned.load(Ordering::Relaxed)
            && self.0.address_reads.is_on()
            && address::has_unknown_proxy(request, &self.0.trusted_proxies)
            && !self.0.has_warned.swap(true, Ordering::Relaxed)
        {
            let peer = request.peer_addr().map(|peer| peer.ip().to_string());
            log::warn!(
                "`X-Forwarded-For` came from {}, which is not a trusted proxy: if it is your proxy, add it to \
                 `trusted_proxies`, or all its visitors share the rate limits of one address",
                peer.unwrap_or_default()
            );
        }
    }
}
