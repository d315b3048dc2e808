#![doc = include_str!("../README.md")]

#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
compile_error!("unicom needs a database engine: enable the feature `sqlite` or `postgres`");

mod account;
mod address;
mod audit;
mod author;
mod bot;
mod button;
mod category;
mod channel;
pub mod channel_config;
mod chat;
mod chat_rating;
mod delivery;
mod file;
mod holder;
mod id;
mod ids;
mod json;
mod member;
mod message;
mod message_details;
mod message_status;
mod platform;
#[cfg(feature = "postgres")]
mod postgres;
mod read_position;
mod request;
/// The tables, for unicom's own queries. They may change in any version.
#[doc(hidden)]
pub mod schema;
pub mod sql_types;
#[cfg(feature = "sqlite")]
mod sqlite;
mod text_enum;
mod time;

pub use account::{Account, AccountChat};
pub use address::{Address, AddressKind, AddressScope};
pub use audit::AuditEntry;
pub use author::{Author, AuthorKind};
pub use bot::ConfiguredBot;
pub use button::{InteractiveButton, InteractiveButtons};
pub use category::{CategoryLinks, RequestCategory};
pub use channel::{Channel, ChannelId};
pub use chat::{Chat, ChatState};
pub use chat_rating::ChatRating;
pub use delivery::{Delivery, DeliveryStatus};
pub use file::{FileState, MessageFile};
pub use holder::{ChatHolder, HolderKind};
pub use id::Id;
pub use ids::{AccountId, AuditId, CategoryId, ChatId, GroupId, MemberId, MessageId, RequestId};
pub use json::{contains_nul, object_contains_nul};
pub use member::{Member, MemberGroup};
pub use message::{Direction, MediaType, Message, StoredMedia, VisibleMessage};
pub use message_details::{MediaMeasures, MessageDetails};
pub use message_status::MessageStatus;
pub use platform::PlatformKind;
pub use read_position::ReadPosition;
pub use request::{Request, RequestStatus};
pub use text_enum::UnknownValue;
pub use time::UtcTime;
