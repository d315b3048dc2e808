//! Decides whether a failure of the other side is temporary.

use unicom_core::bots::BotError;
use unicom_core::media::MediaError;
use unicom_db::DbError;
use unicom_outbound::{Answer, OutboundError};

/// Returns the error for a call that was not answered. It is permanent if the address may
/// not be called, since it would be refused again.
pub(crate) fn of_call(error: &OutboundError) -> BotError {
    if error.is_temporary() {
        BotError::Temporary(error.to_string())
    } else {
        BotError::Permanent(error.to_string())
    }
}

/// Returns `true` if a call with this status may succeed later: RFC 9110 section 15, RFC 6585
/// (429), RFC 8470 (425).
pub(crate) fn is_temporary(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

/// Returns the error for an answer that asks to try again later. Includes the waiting time if the
/// answer contains one.
pub(crate) fn busy(answer: &Answer, reason: String) -> BotError {
    match answer.retry_after {
        Some(after) => BotError::Busy { reason, after },
        None => BotError::Temporary(reason),
    }
}

pub(crate) fn of_database(error: &DbError) -> BotError {
    BotError::Temporary(error.to_string())
}

pub(crate) fn of_media(error: &MediaError) -> BotError {
    BotError::Temporary(error.to_string())
}
