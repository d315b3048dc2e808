#![doc = include_str!("../README.md")]

mod account;
mod audit;
mod bot;
mod category;
mod channel;
mod chat;
mod delivery;
mod id;
mod json;
mod member;
mod message;
mod platform;
mod request;
pub mod schema;
pub mod sql_types;
mod text_enum;
mod time;

pub use account::{Account, AccountChat, AccountId};
pub use audit::{AuditEntry, AuditId};
pub use bot::ConfiguredBot;
pub use category::{CategoryId, CategoryLinks, RequestCategory};
pub use channel::{Channel, ChannelId};
pub use chat::{Chat, ChatId};
pub use delivery::{Delivery, DeliveryStatus};
pub use id::Id;
pub use json::{contains_nul, object_contains_nul};
pub use member::{GroupId, Member, MemberGroup, MemberId};
pub use message::{Direction, MediaType, Message, MessageId, StoredMedia, VisibleMessage};
pub use platform::PlatformKind;
pub use request::{Request, RequestId, RequestStatus};
pub use text_enum::UnknownValue;
pub use time::UtcTime;
