//! `MatchInput`: the data that a matcher sees.

use unicom_models::{Account, Channel, Member, Message};

/// The data that a matcher sees: a message and its context.
#[derive(Debug, Clone)]
pub struct MatchInput {
    /// The message that may belong to the category.
    pub message: Message,
    /// The account that sent the message.
    pub account: Account,
    /// The member that the account belongs to, if it is known.
    pub member: Option<Member>,
    /// The channel on which the message arrived.
    pub channel: Channel,
}
