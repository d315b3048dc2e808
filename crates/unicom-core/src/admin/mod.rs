//! Management: each action of an admin, with its checks, its change and its entry in the audit
//! trail.
//!
//! Each function takes the [`Actor`] who acts, and runs in the caller's transaction: the change and
//! its audit entry are stored together, or neither is. The functions that ask a provider before,
//! such as [`create_probed_channel`], begin the transaction themselves.
//!
//! The types of changes are also the JSON bodies of the routes for admins: `None` is a missing
//! field, which stays as it is. A value that can be cleared has a [`Change`].

mod accounts;
mod actor;
mod audit;
mod bots;
mod categories;
mod channels;
mod deliveries;
mod endings;
mod extensions;
mod fields;
mod groups;
mod holders;
mod members;
mod messages;
mod probed_channels;
mod requests;

pub use accounts::{block_account, unblock_account};
pub use actor::Actor;
pub use bots::{BotChange, NewBot, create_bot, delete_bot, update_bot};
pub use categories::{CategoryChange, create_category, delete_category, update_category};
pub use channels::{
    ChannelChange, NewChannel, check_channel, create_channel, create_inactive_channel,
    delete_channel, update_channel, validate_channel,
};
pub use deliveries::retry_delivery;
pub use endings::{end_chat, reopen_chat};
pub use extensions::Extensions;
pub use fields::Change;
pub use groups::{
    GroupChange, add_group_member, create_group, delete_group, remove_group_member, update_group,
};
pub use holders::{ChatTaker, release_chat, take_chat};
pub use members::{MemberChange, create_member, delete_member, update_member};
pub use messages::{list_chat_messages, send_to_chat};
pub use probed_channels::{create_probed_channel, update_probed_channel, validate_probed_channel};
pub use requests::{retry_failed_requests, retry_request};
