//! `store_webchat_message`: stores what a transaction would, though on PostgreSQL with one statement.

use std::collections::{BTreeSet, HashMap};
use std::sync::mpsc;
use std::time::Duration;

use diesel::prelude::*;
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use unicom_core::CoreError::{EmptyMessage, IdempotencyConflict, Nul, TooLarge};
use unicom_db::queries::{accounts, channels, chats, messages};
use unicom_db::{DatabaseOptions, Engine, Event, MIGRATIONS, Tx, on_engine};
use unicom_models::schema::{
    unicom_account_chats, unicom_accounts, unicom_chats, unicom_members, unicom_messages,
    unicom_requests,
};
use unicom_models::{
    Account, AccountChat, Channel, ChannelId, Chat, ChatId, Direction, Member, Message, MessageId,
    Request,
};
use unicom_testing::{TestClock, TestDatabase, both_engines};
use unicom_webchat::WebChatError::{self, AccountBlocked, ChatNotFound, Core, NoChannel, NotFound};
use unicom_webchat::{
    NewChat, NewMessage, Saved, User, Visitor, create_chat, migrate_guest_to_user,
    save_webchat_message_on, store_webchat_message, title_of,
};

use crate::site::{Site, user};

/// On PostgreSQL: the messages that one command stored together with their requests.
const AT_ONCE: &str = "unicom_messages AS m JOIN unicom_requests AS r \
    ON r.message_id = m.id AND r.xmin = m.xmin AND r.cmin = m.cmin";

impl Site {
    fn store(&self, visitor: &Visitor, new: NewMessage) -> Result<Saved, WebChatError> {
        store_webchat_message(&self.database, None, visitor.clone(), new).wait()
    }

    /// A chat without a name.
    fn chat_of(&self, visitor: &Visitor) -> ChatId {
        let (channel, visitor) = (self.channel.clone(), visitor.clone());
        self.write(move |tx| create_chat(tx, &channel, &visitor, NewChat::default()))
            .chat
            .id
    }

    fn join(&self, visitor: &Visitor, chat_id: &ChatId) {
        let (account_id, chat_id) = (visitor.account_id(), chat_id.clone());
        self.write(move |tx| Ok(chats::join(tx, &account_id, &chat_id)?));
    }

    fn change_channel(&self, config: Value, active: bool) {
        let channel = Channel {
            config,
            active,
            ..self.channel.clone()
        };
        self.write(move |tx| Ok(channels::update(tx, &channel)?));
    }

    /// A note of the system beside `message`.
    fn internal(&self, message: &Message) -> MessageId {
        let note = Message {
            id: MessageId::new(),
            direction: Direction::Internal,
            ..message.clone()
        };
        let id = note.id;
        self.write(move |tx| Ok(messages::insert(tx, &note)?));
        id
    }

    /// Everything that writing may change, the oldest first, and who reads how many unread messages.
    fn picture(&self) -> String {
        macro_rules! rows {
            ($db:ident, $model:ident, $table:ident by $($column:ident),+) => {
                on_engine!($db, conn => $table::table
                    .order(($($table::$column),+))
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
            Ok(format!(
                "{messages:#?}{requests:#?}{chats:#?}{parts:#?}{accounts:#?}{members:#?}"
            ))
        })
    }
}

/// Numbers the ids in the order in which they are met: those of twins differ.
fn without_ids(text: &str) -> String {
    let is_between = |c: char| !c.is_ascii_hexdigit() && c != '-';
    let mut ids = HashMap::new();
    text.split_inclusive(is_between)
        .map(|piece| {
            let word = piece.trim_end_matches(is_between);
            if word.len() != 36 {
                return piece.to_owned();
            }
            let next = ids.len();
            let number = *ids.entry(word).or_insert(next);
            piece.replace(word, &format!("#{number}"))
        })
        .collect()
}

/// Two sites under one clock: what is stored on the one is saved by a transaction on the other.
struct Twins {
    sites: [Site; 2],
    heard: [Receiver<Event>; 2],
    clock: TestClock,
    /// Where the second one is.
    _database: TestDatabase,
}

impl Twins {
    fn new(db: &TestDatabase) -> Self {
        let other = match db.engine() {
            Engine::Sqlite => TestDatabase::sqlite(&[&MIGRATIONS]),
            Engine::Postgres => TestDatabase::postgres(&[&MIGRATIONS]).unwrap(),
        };
        let clock = TestClock::new();
        let sites =
            [db, &other].map(|db| Site::with(&db.connect_with(clock.options()), json!({})));
        Self {
            heard: sites.each_ref().map(|site| site.database.subscribe()),
            sites,
            clock,
            _database: other,
        }
    }

    fn each<T>(&self, f: impl FnMut(&Site) -> T) -> [T; 2] {
        self.sites.each_ref().map(f)
    }

    /// Writes on both, and makes sure that all that is told, stored and published is the same.
    fn write(
        &mut self,
        channel_id: Option<ChannelId>,
        visitor: &Visitor,
        [new, same]: [NewMessage; 2],
    ) -> Result<Saved, WebChatError> {
        self.clock.advance(Duration::from_millis(1500));
        let before = self.sites[0].picture();
        let mut hear = |n: usize| -> Vec<Event> {
            std::iter::from_fn(|| self.heard[n].try_recv().ok()).collect()
        };
        let _earlier = [hear(0), hear(1)];
        let writer = visitor.clone();
        let stored = store_webchat_message(&self.sites[0].database, channel_id, visitor.clone(), new);
        let saved = self.sites[1].database.write(move |tx| save_webchat_message_on(tx, channel_id, &writer, same));
        let outcomes = [stored.wait(), saved.wait()];
        let events = [hear(0), hear(1)];
        let pictures = self.each(Site::picture);
        let [told, expected] = [0, 1].map(|n| {
            let (outcome, events, picture) = (&outcomes[n], &events[n], &pictures[n]);
            without_ids(&format!("{outcome:#?}\n{events:#?}\n{picture}"))
        });
        for (line, expected) in told.lines().zip(expected.lines()) {
            assert_eq!(line, expected, "{told}");
        }
        assert_eq!(told.len(), expected.len());
        let [picture, _] = pictures;
        let [outcome, _] = outcomes;
        match &outcome {
            Ok(Saved::New(message)) => {
                let shown = format!("{message:#?}").replace('\n', "\n    ");
                assert!(picture.contains(&shown), "returned: {shown}, stored: {picture}");
                let [Event::MessageSaved { message_id, .. }, Event::RequestReady { request_id }] = &events[0][..] else {
                    panic!("{events:?}");
                };
                assert_eq!(*message_id, message.id);
                assert_eq!(*request_id, self.sites[0].request_of(message).id);
            }
            Ok(Saved::Replayed(_)) => assert!(events[0].is_empty(), "{events:?}"),
            Err(_) => {
                assert!(events[0].is_empty(), "{events:?}");
                assert_eq!(picture, before);
            }
        }
        outcome
    }

    /// The same on both, where no channel is named.
    fn say(&mut self, visitor: &Visitor, new: NewMessage) -> Result<Saved, WebChatError> {
        self.write(None, visitor, [new.clone(), new])
    }

    /// Messages that were stored with one statement; none on SQLite.
    fn at_once(&self) -> Option<i64> {
        (self.sites[0].database.engine() == Engine::Postgres).then(|| {
            let [count, of_transactions] = self.each(|site| site.rows_of(AT_ONCE));
            assert_eq!(of_transactions, 0);
            count
        })
    }

    /// The same, and on PostgreSQL it must have taken one statement alone.
    fn usual(&mut self, on: Option<ChannelId>, visitor: &Visitor, new: [NewMessage; 2]) -> Message {
        let before = self.at_once();
        let said = format!("{new:?}");
        let Ok(Saved::New(message)) = self.write(on, visitor, new) else {
            panic!("not stored: {said}");
        };
        assert_eq!(self.at_once(), before.map(|count| count + 1), "{said}");
        message
    }
}

/// The same for both twins.
fn text(text: impl Into<String>) -> [NewMessage; 2] {
    [(); 2].map({
        let text = text.into();
        move |()| NewMessage::text(text.clone())
    })
}

fn named(text: &str, client_id: &str) -> NewMessage {
    NewMessage {
        client_message_id: Some(client_id.to_owned()),
        ..NewMessage::text(text)
    }
}

fn reply(text: &str, to: MessageId) -> NewMessage {
    NewMessage {
        reply_to_message_id: Some(to),
        ..NewMessage::text(text)
    }
}

/// A user with an e-mail address.
fn ann(id: &str, email_verified: bool) -> Visitor {
    Visitor::User(User {
        email: Some(" Ann@Example.ORG ".to_owned()),
        email_verified,
        ..user(id)
    })
}

both_engines! {
    fn a_text_is_stored_as_in_a_transaction(db: &TestDatabase) {
        let mut twins = Twins::new(db);
        let (on, reader) = (twins.sites[0].channel.id, Visitor::guest("reader"));
        twins.say(&reader, NewMessage::text("mine")).unwrap();
        for visitor in [Visitor::guest("g"), ann("verified", true), ann("claimed", false)] {
            twins.say(&visitor, NewMessage::text("Hi, my order?")).unwrap();
            let home = ChatId::from(visitor.account_id().as_str());
            let answers = twins.each(|site| {
                site.join(&reader, &home);
                site.answer(&home, "Which one?").id
            });
            assert_eq!(twins.sites[0].unread(&visitor), [1]);
            let message = twins.usual(None, &visitor, text(format!(" {}\n", "rød ".repeat(99))));
            let request = twins.sites[0].request_of(&message);
            assert_eq!(request.display_text.chars().count(), 200);
            assert_eq!(request.email.as_deref(), (visitor == ann("verified", true)).then_some("ann@example.org"));
            assert_eq!(twins.sites[0].unread(&visitor), [0]);
            for bits in 0..16 {
                let has = |bit: i32| bits & bit != 0;
                let new = answers.map(|answer| NewMessage {
                    chat_id: has(1).then(|| home.clone()),
                    client_message_id: has(2).then(|| format!("c-{bits}")),
                    reply_to_message_id: has(4).then_some(answer),
                    ..NewMessage::text(format!("text {bits}"))
                });
                twins.usual(has(8).then_some(on), &visitor, new);
            }
            assert!(twins.sites[0].unread(&reader).contains(&18), "an answer and 17 texts");
        }
    }

    fn the_first_text_names_a_chat_without_a_name(db: &TestDatabase) {
        let mut twins = Twins::new(db);
        let guest = Visitor::guest("g");
        let ids = twins.each(|site| site.chat_of(&guest));
        for said in ["Hello, where is it?", "Hello, and this?"] {
            twins.usual(None, &guest, ids.clone().map(|id| NewMessage::text(said).in_chat(id)));
            let chat = twins.sites[0].chat(ids[0].as_str()).unwrap();
            assert_eq!(chat.name.as_deref(), Some("where is it?"));
        }
    }

    fn what_is_refused_stores_nothing(db: &TestDatabase) {
        let mut twins = Twins::new(db);
        let guest = Visitor::guest("g");
        let foreign = twins.each(|site| site.say(&ann("7", true), "not yours"));
        let home = twins.each(|site| site.say(&guest, "mine")).map(|mine| mine.chat_id)[0].clone();
        let notes = twins.each(|site| {
            let answer = site.answer(&home, "answer");
            site.internal(&answer)
        });
        let away = twins.each(|site| {
            let id = site.chat_of(&guest);
            site.tell(&guest, NewMessage::text("elsewhere").in_chat(id)).id
        });
        for chat in ["no-such-chat", foreign[0].chat_id.as_str(), "a\0b"] {
            let refused = twins.say(&guest, NewMessage::text("x").in_chat(chat));
            assert!(matches!(refused, Err(ChatNotFound | Core(_))), "{chat}: {refused:?}");
            assert!(chat.contains('\0') || matches!(refused, Err(ChatNotFound)), "{chat}: {refused:?}");
        }
        for to in [foreign.map(|message| message.id), notes, away, [MessageId::new(); 2]] {
            for named in [None, Some(home.clone())] {
                let new = to.map(|id| NewMessage { chat_id: named.clone(), ..reply("x", id) });
                assert!(matches!(twins.write(None, &guest, new), Err(NotFound)));
            }
        }
        let long = "x".repeat(262_145);
        for said in ["", " \n\t", "a\0b", &long] {
            let refused = twins.say(&guest, NewMessage::text(said));
            assert!(matches!(refused, Err(Core(EmptyMessage | Nul { .. } | TooLarge { .. }))), "{refused:?}");
        }
        assert!(matches!(twins.say(&guest, named("x", "a\0b")), Err(Core(Nul { .. }))));
        let metadata = json!({"a": "\0"}).as_object().cloned();
        let refused = twins.say(&guest, NewMessage { metadata, ..NewMessage::text("x") });
        assert!(matches!(refused, Err(WebChatError::InvalidField { .. })), "{refused:?}");
        assert!(twins.say(&Visitor::user("7", "a\0b"), NewMessage::text("x")).is_err());
        for visitor in [guest, ann("7", true)] {
            twins.each(|site| site.block(&visitor));
            let home = visitor.account_id();
            for new in [NewMessage::text("x"), NewMessage::text("x").in_chat(home.as_str())] {
                assert!(matches!(twins.say(&visitor, new), Err(AccountBlocked)));
            }
        }
    }

    fn a_client_id_is_stored_once(db: &TestDatabase) {
        let mut twins = Twins::new(db);
        let visitors = [Visitor::guest("g"), ann("7", true)];
        for visitor in visitors {
            let first = twins.each(|site| site.say(&visitor, "one"));
            let chat = &first[0].chat_id;
            twins.usual(None, &visitor, [named("two", "c"), named("two", "c")]);
            let rows = twins.sites[0].rows();
            for again in [named("two", "c"), named(" two ", "c"), named("two", "c").in_chat(chat.clone())] {
                assert!(matches!(twins.say(&visitor, again), Ok(Saved::Replayed(_))));
            }
            assert_eq!(twins.sites[0].rows(), rows);
            let others = twins.each(|site| site.chat_of(&visitor));
            for other in [
                [named("three", "c"), named("three", "c")],
                others.map(|id| named("two", "c").in_chat(id)),
                first.map(|first| NewMessage { reply_to_message_id: Some(first.id), ..named("two", "c") }),
            ] {
                let refused = twins.write(None, &visitor, other);
                assert!(matches!(refused, Err(Core(IdempotencyConflict { .. }))), "{refused:?}");
            }
        }
    }

    fn the_channel_is_the_one_that_is_meant(db: &TestDatabase) {
        let mut twins = Twins::new(db);
        let guest = Visitor::guest("g");
        let second = twins.each(|site| site.another(json!({})));
        let on = Some(second[0].channel.id);
        let home = twins.each(|site| site.say(&guest, "one").chat_id)[0].clone();
        let in_home = [(); 2].map(|()| NewMessage::text("x").in_chat(home.clone()));
        // The other channel has a default chat of its own; a named chat is where it is.
        let away = twins.write(on, &guest, text("two")).unwrap().into_message();
        assert_eq!((Some(away.channel_id), away.chat_id == home), (on, false));
        let named = twins.write(on, &guest, in_home.clone()).unwrap().into_message();
        assert_eq!((named.chat_id, Some(named.channel_id) == on), (home.clone(), false));
        let in_away = [(); 2].map(|()| NewMessage::text("x").in_chat(away.chat_id.clone()));
        for channel_id in [None, on] {
            let message = twins.usual(channel_id, &guest, in_away.clone());
            assert_eq!(Some(message.channel_id), on);
        }
        for new in [text("x"), in_home.clone()] {
            let refused = twins.write(Some(ChannelId(999)), &guest, new);
            assert!(matches!(refused, Err(NoChannel)), "{refused:?}");
        }
        // With `new_chat`, only what names a chat goes into one that is there.
        twins.each(|site| site.change_channel(json!({"new_chat": "always"}), true));
        let [three, four] = ["three", "four"].map(|said| twins.write(None, &guest, text(said)).unwrap().into_message().chat_id);
        assert!(BTreeSet::from([&home, &three, &four]).len() == 3, "{three}, {four}");
        twins.usual(None, &guest, in_home.clone());
        // Switched off, it takes nothing, and the other one is the first.
        twins.each(|site| site.change_channel(json!({}), false));
        let off = Some(twins.sites[0].channel.id);
        for (channel_id, new) in [(None, in_home.clone()), (off, in_home), (off, text("x"))] {
            let refused = twins.write(channel_id, &guest, new);
            assert!(matches!(refused, Err(NoChannel)), "{refused:?}");
        }
        assert_eq!(twins.write(None, &guest, text("five")).unwrap().into_message().chat_id, away.chat_id);
        twins.usual(None, &guest, in_away);
        for site in second {
            let other = Site { channel: site.channel.clone(), ..twins.sites[0].clone() };
            Site { database: site.database, ..other }.change_channel(json!({}), false);
        }
        assert!(matches!(twins.write(None, &guest, text("x")), Err(NoChannel)));
    }

    fn the_account_is_the_person_that_the_host_names(db: &TestDatabase) {
        let mut twins = Twins::new(db);
        let account = |twins: &Twins| twins.sites[0].account("webchat_user_7").unwrap();
        twins.say(&Visitor::user("7", "Ann"), NewMessage::text("one")).unwrap();
        let renamed = Visitor::user("7", "Ann Lee");
        for _ in 0..2 {
            let message = twins.say(&renamed, NewMessage::text("two")).unwrap().into_message();
            assert_eq!((message.sender_name, account(&twins).name), ("Ann Lee".to_owned(), "Ann Lee".to_owned()));
        }
        twins.usual(None, &renamed, text("three"));
        // An account without a member gets it back.
        twins.each(|site| site.write(|tx| Ok(accounts::set_person(tx, &"webchat_user_7".into(), "Ann Lee", None)?)));
        twins.say(&renamed, NewMessage::text("four")).unwrap();
        assert!(account(&twins).member_id.is_some());
        // What a guest sends who has just logged in is the user's.
        twins.each(|site| {
            site.say(&Visitor::guest("g"), "five");
            site.log_in("g", &user("7")).unwrap();
        });
        let late = twins.say(&Visitor::guest("g"), NewMessage::text("six")).unwrap().into_message();
        assert_eq!(late.sender_id, Some(account(&twins).id));
    }
}
