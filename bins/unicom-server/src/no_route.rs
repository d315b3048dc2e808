//! The response to requests that no route matches.

use actix_web::{HttpRequest, HttpResponse};
use unicom_http::{ApiError, admission::count_refusal};

/// Refuses a request that no route matches with `not_found`, and counts it for its network address,
/// because no middleware does.
pub(crate) async fn no_route(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let refused = ApiError::not_found("no route matches this path");
    Err(count_refusal(&request, refused))
}
