//! `admit`: the middleware that lets requests in, or refuses them before anything is done for them.

use std::sync::atomic::Ordering;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, web};
use tokio::time::timeout;

use super::concurrency::Counted;
use super::{Admission, address, header_limits, reads};
use crate::{ApiError, Caller};

/// Middleware: refuses a request whose head is too long, whose address sends too many, in a minute or at once, or for which
/// there is no place among those that are worked on. Wrap it outermost, so that a request that is refused costs nothing: no session is
/// loaded for it, and its body is not waited for.
///
/// A request that comes when all places are taken waits for one, in turn, and is refused when
/// [`AdmissionOptions::patience`](super::AdmissionOptions::patience) ends. So a short rush is worked off without a
/// refusal; and under a lasting one, clients that ask again as soon as they are refused cannot keep the server busy with
/// refusing them.
///
/// A refusal, of whatever is wrapped in it too, leaves the connection open where the body has arrived with the head, as
/// short ones do: whoever is told to come again would otherwise cost a new connection each time.
///
/// Needs [`Admission`] in the application's data.
///
/// # Errors
/// [`ApiError::uri_too_long`], [`ApiError::headers_too_large`], [`ApiError::rate_limited`], [`ApiError::busy`].
pub async fn admit(
    admission: web::Data<Admission>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let has_body = has_body(&request);
    let answered = match admission.check(&request) {
        Ok(_counted) => {
            Caller::of(request.request()).set_admitted();
            let (patience, places) = (admission.0.patience, &admission.0.places);
            let Ok(Ok(_place)) = timeout(patience, places.acquire()).await else {
                // It has waited, as is said below.
                return Err(ApiError::busy().into());
            };
            next.call(request).await
        }
        Err(refused) => Err(refused.into()),
    };
    let is_refused = match &answered {
        Ok(answer) => answer.status().is_client_error() || answer.status().is_server_error(),
        Err(_) => true,
    };
    if has_body && is_refused {
        // actix closes a connection on which a body is unread at the answer, and reads none, not even one that is there,
        // before whoever answers has waited once.
        tokio::task::yield_now().await;
    }
    answered
}

/// Refuses a request that [`admit`] is not asked about with `error`, or with [`ApiError::rate_limited`] if its address sends
/// too many. Without [`Admission`] in the application's data it is not counted.
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
    /// What is asked before a request waits for a place. It counts as one of its address as long as what comes of it is kept.
    fn check(&self, request: &ServiceRequest) -> Result<Option<Counted<'_>>, ApiError> {
        // First of all: who sends heads that are refused is counted, too.
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

    /// Says once that a proxy's visitors count as one address. Whoever sends the header can bring this about, and no
    /// more than this.
    fn warn_of_unknown_proxy(&self, request: &HttpRequest) {
        if !self.0.has_warned.load(Ordering::Relaxed)
            && self.0.address_reads.is_on()
            && address::has_unknown_proxy(request, &self.0.trusted_proxies)
            && !self.0.has_warned.swap(true, Ordering::Relaxed)
        {
            let peer = request.peer_addr().map(|peer| peer.ip().to_string());
            log::warn!(
                "`X-Forwarded-For` came from {}, which is no trusted proxy: if it is your proxy, name it in \
                 `trusted_proxies`, or all its visitors share the rates of one address",
                peer.unwrap_or_default()
            );
        }
    }
}
