#![doc = include_str!("../README.md")]

mod account;
mod branch;
mod channel;
mod chats;
mod claims;
mod click;
mod default_chat;
mod edit;
mod endings;
mod error;
mod failure_message;
mod file_types;
mod first_contact;
mod get_message;
mod guest_migration;
mod list_changes;
mod list_chats;
mod list_messages;
mod media;
mod metadata;
mod new_message;
mod opening_hours;
mod person;
mod platform;
mod pre_chat;
mod quota;
mod read_access;
mod save;
mod send_to_visitor;
mod streams;
mod title;
mod transcript;
mod visitor;
mod web_settings;
mod write_access;

pub use account::get_or_create_account;
pub use branch::Branch;
pub use channel::{webchat_channel, webchat_channel_or_first};
pub use chats::{
    ChatChange, NewChat, create_chat, delete_chat, is_progress_noted, mark_read, note_progress,
    update_chat,
};
pub use claims::{Claims, keep_claims, set_claims};
pub use click::click_button;
pub use edit::{delete_message, edit_message};
pub use endings::{NewRating, end_chat, rate_chat};
pub use error::WebChatError;
pub use file_types::FileTypes;
pub use get_message::{ShownMessage, get_message};
pub use guest_migration::{identify_guest, migrate_guest_to_user};
pub use list_changes::{Changes, Cursor, InvalidCursor, list_changes};
pub use list_chats::{
    ChatPage, ChatPageRequest, get_chat, list_chat_changes, list_chats, unread_total,
};
pub use list_messages::{
    ChatVersion, MessagePage, MessagePageRequest, MessagesRead, list_messages, list_messages_unless,
};
pub use media::media_message;
pub use metadata::check_metadata;
pub use new_message::NewMessage;
pub use opening_hours::{Day, Interval, OpenState, OpeningHours, TimeOfDay, Week, Zone};
pub use person::{
    ErasedByHost, HostIdentity, erase, find_person, find_person_to_export, record_export,
};
pub use platform::WebChat;
pub use pre_chat::{PreChatField, PreChatKind};
pub use quota::{MediaQuota, may_send_file};
pub use save::{save_webchat_message, save_webchat_message_on, store_webchat_message};
pub use send_to_visitor::send_webchat_message;
pub use streams::{StoredStream, open_stream, stop_stream};
pub use title::title_of;
pub use transcript::{TranscriptPage, TranscriptPosition, read_transcript};
pub use unicom_core::inbound::Saved;
pub use unicom_core::paging::{Anchor, Order};
pub use unicom_db::queries::message_status::Statuses;
pub use visitor::{Guest, GuestId, User, Visitor};
pub use web_settings::{
    ChannelKey, IdentityAlgorithm, IdentityKey, IdentityMode, IdentitySettings, InvalidWebSetting,
    SiteOrigin, WebSettings,
};
