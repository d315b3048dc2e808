#![doc = include_str!("../README.md")]

mod answer;
mod audit;
mod bot;
mod bots;
mod buttons;
mod categories;
mod channels;
mod chosen_bot;
mod click;
mod configured_bots;
mod contact;
mod error;
mod form;
mod html;
mod incoming;
mod ingest;
mod invisible;
pub mod matchers;
pub mod media;
mod members;
mod outgoing;
mod person;
mod pipeline;
mod platform;
mod replies_json;
mod reply;
mod retention;
mod store;

pub use answer::{answer_request, open_request, token_hash};
pub use audit::{config_for_audit, fields_set, record_audit};
pub use bot::{Bot, BotError, Bots, Incoming, Outcome, Usage};
pub use bots::Echo;
pub use buttons::{Button, Buttons, InteractiveButton, InteractiveButtons};
pub use categories::{CategoryChange, create_category, update_category};
pub use channels::{check_channel, create_channel, update_channel, validate_channel};
pub use chosen_bot::{ChosenBot, check_bot_setting};
pub use click::{FoundButton, click, find_button};
pub use configured_bots::{create_bot, delete_bot, update_bot};
pub use contact::{email_address, phone_number};
pub use error::CoreError;
pub use html::CleanHtml;
pub use incoming::{
    Appended, IncomingMessage, UsualPlace, append_incoming, append_incoming_at_once,
};
pub use ingest::{IngestedAccount, IngestedChat, IngestedMessage, ingest};
pub use invisible::{is_invisible, without_invisible};
pub use members::{
    GroupChange, MemberChange, create_group, create_member, join_group, update_group, update_member,
};
pub use outgoing::{OutgoingMessage, append_outgoing, send_message, sender_name};
pub use person::{Erased, ExportError, ExportedFile, Person, Whom, erase_person, export_person};
pub use pipeline::{Pipeline, PipelineOptions};
pub use platform::{
    Capabilities, ChannelError, Delivery, DeliveryError, Outgoing, Platform, Platforms,
};
pub use replies_json::{InvalidReplies, MOST_REPLIES, replies_from_json};
pub use reply::reply_with;
pub use retention::{
    Expired, ExpiredOfChannel, apply_retention, preview_retention, retention_days,
};
