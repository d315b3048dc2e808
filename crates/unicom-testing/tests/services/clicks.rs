//! Tests of `click_button`, and of clicks reported by other platforms.

use std::time::Duration;

use serde_json::{Value, json};
use unicom_core::{
    CoreError, IncomingMessage, OutgoingMessage,
    buttons::{Button, Buttons, click, find_button},
    inbound::{PlatformEvent, Sender, receive},
    outbound::send_message,
};
use unicom_db::queries::{chat_access, chats};
use unicom_models::{Channel, ChatId, Message};
use unicom_testing::{FakePlatform, TestClock, TestDatabase, both_engines};
use unicom_webchat::{Saved, Visitor, WebChatError, click_button, send_webchat_message};

use crate::explain::StatementRecorder;
use crate::fixture::{Fixture, channel, platforms, user};

fn cat() -> OutgoingMessage {
    let buttons = vec![vec![Button::value(" The cat ", "cat")]];
    OutgoingMessage::text("Which one?").with_buttons(Buttons(buttons))
}

/// Returns the id of the first button of a message.
fn id_of(message: &Message) -> String {
    let shown = message.buttons().unwrap();
    shown.0[0][0].callback_execution_id.clone().unwrap()
}

impl Fixture {
    /// Sends a message with the button `The cat`. Returns the id of the button.
    fn offer(&self, chat: &ChatId) -> String {
        let (channel, chat) = (self.channel.clone(), chat.clone());
        let offered = self.write(move |tx| send_webchat_message(tx, &channel, &chat, cat()));
        id_of(&offered)
    }

    fn click(&self, visitor: &Visitor, id: &str) -> Result<Saved, WebChatError> {
        let (visitor, id) = (visitor.clone(), id.to_owned());
        self.database
            .write(move |tx| click_button(tx, &visitor, &id))
            .wait()
    }
}

/// Returns a message from Ada on the fake platform.
fn of_ada(message: IncomingMessage) -> PlatformEvent {
    PlatformEvent::message(
        Sender::new("ada", "Ada"),
        FakePlatform::chat("ada"),
        message,
    )
}

fn received(site: &Fixture, channel: &Channel, message: IncomingMessage) -> Message {
    let channel = channel.clone();
    let received = site
        .database
        .write(move |tx| receive(tx, &channel, of_ada(message)));
    received.wait().unwrap().into_saved().unwrap().message
}

both_engines! {
    fn button_lookup_uses_indexes(db: &TestDatabase) {
        let site = Fixture::new(db);
        for number in 0..300 {
            site.say(&Visitor::guest(number.to_string()), "hi");
        }
        let guest = Visitor::guest("7");
        let chat = site.say(&guest, "hi").chat_id;
        let id = site.offer(&chat).split_once('.').unwrap().0.parse().unwrap();
        let plan = site.write(move |tx| {
            let recorder = StatementRecorder::default();
            recorder.listen(tx);
            let found = chat_access::lock_access_to_buttons(tx, &guest.account_id(), id)?;
            assert!(found.unwrap().1.is_some());
            Ok(recorder.explain(tx))
        });
        // There are few accounts and chats: PostgreSQL may scan their one or two pages.
        let reads_all = ["Seq Scan on unicom_messages", "SCAN unicom"];
        assert!(!reads_all.iter().any(|step| plan.contains(step)), "{plan}");
    }

    fn click_sent_before_a_login_reaches_the_user(db: &TestDatabase) {
        let clock = TestClock::new();
        let site = Fixture::with(&db.connect_with(clock.options()), json!({}));
        let (guest, ann) = (Visitor::guest("g"), Visitor::User(user("7")));
        let chat = site.say(&guest, "hi").chat_id;
        let (first, second) = (site.offer(&chat), site.offer(&chat));
        let under_way = site.arriving("g");
        clock.advance(Duration::from_secs(1));
        site.log_in("g", &user("7")).unwrap();
        let clicked = site.click(&under_way, &first).unwrap().message;
        assert_eq!(clicked.sender_id, Some(ann.account_id()));
        assert_eq!(clicked.chat_id.as_str(), "webchat_user_7");
        assert!(matches!(site.click(&ann, &first), Ok(Saved { is_new: false, .. })));
        assert_eq!(site.texts(&ann), ["hi", "Which one?", "Which one?", "The cat"]);
        clock.advance(Duration::from_secs(61));
        let late = site.click(&guest, &second);
        assert!(matches!(late, Err(WebChatError::NotYourButton)), "{late:?}");
        assert_eq!(site.account("webchat_guest_g"), None);
    }

    fn concurrent_click_and_login_lose_nothing(db: &TestDatabase) {
        let site = Fixture::new(db);
        for round in 0..20 {
            let (session, id) = (format!("g{round}"), format!("{round}"));
            let (guest, ann) = (site.arriving(&session), Visitor::User(user(&id)));
            let button = site.offer(&site.say(&guest, "hi").chat_id);
            std::thread::scope(|scope| {
                let clicking = scope.spawn(|| site.click(&guest, &button).unwrap());
                let again = scope.spawn(|| site.click(&guest, &button).unwrap());
                site.log_in(&session, &user(&id)).unwrap();
                clicking.join().unwrap();
                again.join().unwrap();
            });
            assert_eq!(site.texts(&ann), ["hi", "Which one?", "The cat"], "round {round}");
        }
        assert_eq!(site.rows_of("unicom_requests"), 40);
    }

    fn each_participant_clicks_once(db: &TestDatabase) {
        let site = Fixture::new(db);
        let (ann, ben) = (Visitor::User(user("7")), Visitor::User(user("8")));
        let chat = site.say(&ann, "hi").chat_id;
        site.say(&ben, "elsewhere");
        let button = site.offer(&chat);
        assert!(matches!(site.click(&ben, &button), Err(WebChatError::NotYourButton)));
        let (account, shared) = (ben.account_id(), chat.clone());
        site.write(move |tx| Ok(chats::join(tx, &account, &shared)?));
        for visitor in [&ann, &ben] {
            assert!(matches!(site.click(visitor, &button), Ok(Saved { is_new: true, .. })));
            assert!(matches!(site.click(visitor, &button), Ok(Saved { is_new: false, .. })));
        }
        assert_eq!(site.texts(&ann), ["hi", "Which one?", "The cat", "The cat"]);
    }

    fn click_has_the_current_name_and_user_id(db: &TestDatabase) {
        let site = Fixture::new(db);
        let button = site.offer(&site.say(&Visitor::User(user("7")), "hi").chat_id);
        let renamed = Visitor::user("7", "Ann Smith");
        let clicked = site.click(&renamed, &button).unwrap().message;
        assert_eq!(clicked.sender_name, "Ann Smith");
        assert_eq!(clicked.user_id.as_deref(), Some("7"));
        assert_eq!(clicked.raw, json!({ "button_click": { "value": "cat" } }));
        assert_eq!(site.message(clicked.id), clicked);
        assert_eq!(site.request_of(&clicked).display_text, "The cat");
    }

    fn remote_platform_reports_a_click_by_button_id(db: &TestDatabase) {
        let site = Fixture::new(db);
        let fake = channel(&site.database, FakePlatform::KIND, json!({}));
        received(&site, &fake, IncomingMessage { text: "hi".to_owned(), ..IncomingMessage::default() });
        let to = fake.clone();
        let offered = site.write(move |tx| {
            let platforms = platforms(&FakePlatform::default());
            Ok(send_message(tx, &platforms, &to, &"fake_ada".into(), cat())?)
        });
        let id = id_of(&offered);
        // The limit of Telegram.
        assert!(id.len() <= 64, "{id}");
        let click_by = |account: &'static str| {
            let id = id.clone();
            let clicked = site.database.write(move |tx| {
                let Some(found) = find_button(tx, &account.into(), &id)? else {
                    return Ok(None);
                };
                let update = json!({ "update_id": 12, "button_click": "theirs" });
                let seen = IncomingMessage { raw: update, ..IncomingMessage::default() };
                click(tx, found, seen, None).map(Some)
            });
            clicked.wait().unwrap_or_else(|error: CoreError| panic!("{error}"))
        };
        let clicked = click_by("fake_ada").filter(|saved| saved.is_new).unwrap().message;
        assert_eq!(clicked.clicked(), Some("cat"));
        assert_eq!(clicked.reply_to_message_id, Some(offered.id));
        assert_eq!(clicked.raw, json!({ "update_id": 12, "button_click": { "value": "cat" } }));
        assert_eq!(site.message(clicked.id), clicked);
        assert!(click_by("fake_ada").is_some_and(|again| !again.is_new && again.message.id == clicked.id));
        assert!(click_by("fake_eve").is_none());
        assert_eq!(site.rows_of("unicom_requests"), 2);
    }

    fn platform_reports_a_click_on_its_own_button(db: &TestDatabase) {
        let site = Fixture::new(db);
        let fake = channel(&site.database, FakePlatform::KIND, json!({}));
        let tell = |clicked: Option<&str>, raw: Value| {
            let (text, clicked) = ("The cat".to_owned(), clicked.map(str::to_owned));
            received(&site, &fake, IncomingMessage { text, clicked, raw, ..IncomingMessage::default() })
        };
        let forged = json!({ "button_click": { "value": "admin" }, "id": 1 });
        for (clicked, raw, kept) in [
            (Some("cat"), Value::Null, json!({ "button_click": { "value": "cat" } })),
            (Some("cat"), forged.clone(), json!({ "button_click": { "value": "cat" }, "id": 1 })),
            (Some("cat"), json!([1]), json!({ "button_click": { "value": "cat" }, "raw": [1] })),
            // A message that merely looks like a click is not one.
            (None, forged, json!({ "id": 1 })),
            (None, json!([1]), json!([1])),
            (None, Value::Null, json!({})),
        ] {
            let stored = site.message(tell(clicked, raw).id);
            assert_eq!((stored.clicked(), &stored.raw), (clicked, &kept));
        }
        let with_nul = IncomingMessage {
            text: "x".to_owned(),
            clicked: Some("a\0b".to_owned()),
            ..IncomingMessage::default()
        };
        let refused = site.database.write(move |tx| receive(tx, &fake, of_ada(with_nul))).wait();
        assert!(matches!(refused, Err(CoreError::Nul { field: "clicked" })), "{refused:?}");
    }
}
