//! The names that most hosts use: `use unicom_embed::prelude::*`.

pub use unicom_core::admin::{Actor, Extensions, NewChannel, create_channel};
pub use unicom_core::{
    Bot, Bots, CoreError, OutgoingMessage, Pipeline, PipelineOptions, Platform, Platforms,
};
pub use unicom_db::{Database, Db, DbError, Event, MIGRATIONS, Tx, on_engine, transaction};
pub use unicom_models::{Account, Channel, ChannelId, Chat, ChatId, Message, MessageId};
pub use unicom_webchat::{
    MessagePageRequest, NewMessage, Visitor, WebChat, WebChatError, list_chats, list_messages,
    mark_read, migrate_guest_to_user, save_webchat_message, send_webchat_message,
    webchat_channel_or_first,
};
