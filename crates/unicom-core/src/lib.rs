#![doc = include_str!("../README.md")]

mod bot;
mod bots;
mod channels;
mod error;
mod html;
mod incoming;
mod ingest;
pub mod media;
mod outgoing;
mod pipeline;
mod platform;
mod reply;
mod store;

pub use bot::{Bot, BotError, Bots, Incoming, Outcome};
pub use bots::Echo;
pub use channels::{bot_of, check_channel, create_channel, update_channel, validate_channel};
pub use error::CoreError;
pub use html::{plain_text, sanitize};
pub use incoming::{Appended, IncomingMessage, append_incoming};
pub use ingest::{IngestedAccount, IngestedChat, IngestedMessage, ingest};
pub use outgoing::{OutgoingMessage, append_outgoing, send_message};
pub use pipeline::{Pipeline, PipelineOptions};
pub use platform::{
    Capabilities, ChannelError, Delivery, DeliveryError, Outgoing, Platform, Platforms,
};
pub use reply::reply_with;
