//! Tests of `send_webchat_message`, `send_message` and `reply_with`: messages from bots and admins.

use serde_json::json;
use unicom_content::html::sanitize;
use unicom_core::{
    CoreError, OutgoingMessage,
    buttons::{Button, Buttons},
    outbound::send_message,
    replies::reply_with,
};
use unicom_db::queries::{channels, deliveries};
use unicom_models::{Channel, ChatId, Direction, MediaType, Message, MessageId};
use unicom_testing::{FakePlatform, TestDatabase, both_engines};
use unicom_webchat::{Visitor, WebChatError, send_webchat_message};

use crate::fixture::{Fixture, channel, platforms};

impl Fixture {
    fn send(&self, chat: &ChatId, outgoing: OutgoingMessage) -> Result<Message, WebChatError> {
        self.send_through(&self.channel, chat, outgoing)
    }

    fn send_through(
        &self,
        channel: &Channel,
        chat: &ChatId,
        outgoing: OutgoingMessage,
    ) -> Result<Message, WebChatError> {
        let (channel, chat) = (channel.clone(), chat.clone());
        self.database
            .write(move |tx| send_webchat_message(tx, &channel, &chat, outgoing))
            .wait()
    }

    fn send_across(&self, chat: &ChatId, outgoing: OutgoingMessage) -> Result<Message, CoreError> {
        let (channel, chat) = (self.channel.clone(), chat.clone());
        let platforms = platforms(&FakePlatform::default());
        self.database
            .write(move |tx| send_message(tx, &platforms, &channel, &chat, outgoing))
            .wait()
    }
}

both_engines! {
    fn local_message_is_sent_immediately_without_a_request(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot_name": "Robo"}));
        let chat = site.say(&Visitor::guest("4f3c"), "hello").chat_id;
        let by_hand = site.send(&chat, OutgoingMessage::text("hi")).unwrap();
        let across = site.send_across(&chat, OutgoingMessage::text("there")).unwrap();
        for message in [&by_hand, &across] {
            assert_eq!(message.direction, Direction::Outgoing);
            assert!(message.sent_at.is_some());
            assert_eq!(message.sender_name, "Robo");
            assert_eq!(message.sender_id, None);
            let id = message.id;
            assert_eq!(site.read(move |db| deliveries::get(db, id)), None);
        }
        assert_eq!(site.rows_of("unicom_requests"), 1);
        let chat = site.chat("webchat_guest_4f3c").unwrap();
        assert_eq!(chat.first_outgoing_message_id, Some(by_hand.id));
        assert_eq!(chat.last_outgoing_message_id, Some(across.id));
        assert_eq!(chat.last_message_id, Some(across.id));
    }

    fn html_is_sanitised_and_has_a_plain_text(db: &TestDatabase) {
        let site = Fixture::new(db);
        let chat = site.say(&Visitor::guest("4f3c"), "hello").chat_id;
        let html = "<p>Hello <b>Ann</b><script>alert(1)</script></p>";
        let message = site.send(&chat, OutgoingMessage::html(sanitize(html).unwrap())).unwrap();
        assert_eq!(message.media_type, MediaType::Html);
        assert_eq!(message.html.as_deref(), Some("<p>Hello <b>Ann</b></p>"));
        assert_eq!(message.text, "Hello Ann");
        let image = OutgoingMessage::html(sanitize(r#"<img src="/a.png">"#).unwrap());
        assert_eq!(site.send(&chat, image).unwrap().text, "");
        let unseen = OutgoingMessage { text: "Hello".to_owned(), ..OutgoingMessage::html(sanitize("<script>x()</script>").unwrap()) };
        let message = site.send(&chat, unseen).unwrap();
        assert_eq!((message.media_type, message.html), (MediaType::Text, None));
    }

    fn rejected_message_stores_nothing(db: &TestDatabase) {
        let site = Fixture::new(db);
        let other = site.another(json!({}));
        let chat = site.say(&Visitor::guest("4f3c"), "hello").chat_id;
        let foreign = site.say(&Visitor::guest("other"), "not yours").id;
        let fake = channel(&site.database, FakePlatform::KIND, json!({}));
        let before = site.rows();

        let refused = site.send(&"no-such-chat".into(), OutgoingMessage::text("x"));
        assert!(matches!(refused, Err(WebChatError::ChatNotFound)), "{refused:?}");
        let refused = site.send_through(&other.channel, &chat, OutgoingMessage::text("x"));
        assert!(matches!(refused, Err(WebChatError::ChatNotFound)), "{refused:?}");
        let mut off = site.channel.clone();
        off.active = false;
        let refused = site.send_through(&off, &chat, OutgoingMessage::text("x"));
        assert!(matches!(refused, Err(WebChatError::NoChannel)), "{refused:?}");
        let refused = site.send_through(&fake, &chat, OutgoingMessage::text("x"));
        assert!(matches!(refused, Err(WebChatError::NoChannel)), "{refused:?}");
        for outgoing in [
            OutgoingMessage::text(" "),
            OutgoingMessage::text("a\0b"),
            OutgoingMessage::text("x".repeat(262_145)),
            OutgoingMessage::html(sanitize("").unwrap()),
            OutgoingMessage::html(sanitize("<p> </p><script>alert(1)</script>").unwrap()),
            OutgoingMessage::text("x").with_buttons(Buttons(vec![])),
            OutgoingMessage { sender_name: Some("\0".to_owned()), ..OutgoingMessage::text("x") },
            OutgoingMessage::text("x").with_buttons(Buttons(vec![vec![Button::value("\0", "x")]])),
            OutgoingMessage { reply_to_message_id: Some(foreign), ..OutgoingMessage::text("x") },
            OutgoingMessage { reply_to_message_id: Some(MessageId::new()), ..OutgoingMessage::text("x") },
        ] {
            let mut said = format!("{outgoing:?}");
            said.truncate(300);
            assert!(site.send(&chat, outgoing.clone()).is_err(), "{said}");
            assert!(site.send_across(&chat, outgoing).is_err(), "{said}");
        }
        assert_eq!(site.rows(), before);
    }

    fn reply_with_answers_in_the_same_chat(db: &TestDatabase) {
        let site = Fixture::new(db);
        let question = site.say(&Visitor::guest("4f3c"), "hello");
        let asked = question.clone();
        let platforms = platforms(&FakePlatform::default());
        let answer = site.write(move |tx| Ok(reply_with(tx, &platforms, &asked, OutgoingMessage::text("hi"))?));
        assert_eq!(answer.reply_to_message_id, Some(question.id));
        assert_eq!(answer.chat_id, question.chat_id);
        assert!(answer.timestamp > question.timestamp);
    }

    fn unknown_platform_error_names_the_registered_ones(db: &TestDatabase) {
        let site = Fixture::new(db);
        let missing = site.database.write(|tx| {
            let channel = channels::insert(tx, &"Pigeon".into(), "Roof", &json!({}))?;
            let platforms = platforms(&FakePlatform::default());
            send_message(tx, &platforms, &channel, &"x".into(), OutgoingMessage::text("x"))
        });
        let error = missing.wait().unwrap_err().to_string();
        assert_eq!(error, "platform `Pigeon` is not registered: expected one of Fake, WebChat");
    }
}
