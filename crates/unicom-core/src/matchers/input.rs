//! What a matcher sees of a message.

use unicom_models::{Account, Channel, Member, Message};

/// What a matcher sees.
#[derive(Debug, Clone)]
pub struct MatchInput {
    /// The message that may belong to the category.
    pub message: Message,
    /// Who wrote it.
    pub account: Account,
    /// The person who wrote it, where known.
    pub member: Option<Member>,
    /// The channel it came through.
    pub channel: Channel,
}
