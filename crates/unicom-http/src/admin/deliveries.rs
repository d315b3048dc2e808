//! `admin/deliveries/`: lists and retries deliveries of outgoing messages to platforms.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use unicom_core::admin::retry_delivery;
use unicom_db::queries::deliveries;
use unicom_models::{Delivery, DeliveryStatus, MessageId};
use utoipa::ToSchema;

use super::staff::Staff;
use crate::openapi::Kind::{Conflict, InvalidParameter, NotFound, UnknownFilter};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::parameters::{Parameters, from_one};
use crate::respond::Success;
use crate::{Api, ApiError, respond};

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
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described here, read by name")]
struct ListParameters {
    status: Option<DeliveryStatus>,
    /// Maximum number of deliveries: 50 by default; values over 100 count as 100.
    #[param(schema_with = from_one)]
    limit: Option<u32>,
}

/// Lists the latest deliveries, with one status or any.
#[utoipa::path(
    get,
    path = "/deliveries",
    operation_id = "list_deliveries",
    tag = "deliveries",
    params(ListParameters),
    responses(
        (status = 200, description = "The most recent entries", body = Success<DeliveryList>),
        ErrorResponses<{ error_kinds(&[UnknownFilter, InvalidParameter]) }>,
    ),
)]
pub(super) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.admin(&request).await?;
    let parameters = Parameters::known(&request, &["status", "limit"])?;
    let (status, limit) = (parameters.choice("status")?, parameters.limit()?);
    let found = api
        .database
        .read(move |db| deliveries::list(db, status, i64::from(limit)))
        .await?;
    Ok(respond::ok(DeliveryList { deliveries: found }))
}

/// Requeues a dead delivery.
#[utoipa::path(
    post,
    path = "/deliveries/{message_id}/retry",
    operation_id = "retry_delivery",
    tag = "deliveries",
    params(("message_id" = MessageId, Path, description = "The message that is delivered")),
    responses(
        (status = 200, description = "The delivery, queued", body = Success<DeliveryResponse>),
        ErrorResponses<{ error_kinds(&[NotFound, Conflict]) }>,
    ),
)]
pub(super) async fn retry(staff: Staff) -> Result<HttpResponse, ApiError> {
    let id = staff.id("delivery")?;
    let delivery = staff
        .write(move |tx, actor, _| retry_delivery(tx, actor, id))
        .await?;
    Ok(respond::ok(DeliveryResponse { delivery }))
}
