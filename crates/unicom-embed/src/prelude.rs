//! The names that most hosts use: `use unicom_embed::prelude::*`.

pub use unicom_core::admin::{
    Actor, CategoryChange, Change, Extensions, NewChannel, block_account, create_category,
    create_channel, unblock_account,
};
pub use unicom_core::bots::{Bot, BotContext, BotError, Bots, Echo, Outcome};
pub use unicom_core::buttons::{Button, Buttons};
pub use unicom_core::housekeeping::Housekeeping;
pub use unicom_core::matchers::MatchInput;
pub use unicom_core::media::{MediaStore, NoMedia};
pub use unicom_core::{
    BoxFuture, Bytes, CoreError, OutgoingMessage, Pipeline, PipelineOptions, Platform, Platforms,
};
pub use unicom_db::{
    ChatFilters, Committed, ConnectionManager, Database, Db, DbError, Event, MIGRATIONS,
    Migrations, Tx, by_engine, on_engine, transaction,
};
pub use unicom_internal::Internal;
pub use unicom_models::{
    Account, AccountId, Channel, ChannelId, Chat, ChatId, Direction, MediaType, Member, Message,
    MessageId, PlatformKind, Request, RequestId, UtcTime, VisibleMessage,
};
pub use unicom_webchat::{
    Anchor, Branch, ChatPageRequest, GuestId, HostIdentity, MessagePageRequest, NewChat,
    NewMessage, Order, Saved, User, Visitor, WebChat, WebChatError, click_button, create_chat,
    delete_message, edit_message, list_chats, list_messages, mark_read, migrate_guest_to_user,
    save_webchat_message, send_webchat_message, store_webchat_message, webchat_channel_or_first,
};

#[cfg(feature = "content")]
pub use unicom_content::{html::sanitize, media::ObjectMediaStore};
#[cfg(feature = "http")]
pub use unicom_http::{Api, ApiError, IdentityProvider};
#[cfg(feature = "matchers")]
pub use unicom_matchers::Matchers;
