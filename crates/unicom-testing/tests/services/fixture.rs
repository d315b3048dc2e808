//! `Fixture`: a web chat channel on a test database, with helpers for tests.

use std::time::Duration;

use serde_json::{Value, json};
use unicom_core::admin::{Actor, Extensions, NewChannel, create_channel};
use unicom_core::{Bots, OutgoingMessage, Platforms, bots::Echo};
use unicom_db::queries::chat_filters::ChatFilters;
use unicom_db::queries::chat_list::ListedChat;
use unicom_db::queries::leases::Lease;
use unicom_db::queries::queue::Claim;
use unicom_db::queries::requests::RequestFilters;
use unicom_db::queries::{accounts, chats, messages, queue, requests, visitor_access};
use unicom_db::{ChatAccess, Database, Db, DbError};
use unicom_models::{
    Account, AccountId, Channel, Chat, ChatId, Message, MessageId, PlatformKind, Request,
};
use unicom_testing::{FakePlatform, TestDatabase};
use unicom_webchat::{
    ChatPageRequest, GuestId, MessagePage, MessagePageRequest, NewMessage, Order, Saved, User,
    Visitor, WebChat, WebChatError, list_chats, list_messages, migrate_guest_to_user,
    save_webchat_message, send_webchat_message,
};

/// A web chat channel on a database.
#[derive(Debug, Clone)]
pub struct Fixture {
    pub database: Database,
    pub channel: Channel,
}

/// Returns the platforms of the tests, including this fake one.
pub fn platforms(fake: &FakePlatform) -> Platforms {
    Platforms::default().with(WebChat).with(fake.clone())
}

pub fn bots() -> Bots {
    Bots::default().with("echo", Echo)
}

/// Returns the account's read access to the chat.
pub fn access(db: &mut Db, account: &AccountId, chat_id: &ChatId) -> ChatAccess {
    let reader = visitor_access::for_reading(db, account, chat_id, None).unwrap();
    reader.unwrap().part.unwrap().access
}

/// Returns a user without an e-mail address.
pub fn user(id: &str) -> User {
    User {
        id: id.to_owned(),
        name: format!("User {id}"),
        ..User::default()
    }
}

impl Fixture {
    /// Creates a channel without a bot on the test database.
    pub fn new(db: &TestDatabase) -> Self {
        Self::with(db.database(), json!({}))
    }

    /// Creates a channel with this configuration.
    pub fn with(database: &Database, config: Value) -> Self {
        let channel = channel(database, WebChat::kind(), config);
        Self {
            database: database.clone(),
            channel,
        }
    }

    /// Creates another channel on the same database.
    pub fn another(&self, config: Value) -> Self {
        Self::with(&self.database, config)
    }

    /// Returns a guest whose request has just reached the host.
    pub fn arriving(&self, session: &str) -> Visitor {
        Visitor::guest(session).with_arrival(Some(self.database.now()))
    }

    pub fn save(&self, visitor: &Visitor, new: NewMessage) -> Result<Saved, WebChatError> {
        let (channel, visitor) = (self.channel.clone(), visitor.clone());
        self.database
            .write(move |tx| save_webchat_message(tx, &channel, &visitor, new))
            .wait()
    }

    /// Writes a message of the visitor to the default chat.
    pub fn say(&self, visitor: &Visitor, text: &str) -> Message {
        self.tell(visitor, NewMessage::text(text))
    }

    /// Writes a new message of the visitor.
    pub fn tell(&self, visitor: &Visitor, new: NewMessage) -> Message {
        let saved = self.save(visitor, new).unwrap();
        assert!(saved.is_new, "replayed: {saved:?}");
        saved.message
    }

    /// Writes a message of a bot or an admin.
    pub fn answer(&self, chat_id: &ChatId, text: &str) -> Message {
        let (channel, chat_id) = (self.channel.clone(), chat_id.clone());
        let outgoing = OutgoingMessage::text(text);
        self.database
            .write(move |tx| send_webchat_message(tx, &channel, &chat_id, outgoing))
            .wait()
            .unwrap()
    }

    /// Returns the message as it is stored.
    pub fn message(&self, id: MessageId) -> Message {
        let stored = self.read(move |db| messages::get_unchecked(db, id));
        stored.unwrap()
    }

    pub fn list(
        &self,
        visitor: &Visitor,
        page: MessagePageRequest,
    ) -> Result<MessagePage, WebChatError> {
        let visitor = visitor.clone();
        self.database
            .read(move |db| list_messages(db, &visitor, &page))
            .wait()
    }

    /// Returns the texts of the default chat on this channel, the oldest first.
    pub fn texts(&self, visitor: &Visitor) -> Vec<String> {
        let page = MessagePageRequest {
            channel_id: Some(self.channel.id),
            order: Order::OldestFirst,
            limit: 100,
            ..MessagePageRequest::default()
        };
        let page = self.list(visitor, page).unwrap();
        page.messages.into_iter().map(|found| found.text).collect()
    }

    pub fn chats_where(&self, visitor: &Visitor, filters: ChatFilters) -> Vec<ListedChat> {
        let visitor = visitor.clone();
        let page = ChatPageRequest {
            filters,
            ..ChatPageRequest::default()
        };
        self.database
            .read(move |db| list_chats(db, &visitor, &page))
            .wait()
            .unwrap()
            .chats
    }

    /// Returns all chats of the visitor, on any channel.
    pub fn chats(&self, visitor: &Visitor) -> Vec<ListedChat> {
        self.chats_where(visitor, ChatFilters::default())
    }

    pub fn chat(&self, id: &str) -> Option<Chat> {
        let id: ChatId = id.into();
        self.read(move |db| chats::get(db, &id))
    }

    pub fn account(&self, id: &str) -> Option<Account> {
        let id: AccountId = id.into();
        self.read(move |db| accounts::get(db, &id))
    }

    pub fn block(&self, visitor: &Visitor) {
        let id = visitor.account_id();
        let found = self
            .database
            .write(move |tx| accounts::set_blocked(tx, &id, true));
        assert!(found.wait().unwrap());
    }

    /// Returns all requests, the newest first.
    pub fn requests(&self) -> Vec<Request> {
        self.read(|db| requests::list(db, &RequestFilters::default(), 10_000))
    }

    pub fn request_of(&self, message: &Message) -> Request {
        let id = message.id;
        self.read(move |db| requests::of_message(db, id)).unwrap()
    }

    /// Logs in the guest of this session.
    pub fn log_in(&self, session: &str, user: &User) -> Result<Option<Account>, WebChatError> {
        let (guest, user) = (GuestId::new(session), user.clone());
        self.database
            .write(move |tx| migrate_guest_to_user(tx, &guest, &user))
            .wait()
    }

    /// Returns the number of rows of each table.
    pub fn rows(&self) -> Vec<(&'static str, i64)> {
        self.read(|db| {
            crate::schema::TABLES
                .iter()
                .map(|table| Ok((*table, crate::schema::count(db, table)?)))
                .collect()
        })
    }

    /// Returns the number of rows of one table.
    pub fn rows_of(&self, table: &'static str) -> i64 {
        self.read(move |db| crate::schema::count(db, table))
    }

    /// Returns all requests of a chat, oldest first.
    pub fn requests_of(&self, chat_id: &ChatId) -> Vec<Request> {
        let filters = RequestFilters {
            chat_id: Some(chat_id.clone()),
            ..RequestFilters::default()
        };
        let mut found = self.read(move |db| requests::list(db, &filters, 1_000_000));
        found.reverse();
        found
    }

    /// Claims up to `limit` requests as a worker does. Returns them in the order in which they were
    /// written.
    pub fn claim(&self, limit: usize, lease: Duration) -> Vec<Claim> {
        let most = i64::try_from(limit).unwrap();
        let leases = self.write(move |tx| Ok(queue::claim(tx, most, lease)?));
        let begin = |lease: Lease| self.write(move |tx| Ok(queue::begin_attempt(tx, lease)?));
        let mut claims: Vec<Claim> = leases.into_iter().filter_map(begin).collect();
        claims.sort_by_key(|claim| (claim.request.created_at, claim.request.id));
        claims
    }

    pub fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Db) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        self.database.read(f).wait().unwrap()
    }

    pub fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut unicom_db::Tx<'_>) -> Result<T, WebChatError> + Send + 'static,
    ) -> T {
        self.database.write(f).wait().unwrap()
    }
}

/// Returns the platforms and bots used by tests.
pub fn extensions() -> Extensions {
    Extensions::default()
        .with_platforms(platforms(&FakePlatform::default()))
        .with_bots(bots())
}

/// Creates a channel of any of the platforms used by tests.
pub fn channel(database: &Database, platform: impl Into<PlatformKind>, config: Value) -> Channel {
    let new = NewChannel::new(platform, "Site").with_config(config);
    database
        .write(move |tx| create_channel(tx, &Actor::COMMAND_LINE, &extensions(), new))
        .wait()
        .unwrap()
}
