//! `admin/deliveries/`: lists and retries deliveries of outgoing messages to platforms.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use unicom_db::queries::deliveries;
use unicom_models::{Delivery, DeliveryStatus, MessageId};
use utoipa::ToSchema;

use super::audit::note;
use crate::openapi::Kind::{Conflict, InvalidParameter, NotFound, UnknownFilter};
use crate::openapi::{ErrorResponses, error_kinds};
use crate::parameters::{default_limit, limit, limit_schema, read_only};
use crate::respond::Success;
use crate::{Api, ApiError, ids, respond};

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
    let ListParameters { status, limit } = read_only(&request)?;
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
pub(super) async fn retry(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let admin = api.admin(&request).await?;
    let id: MessageId = ids::parsed("delivery", &path)?;
    let retried = api
        .database
        .write(move |tx| -> Result<Delivery, ApiError> {
            let retried = deliveries::retry(tx, id)?;
            let delivery = deliveries::get(tx, id)?.ok_or_else(|| ids::missing("delivery"))?;
            if !retried {
                return Err(ApiError::conflict(format!(
                    "only a delivery that is dead can be tried again: this one is {}",
                    delivery.status
                )));
            }
            let subject = format_args!("message:{id}");
            note(tx, &admin, "delivery.retry", subject, json!({}))?;
            Ok(delivery)
        })
        .await?;
    Ok(respond::ok(DeliveryResponse { delivery: retried }))
}
