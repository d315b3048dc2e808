//! `Equivalence`: two sites with one clock, one of which stores with a single statement what the
//! other saves in a transaction.

use std::collections::HashMap;
use std::time::Duration;

use diesel::prelude::*;
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use unicom_db::queries::{channels, chats, messages};
use unicom_db::{Engine, Event, MIGRATIONS, Tx, on_engine};
use unicom_models::{
    Account, AccountChat, ChannelId, Chat, ChatId, Direction, Member, Message, Request, schema,
};
use unicom_testing::{TestClock, TestDatabase};
use unicom_webchat::{
    NewChat, NewMessage, Saved, User, Visitor, WebChatError, create_chat, save_webchat_message_on,
    store_webchat_message,
};

use crate::fixture::{Fixture, user};

/// On PostgreSQL: the messages that one command stored together with their requests.
pub const FAST_PATH_ROWS: &str = "unicom_messages AS m JOIN unicom_requests AS r \
    ON r.message_id = m.id AND r.xmin = m.xmin AND r.cmin = m.cmin";

impl Fixture {
    pub fn store(&self, visitor: &Visitor, new: NewMessage) -> Result<Saved, WebChatError> {
        store_webchat_message(&self.database, None, visitor.clone(), new).wait()
    }

    /// Stores a message while a transaction with a change is not committed yet.
    pub fn store_meanwhile(
        &self,
        visitor: &Visitor,
        new: NewMessage,
        change: impl FnOnce(&mut Tx<'_>) -> Result<(), WebChatError> + Send + 'static,
    ) -> Result<Saved, WebChatError> {
        let (tell, changed) = std::sync::mpsc::channel();
        let changing = self.database.write(move |tx| {
            change(tx)?;
            tell.send(()).unwrap();
            std::thread::sleep(Duration::from_millis(300));
            Ok::<_, WebChatError>(())
        });
        changed.recv().unwrap();
        let saved = self.store(visitor, new);
        changing.wait().unwrap();
        saved
    }

    /// Creates a chat without a name.
    pub fn new_chat(&self, visitor: &Visitor) -> ChatId {
        let (channel, visitor) = (self.channel.clone(), visitor.clone());
        let listed = self.write(move |tx| create_chat(tx, &channel, &visitor, NewChat::default()));
        listed.chat.id
    }

    pub fn join(&self, visitor: &Visitor, chat_id: &ChatId) {
        let (account_id, chat_id) = (visitor.account_id(), chat_id.clone());
        self.write(move |tx| Ok(chats::join(tx, &account_id, &chat_id)?));
    }

    pub fn set_channel(&self, config: Value, active: bool) {
        let mut channel = self.channel.clone();
        (channel.config, channel.active) = (config, active);
        self.write(move |tx| Ok(channels::update(tx, &channel)?));
    }

    /// Returns all rows that writing may change, the oldest first.
    pub fn picture(&self) -> String {
        macro_rules! rows {
            ($db:ident, $model:ident, $table:ident by $first:ident, $then:ident) => {
                on_engine!($db, conn => schema::$table::table
                    .order((schema::$table::$first, schema::$table::$then))
                    .select($model::as_select())
                    .load::<$model>(conn))?
            };
        }
        self.read(|db| {
            let messages = rows!(db, Message, unicom_messages by timestamp, direction);
            let requests = rows!(db, Request, unicom_requests by created_at, due_at);
            let chats = rows!(db, Chat, unicom_chats by created_at, channel_id);
            let parts = rows!(db, AccountChat, unicom_account_chats by created_at, account_id);
            let accounts = rows!(db, Account, unicom_accounts by id, name);
            let members = rows!(db, Member, unicom_members by created_at, name);
            let people = (accounts, members);
            Ok(format!(
                "{messages:#?}{requests:#?}{chats:#?}{parts:#?}{people:#?}"
            ))
        })
    }
}

/// Numbers the ids in the order in which they occur, since those of the two sites differ.
pub fn without_ids(text: &str) -> String {
    let is_between = |c: char| !c.is_ascii_hexdigit() && c != '-';
    let mut ids = HashMap::new();
    let pieces = text.split_inclusive(is_between).map(|piece| {
        let word = piece.trim_end_matches(is_between);
        if word.len() != 36 {
            return piece.to_owned();
        }
        let next = ids.len();
        piece.replace(word, &format!("#{}", ids.entry(word).or_insert(next)))
    });
    pieces.collect()
}

/// Two sites with one clock: what is stored on one is saved in a transaction on the other.
pub struct Equivalence {
    pub sites: [Fixture; 2],
    pub receivers: [Receiver<Event>; 2],
    pub clock: TestClock,
    /// How far the clock moves before each message.
    pub step: Duration,
    /// The database of the second site.
    _database: TestDatabase,
}

impl Equivalence {
    pub fn new(db: &TestDatabase) -> Self {
        let other = match db.engine() {
            #[cfg(feature = "postgres")]
            Engine::Postgres => TestDatabase::postgres(&[&MIGRATIONS]).unwrap(),
            _ => TestDatabase::on_any_engine(&[&MIGRATIONS]),
        };
        let clock = TestClock::new();
        let sites =
            [db, &other].map(|db| Fixture::with(&db.connect_with(clock.options()), json!({})));
        Self {
            receivers: sites.each_ref().map(|site| site.database.subscribe()),
            sites,
            clock,
            step: Duration::from_millis(1500),
            _database: other,
        }
    }

    pub fn each<T>(&self, f: impl FnMut(&Fixture) -> T) -> [T; 2] {
        self.sites.each_ref().map(f)
    }

    pub fn take_events(&mut self) -> [Vec<Event>; 2] {
        let receivers = self.receivers.each_mut();
        receivers.map(|receivers| std::iter::from_fn(|| receivers.try_recv().ok()).collect())
    }

    /// Writes on both sites, and checks that the results, the published events and the stored rows
    /// are equal.
    pub fn write(
        &mut self,
        on: Option<ChannelId>,
        visitor: &Visitor,
        [new, same]: [NewMessage; 2],
    ) -> Result<Saved, WebChatError> {
        self.clock.advance(self.step);
        self.take_events();
        let before = self.sites[0].picture();
        let [one, other] = self.each(|site| site.database.clone());
        let stored = store_webchat_message(&one, on, visitor.clone(), new).wait();
        let writer = visitor.clone();
        let saved = other.write(move |tx| save_webchat_message_on(tx, on, &writer, same));
        let saved = saved.wait();
        let (events, pictures) = (self.take_events(), self.each(Fixture::picture));
        let describe = |outcome: &_, n: usize| {
            without_ids(&format!("{outcome:#?}\n{:#?}\n{}", events[n], pictures[n]))
        };
        let (found, expected) = (describe(&stored, 0), describe(&saved, 1));
        for (line, expected) in found.lines().zip(expected.lines()) {
            assert_eq!(line, expected, "{found}");
        }
        assert_eq!(found.len(), expected.len());
        let expected = match &stored {
            Ok(Saved {
                message,
                is_new: true,
                ..
            }) => {
                let (id, request) = (message.id, self.sites[0].request_of(message));
                let row = self.sites[0].read(move |db| messages::get_unchecked(db, id));
                assert_eq!(row.as_ref(), Some(message));
                let chat_id = message.chat_id.clone();
                let chat_changed = Event::ChatChanged {
                    chat_id: chat_id.clone(),
                };
                let message_saved = Event::MessageSaved {
                    chat_id,
                    message_id: id,
                    direction: Direction::Incoming,
                };
                let request_id = request.id;
                let ready = Event::RequestReady { request_id };
                vec![chat_changed, message_saved, ready]
            }
            Ok(Saved { is_new: false, .. }) | Err(_) => {
                assert_eq!(pictures[0], before);
                Vec::new()
            }
        };
        // Whether the account or the chat is new depends on what was written before.
        let published = events[0].iter();
        let of_message = published.filter(|event| !matches!(event, Event::AccountChanged { .. }));
        assert!(of_message.eq(&expected), "{events:?}");
        stored
    }

    /// Returns the number of messages that were stored with a single statement.
    pub fn at_once(&self) -> i64 {
        match self.sites[0].database.engine() {
            Engine::Sqlite => 0,
            Engine::Postgres => self.sites[0].rows_of(FAST_PATH_ROWS),
        }
    }

    /// Writes something new, with a single statement or in a transaction.
    pub fn tell(
        &mut self,
        on: Option<ChannelId>,
        visitor: &Visitor,
        new: [NewMessage; 2],
    ) -> Message {
        match self.write(on, visitor, new) {
            Ok(Saved {
                message,
                is_new: true,
                ..
            }) => message,
            other => panic!("not stored: {other:?}"),
        }
    }

    /// Writes something new, and checks that PostgreSQL used a single statement.
    pub fn usual(
        &mut self,
        on: Option<ChannelId>,
        visitor: &Visitor,
        new: [NewMessage; 2],
    ) -> Message {
        let before = self.at_once();
        let message = self.tell(on, visitor, new);
        let one = i64::from(self.sites[0].database.engine() == Engine::Postgres);
        assert_eq!(self.at_once(), before + one, "{message:?}");
        message
    }

    /// Checks that a message is refused with an error whose name begins with `why`.
    pub fn refused(
        &mut self,
        on: Option<ChannelId>,
        visitor: &Visitor,
        new: [NewMessage; 2],
        why: &str,
    ) {
        let refused = format!("{:?}", self.write(on, visitor, new));
        let reason = refused
            .trim_start_matches("Err(")
            .trim_start_matches("Core(");
        assert!(
            reason != refused && reason.starts_with(why),
            "{why}: {refused}"
        );
    }
}

pub fn both(new: NewMessage) -> [NewMessage; 2] {
    [new.clone(), new]
}

pub fn text(text: &str) -> [NewMessage; 2] {
    both(NewMessage::text(text))
}

pub fn in_chat(chat_id: impl Into<ChatId>) -> [NewMessage; 2] {
    both(NewMessage::text("x").in_chat(chat_id))
}

pub fn named(text: &str, client_id: &str) -> NewMessage {
    NewMessage {
        client_message_id: Some(client_id.to_owned()),
        ..NewMessage::text(text)
    }
}

/// Returns a user with an e-mail address.
pub fn ann(id: &str, email_verified: bool) -> Visitor {
    Visitor::User(User {
        email: Some(" Ann@Example.ORG ".to_owned()),
        email_verified,
        ..user(id)
    })
}
