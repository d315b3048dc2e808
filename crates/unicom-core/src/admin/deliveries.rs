//! Retrying deliveries of outgoing messages.

use serde_json::json;
use unicom_db::{Tx, queries::deliveries};
use unicom_models::{Delivery, MessageId};

use crate::{CoreError, admin::Actor};

/// Puts a dead delivery back into the queue.
///
/// # Errors
/// [`CoreError::NotFound`]; [`CoreError::Conflict`] if the delivery is not dead.
pub fn retry_delivery(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: MessageId,
) -> Result<Delivery, CoreError> {
    let retried = deliveries::retry(tx, id)?;
    let missing = || CoreError::not_found("delivery", id);
    let delivery = deliveries::get(tx, id)?.ok_or_else(missing)?;
    if !retried {
        let problem = format!("is {}: only a dead one can be tried again", delivery.status);
        return Err(CoreError::conflict("delivery", id, problem));
    }
    actor.record(
        tx,
        "delivery.retry",
        format_args!("message:{id}"),
        json!({}),
    )?;
    Ok(delivery)
}
