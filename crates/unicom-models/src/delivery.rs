//! A delivery: an outgoing message on its way to a platform that is not local.

use diesel::prelude::*;
use serde::Serialize;

use crate::text_enum::text_enum;
use crate::{MessageId, UtcTime, schema};

text_enum! {
    /// How a delivery stands.
    pub enum DeliveryStatus ("delivery status") {
        /// Waiting, or on its way.
        Queued => "queued",
        /// The platform took it.
        Sent => "sent",
        /// Given up, with the reason in `error`.
        Dead => "dead",
    }
}

/// An outgoing message on its way to a platform that is not local.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[diesel(table_name = schema::unicom_deliveries)]
pub struct Delivery {
    /// What is to be delivered.
    pub message_id: MessageId,
    /// How it stands.
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub attempts: i32,
    /// When it may be tried next; while somebody tries, when that claim runs out; none once it has ended.
    pub due_at: Option<UtcTime>,
    /// What went wrong at the last attempt.
    pub error: Option<String>,
    /// When it last changed.
    pub updated_at: UtcTime,
    /// Attempts made before it was last put back into the queue. They no longer count.
    pub attempts_before: i32,
}
