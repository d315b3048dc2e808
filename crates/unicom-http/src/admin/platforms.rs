//! `admin/platforms/`: describes the platforms that channels can have.

use actix_web::HttpResponse;
use serde::Serialize;
use unicom_core::platform::PlatformDescription;
use utoipa::ToSchema;

use super::admin_request::AdminRequest;
use crate::openapi::Kind::{InvalidParameter, UnknownFilter};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::respond::Success;
use crate::{ApiError, parameters, respond};

/// All platforms of the server.
#[derive(Serialize, ToSchema)]
struct PlatformList {
    platforms: Vec<PlatformDescription>,
}

/// Lists the platforms of the server by name, with the settings of their channels.
#[utoipa::path(
    get, path = "/platforms", operation_id = "list_platforms", tag = "channels",
    responses(
        (status = 200, description = "All of them", body = Success<PlatformList>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter]) }>,
    ),
)]
pub(super) async fn list(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    parameters::none(&request.http)?;
    let platforms = request.extensions.platforms.describe();
    Ok(respond::ok(PlatformList { platforms }))
}
