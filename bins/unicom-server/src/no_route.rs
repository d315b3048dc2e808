//! The answer to requests that no route matches.

use actix_web::{HttpRequest, HttpResponse};
use unicom_http::{ApiError, count_refusal};

/// Answers what has no route, and counts it as a request of its address, as no middleware does.
pub(crate) async fn no_route(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let refused = ApiError::not_found("there is nothing at this address");
    Err(count_refusal(&request, refused))
}
