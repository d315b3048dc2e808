//! Deliveries of outgoing messages to platforms that are not local.

use diesel::prelude::*;
use serde::Serialize;

use crate::text_enum::text_enum;
use crate::{MessageId, UtcTime, schema};

text_enum! {
    /// The status of a delivery.
    pub enum DeliveryStatus ("delivery status") {
        /// Waiting, or being delivered.
        Queued => "queued",
        /// Accepted by the platform.
        Sent => "sent",
        /// Given up. The reason is in `error`.
        Dead => "dead",
    }
}

/// The delivery of an outgoing message to a platform that is not local.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_deliveries)]
#[non_exhaustive]
pub struct Delivery {
    /// The message to deliver.
    pub message_id: MessageId,
    /// The status of the delivery.
    pub status: DeliveryStatus,
    /// Number of attempts.
    pub attempts: i32,
    /// When the next attempt is or was due. Absent once the delivery has ended.
    pub due_at: Option<UtcTime>,
    /// The error of the last attempt.
    pub error: Option<String>,
    /// When the delivery was last changed.
    pub updated_at: UtcTime,
    /// Attempts made before the delivery was last requeued. They no longer count.
    pub attempts_before: i32,
}
