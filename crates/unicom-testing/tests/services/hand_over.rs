//! Tests of chats that a person takes from a bot, gives back, or gets from a bot.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::sync::Semaphore;
use unicom_core::admin::{Actor, ChatTaker, release_chat, take_chat};
use unicom_core::bots::{BotContext, HandOver, Outcome};
use unicom_core::{Bots, CoreError, OutgoingMessage};
use unicom_db::queries::chat_list::AdminListedChat;
use unicom_db::queries::queue::LEFT_TO_PEOPLE;
use unicom_db::queries::{audit, holders};
use unicom_models::{ChatId, HolderKind, Message, RequestStatus};
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::{Changes, Cursor, Visitor, list_changes, send_webchat_message};

use crate::fixture::{Fixture, bots, user};
use crate::pipeline::{Running, quick, until};

/// A bot that waits for leave before it answers.
#[derive(Clone)]
struct Waiting {
    asked: Arc<AtomicUsize>,
    leave: Arc<Semaphore>,
}

impl Waiting {
    fn new() -> Self {
        Self {
            asked: Arc::default(),
            leave: Arc::new(Semaphore::new(0)),
        }
    }

    fn bots(&self) -> Bots {
        let waiting = self.clone();
        Bots::default().with("echo", move |context: BotContext| {
            let waiting = waiting.clone();
            async move {
                waiting.asked.fetch_add(1, Ordering::SeqCst);
                waiting.leave.acquire().await.unwrap().forget();
                Ok(Outcome::text(format!("bot: {}", context.message.text)))
            }
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn ann() -> ChatTaker {
    ChatTaker {
        user_id: "7".to_owned(),
        name: "Ann".to_owned(),
    }
}

fn bob() -> ChatTaker {
    ChatTaker {
        user_id: "8".to_owned(),
        name: "Bob".to_owned(),
    }
}

impl Fixture {
    fn take_chat(
        &self,
        id: &ChatId,
        who: ChatTaker,
        force: bool,
    ) -> Result<AdminListedChat, CoreError> {
        let id = id.clone();
        let actor = Actor::user(&who.user_id);
        let taken = self
            .database
            .write(move |tx| take_chat(tx, &actor, &id, who, force));
        taken.wait()
    }

    fn release_chat(
        &self,
        id: &ChatId,
        who: &ChatTaker,
        force: bool,
    ) -> Result<AdminListedChat, CoreError> {
        let (id, user_id) = (id.clone(), who.user_id.clone());
        let actor = Actor::user(&user_id);
        let released = self
            .database
            .write(move |tx| release_chat(tx, &actor, &id, &user_id, force));
        released.wait()
    }

    fn until_left(&self, message: &Message) {
        until("the request is left to people", || {
            let request = self.request_of(message);
            request.due_at.is_none()
                && request.status == RequestStatus::Queued
                && request.error.as_deref() == Some(LEFT_TO_PEOPLE)
        });
    }

    fn until_texts(&self, visitor: &Visitor, texts: &[&str]) {
        until("the messages are there", || self.texts(visitor) == texts);
    }

    /// A person writes, as the inbox does.
    fn write_as(&self, who: &ChatTaker, chat_id: &ChatId, text: &str) {
        let outgoing = OutgoingMessage {
            user_id: Some(who.user_id.clone()),
            sender_name: Some(who.name.clone()),
            ..OutgoingMessage::text(text)
        };
        let (channel, chat_id) = (self.channel.clone(), chat_id.clone());
        let sent = self
            .database
            .write(move |tx| send_webchat_message(tx, &channel, &chat_id, outgoing));
        sent.wait().unwrap();
    }

    fn changes(&self, visitor: &Visitor, chat_id: &ChatId, since: Option<Cursor>) -> Changes {
        let (visitor, chat_id) = (visitor.clone(), chat_id.clone());
        self.read(move |db| Ok(list_changes(db, &visitor, &chat_id, since).unwrap()))
    }
}

both_engines! {
    fn reply_that_was_being_made_is_refused(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let bot = Waiting::new();
        let _running = Running::start(db.database(), bot.bots(), quick());
        let guest = Visitor::guest("g");
        let asked = site.say(&guest, "one");
        until("the bot is asked", || bot.asked() == 1);
        let taken = site.take_chat(&asked.chat_id, ann(), false).unwrap();
        assert!(taken.chat.is_held);
        // The request says why, before and after the bot answers.
        let request = site.request_of(&asked);
        assert_eq!((request.status, request.due_at), (RequestStatus::Queued, None));
        assert_eq!(request.error.as_deref(), Some(LEFT_TO_PEOPLE));
        bot.leave.add_permits(1);
        // The bot answers elsewhere meanwhile, so its first answer has been refused by then.
        let other = Visitor::guest("h");
        bot.leave.add_permits(1);
        site.say(&other, "elsewhere");
        site.until_texts(&other, &["elsewhere", "bot: elsewhere"]);
        assert_eq!(site.texts(&guest), ["one"]);
        assert_eq!(site.request_of(&asked), request);
    }

    fn taken_chat_is_not_answered_until_it_is_given_back(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let _running = Running::start(db.database(), bots(), quick());
        let guest = Visitor::guest("g");
        let first = site.say(&guest, "one");
        site.until_texts(&guest, &["one", "Echo: one"]);
        site.take_chat(&first.chat_id, ann(), false).unwrap();
        let second = site.say(&guest, "two");
        site.until_left(&second);
        // A person has answered: the bot answers only what comes after the chat is given back.
        site.write_as(&ann(), &first.chat_id, "Ann: two");
        site.release_chat(&first.chat_id, &ann(), false).unwrap();
        site.say(&guest, "three");
        site.until_texts(&guest, &["one", "Echo: one", "two", "Ann: two", "three", "Echo: three"]);
        assert_eq!(site.request_of(&second).error.as_deref(), Some(LEFT_TO_PEOPLE));

        // No person has answered: the bot answers what was written meanwhile.
        site.take_chat(&first.chat_id, ann(), false).unwrap();
        let fourth = site.say(&guest, "four");
        site.until_left(&fourth);
        let released = site.release_chat(&first.chat_id, &ann(), false).unwrap();
        assert!(!released.chat.is_held);
        until("the bot answers", || site.texts(&guest).contains(&"Echo: four".to_owned()));
        assert_eq!(site.request_of(&fourth).status, RequestStatus::Completed);
        assert_eq!(site.request_of(&fourth).error, None);
    }

    fn chat_of_another_person_is_taken_by_force_only(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo", "bot_name": "Robin"}));
        let chat_id = site.say(&Visitor::guest("g"), "one").chat_id;
        let missing = site.take_chat(&"nowhere".into(), ann(), false);
        assert!(matches!(missing, Err(CoreError::ChatNotFound(_))));
        // Giving back what no one holds changes nothing.
        let bots = site.release_chat(&chat_id, &ann(), false).unwrap();
        assert_eq!(bots.shown.unwrap().name.as_deref(), Some("Robin"));
        let first = site.take_chat(&chat_id, ann(), false).unwrap();
        let again = site.take_chat(&chat_id, ann(), false).unwrap();
        assert_eq!(first.holder, again.holder);
        for refused in [site.take_chat(&chat_id, bob(), false), site.release_chat(&chat_id, &bob(), false)] {
            let refused = refused.unwrap_err();
            assert_eq!(refused.code(), "chat_taken");
            assert!(refused.to_string().contains("held by Ann"), "{refused}");
        }
        let taken = site.take_chat(&chat_id, bob(), true).unwrap().holder.unwrap();
        assert_eq!((taken.kind, taken.user_id.as_deref()), (HolderKind::Staff, Some("8")));
        site.release_chat(&chat_id, &ann(), true).unwrap();
        let trail = site.read(|db| audit::list(db, None, 10));
        let trail = trail.iter().map(|entry| (entry.actor.as_str(), entry.action.as_str(), &entry.details));
        let trail: Vec<_> = trail.filter(|(_, action, _)| action.starts_with("chat.")).collect();
        let (by_ann, by_bob, released) = (
            json!({"user_id": "7", "from_user_id": null}),
            json!({"user_id": "8", "from_user_id": "7"}),
            json!({"from_user_id": "8"}),
        );
        let expected = [
            ("user:7", "chat.release", &released),
            ("user:8", "chat.take", &by_bob),
            ("user:7", "chat.take", &by_ann),
        ];
        assert_eq!(trail, expected);
    }

    fn readers_are_told_who_answers(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo", "bot_name": "Robin"}));
        let guest = Visitor::guest("g");
        let chat_id = site.say(&guest, "one").chat_id;
        let mut cursor = site.changes(&guest, &chat_id, None).cursor();
        let mut told = |after: &str| {
            let changes = site.changes(&guest, &chat_id, Some(cursor));
            cursor = changes.cursor();
            let Changes::Applied { holder, .. } = changes else { panic!("{after}: reset") };
            holder.map(|holder| holder.map(|holder| (holder.kind, holder.name)))
        };
        assert_eq!(told("nothing"), None);
        site.take_chat(&chat_id, ann(), false).unwrap();
        assert_eq!(told("take"), Some(Some((HolderKind::Staff, Some("Ann".to_owned())))));
        site.say(&guest, "two");
        assert_eq!(told("a message"), None);
        site.release_chat(&chat_id, &ann(), false).unwrap();
        assert_eq!(told("release"), Some(Some((HolderKind::Bot, Some("Robin".to_owned())))));
        let listed = site.chats(&guest);
        assert_eq!(listed[0].holder.as_ref().unwrap().name.as_deref(), Some("Robin"));
    }

    fn bot_hands_the_chat_over(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let recorded = Arc::clone(&asked);
        let bots = Bots::default().with("echo", move |context: BotContext| {
            recorded.lock().unwrap().push(context.message.text);
            let hand_over = HandOver { reason: "a refund".to_owned(), summary: "Order 17".to_owned() };
            async move { Ok(Outcome { hand_over: Some(hand_over), ..Outcome::text("One moment") }) }
        });
        let _running = Running::start(db.database(), bots, quick());
        let guest = Visitor::guest("g");
        let first = site.say(&guest, "I want my money back");
        site.until_texts(&guest, &["I want my money back", "One moment"]);
        let request = site.request_of(&first);
        assert_eq!((request.status, request.due_at), (RequestStatus::Queued, None));
        assert_eq!(request.error.as_deref(), Some("the bot has handed the chat over to a person"));
        let second = site.say(&guest, "Hello?");
        site.until_left(&second);
        let chat_id = first.chat_id;
        let holder = |site: &Fixture| {
            let id = chat_id.clone();
            site.read(move |db| holders::get(db, &id)).unwrap()
        };
        let waiting = holder(&site);
        assert_eq!((waiting.kind, waiting.name), (HolderKind::Waiting, None));
        assert_eq!((waiting.reason.as_deref(), waiting.summary.as_deref()), (Some("a refund"), Some("Order 17")));
        // Who takes the chat keeps what the bot said.
        let taken = site.take_chat(&chat_id, ann(), false).unwrap().holder.unwrap();
        assert_eq!((taken.name.as_deref(), taken.reason.as_deref()), (Some("Ann"), Some("a refund")));
        site.write_as(&ann(), &chat_id, "Done");
        site.release_chat(&chat_id, &ann(), false).unwrap();
        let released = holder(&site);
        assert_eq!((released.kind, released.summary), (HolderKind::Bot, None));
        site.say(&guest, "Thanks");
        until("the bot is asked", || asked.lock().unwrap().len() == 2);
        assert_eq!(*asked.lock().unwrap(), ["I want my money back", "Thanks"]);
    }

    fn person_who_holds_a_guests_chat_keeps_it_at_login(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let _running = Running::start(db.database(), bots(), quick());
        // Into no chat of the user's own, and into one.
        for (session, known, has_chat) in [("g", user("17"), false), ("h", user("19"), true)] {
            let (guest, known_user) = (Visitor::guest(session), known);
            let known = Visitor::User(known_user.clone());
            if has_chat {
                site.say(&known, "before");
                until("the bot answers", || site.texts(&known).len() == 2);
            }
            let chat_id = site.say(&guest, "one").chat_id;
            until("the bot answers", || site.texts(&guest).len() == 2);
            site.take_chat(&chat_id, ann(), false).unwrap();
            site.log_in(session, &known_user).unwrap();
            let asked = site.say(&known, "two");
            site.until_left(&asked);
            let id = asked.chat_id;
            let holder = site.read(move |db| holders::get(db, &id)).unwrap();
            assert_eq!(holder.user_id.as_deref(), Some("7"));
        }
    }
}
