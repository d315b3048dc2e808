//! The limits of calls, and the errors of those that were not answered.

use unicom_core::bots::BotError;
use unicom_outbound::OutboundError;

use crate::failure;

/// Maximum size of a response in bytes. A long answer has about ten thousand.
pub(super) const LARGEST_RESPONSE: usize = 4 << 20;

/// Maximum size of a response in pieces, each of which has a few hundred bytes around a word.
pub(super) const LARGEST_STREAM: usize = 64 << 20;

/// Returns the error for a call that was not answered.
pub(super) fn of_call(error: &OutboundError) -> BotError {
    match error {
        // The model may generate a shorter answer the next time.
        OutboundError::TooLarge { .. } => BotError::Temporary(error.to_string()),
        error => failure::of_call(error),
    }
}
