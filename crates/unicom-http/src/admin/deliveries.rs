//! `admin/deliveries/`: lists and retries deliveries of outgoing messages to platforms.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use unicom_core::admin::retry_delivery;
use unicom_db::queries::deliveries;
use unicom_models::{Delivery, DeliveryStatus, MessageId};
use utoipa::ToSchema;

use super::admin_request::AdminRequest;
use crate::openapi::Kind::{Conflict, InvalidParameter, NotFound, UnknownFilter};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::parameters::{default_limit, limit, limit_schema, read_only};
use crate::respond::Success;
use crate::{ApiError, respond};

/// The latest deliveries.
#[derive(Serialize, ToSchema)]
struct DeliveryList {
    deliveries: Vec<Delivery>,
}

/// A delivery.
#[derive(Serialize, ToSchema)]
struct DeliveryResponse {
    delivery: Delivery,
}

/// Which deliveries are listed.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParameters {
    status: Option<DeliveryStatus>,
    /// Maximum number of deliveries: 50 by default; values over 100 count as 100.
    #[serde(default = "default_limit", deserialize_with = "limit")]
    #[param(schema_with = limit_schema)]
    limit: u32,
}

/// Lists the latest deliveries, with one status or any.
#[utoipa::path(
    get, path = "/deliveries", operation_id = "list_deliveries", tag = "deliveries",
    params(ListParameters),
    responses(
        (status = 200, description = "The most recent entries", body = Success<DeliveryList>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter]) }>,
    ),
)]
pub(super) async fn list(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let ListParameters { status, limit } = read_only(&request.http)?;
    let found = request
        .read(move |db| deliveries::list(db, status, i64::from(limit)))
        .await?;
    Ok(respond::ok(DeliveryList { deliveries: found }))
}

/// Requeues a dead delivery.
#[utoipa::path(
    post, path = "/deliveries/{message_id}/retry", operation_id = "retry_delivery",
    tag = "deliveries",
    params(("message_id" = MessageId, Path, description = "The message that is delivered")),
    responses(
        (status = 200, description = "The delivery, queued", body = Success<DeliveryResponse>),
        ErrorResponses<{ error_kinds(&[NotFound, Conflict]) }>,
    ),
)]
pub(super) async fn retry(request: AdminRequest) -> Result<HttpResponse, ApiError> {
    let id = request.id("delivery")?;
    let delivery = request
        .write(move |tx, actor, _| retry_delivery(tx, actor, id))
        .await?;
    Ok(respond::ok(DeliveryResponse { delivery }))
}
