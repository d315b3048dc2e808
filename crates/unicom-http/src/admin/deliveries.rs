//! `admin/deliveries/`: outgoing messages on their way to platforms.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;
use unicom_db::queries::deliveries;
use unicom_models::{Delivery, MessageId};

use super::audit::note;
use crate::parameters::Parameters;
use crate::{Api, ApiError, ids, respond};

/// Answers with the latest of them, of one status or of any.
pub(super) async fn list(
    request: HttpRequest,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    api.staff(&request).await?;
    let parameters = Parameters::known(&request, &["status", "limit"])?;
    let (status, limit) = (parameters.choice("status")?, parameters.limit()?);
    let found = api
        .database
        .read(move |db| deliveries::list(db, status, i64::from(limit)))
        .await?;
    Ok(respond::ok(json!({ "deliveries": found })))
}

/// Puts a dead one back into the queue.
pub(super) async fn retry(
    request: HttpRequest,
    path: web::Path<String>,
    api: web::Data<Api>,
) -> Result<HttpResponse, ApiError> {
    let staff = api.staff(&request).await?;
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
            note(tx, &staff, "delivery.retry", subject, json!({}))?;
            Ok(delivery)
        })
        .await?;
    Ok(respond::ok(json!({ "delivery": retried })))
}
