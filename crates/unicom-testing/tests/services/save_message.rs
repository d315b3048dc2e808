//! Tests of `save_webchat_message`: atomic, exactly once, and in order.

use serde_json::json;
use unicom_core::CoreError;
use unicom_models::{Direction, MediaType, MessageId, RequestStatus, StoredMedia, VisibleMessage};
use unicom_testing::{TestClock, TestDatabase, both_engines};
use unicom_webchat::{NewMessage, Visitor, WebChatError};

use crate::fixture::Fixture;

fn named(text: &str, client_id: &str) -> NewMessage {
    NewMessage {
        client_message_id: Some(client_id.to_owned()),
        ..NewMessage::text(text)
    }
}

fn picture(sha256: &str) -> NewMessage {
    let media = StoredMedia {
        key: "0198/photo".to_owned(),
        name: "photo.png".to_owned(),
        content_type: "image/png".to_owned(),
        size: 3,
        sha256: sha256.to_owned(),
        measures: unicom_models::MediaMeasures::default(),
    };
    NewMessage {
        media: Some((MediaType::Image, media)),
        ..NewMessage::default()
    }
}

both_engines! {
    fn first_message_creates_account_chat_and_request(db: &TestDatabase) {
        let site = Fixture::new(db);
        let message = site.say(&Visitor::guest("4f3c"), "  Hello, where is my order? ");
        assert_eq!(message.text, "Hello, where is my order?");
        assert_eq!(message.direction, Direction::Incoming);
        assert_eq!(message.chat_id.as_str(), "webchat_guest_4f3c");

        let chat = site.chat("webchat_guest_4f3c").unwrap();
        assert_eq!(chat.name.as_deref(), Some("where is my order?"));
        assert_eq!(chat.first_message_id, Some(message.id));
        assert_eq!(chat.last_incoming_message_id, Some(message.id));
        assert_eq!(chat.last_outgoing_message_id, None);
        assert_eq!(chat.last_activity_at, message.timestamp);

        let request = site.request_of(&message);
        assert_eq!(request.status, RequestStatus::Pending);
        assert_eq!(request.display_text, message.text);
        assert_eq!(request.account_id.as_str(), "webchat_guest_4f3c");
        assert!(request.due_at <= Some(message.timestamp));
        for (table, rows) in site.rows() {
            let expected = i64::from([
                "unicom_channels", "unicom_accounts", "unicom_chats", "unicom_account_chats",
                "unicom_messages", "unicom_requests", "unicom_leases",
                // The creation of the channel.
                "unicom_audit",
            ].contains(&table));
            assert_eq!(rows, expected, "{table}");
        }
    }

    fn returned_message_equals_the_stored_one(db: &TestDatabase) {
        let site = Fixture::new(db);
        let visitor = Visitor::user("7", "Ann");
        let sent = site.tell(&visitor, NewMessage { text: "a photo".to_owned(), ..picture("ab") });
        let page = site.list(&visitor, unicom_webchat::MessagePageRequest::default()).unwrap();
        assert_eq!(site.message(sent.id), sent);
        assert_eq!(page.messages, [VisibleMessage::from(sent.clone())]);
        assert_eq!(sent.user_id.as_deref(), Some("7"));
        assert_eq!(sent.media_type, MediaType::Image);
        let listed = &site.chats(&visitor)[0];
        assert_eq!(listed.last_message.as_ref().unwrap().id, sent.id);
    }

    fn rejected_message_stores_nothing(db: &TestDatabase) {
        let site = Fixture::new(db);
        let writer = Visitor::user("1", "Writer");
        let foreign = site.say(&writer, "not yours");
        let before = site.rows();
        let guest = Visitor::guest("4f3c");
        let refused = [
            NewMessage::text(""),
            NewMessage::text(" \n\t"),
            NewMessage::text("a\0b"),
            NewMessage::text("x".repeat(262_145)),
            named("text", "a\0b"),
            NewMessage::text("x").in_chat("no-such-chat"),
            NewMessage::text("x").in_chat(foreign.chat_id.clone()),
            NewMessage { reply_to_message_id: Some(foreign.id), ..NewMessage::text("x") },
            NewMessage { reply_to_message_id: Some(MessageId::new()), ..NewMessage::text("x") },
            NewMessage { metadata: json!({"a": "\0"}).as_object().cloned(), ..NewMessage::text("x") },
        ];
        for new in refused {
            let mut said = format!("{new:?}");
            said.truncate(300);
            assert!(site.save(&guest, new).is_err(), "{said}");
            assert_eq!(site.rows(), before, "{said}");
        }
    }

    fn foreign_and_missing_chats_are_indistinguishable(db: &TestDatabase) {
        let site = Fixture::new(db);
        let foreign = site.say(&Visitor::user("1", "Writer"), "not yours");
        let known = Visitor::user("2", "Reader");
        site.say(&known, "mine");
        for visitor in [known, Visitor::guest("new")] {
            for chat in ["no-such-chat", foreign.chat_id.as_str()] {
                let refused = site.save(&visitor, NewMessage::text("x").in_chat(chat));
                assert!(matches!(refused, Err(WebChatError::ChatNotFound)), "{refused:?}");
            }
            for id in [MessageId::new(), foreign.id] {
                let new = NewMessage { reply_to_message_id: Some(id), ..NewMessage::text("x") };
                let refused = site.save(&visitor, new);
                assert!(matches!(refused, Err(WebChatError::NotFound)), "{refused:?}");
            }
        }
    }

    fn reply_in_the_same_chat_is_stored(db: &TestDatabase) {
        let site = Fixture::new(db);
        let guest = Visitor::guest("4f3c");
        let first = site.say(&guest, "one");
        let answer = site.answer(&first.chat_id, "two");
        let reply = site.tell(&guest, NewMessage {
            reply_to_message_id: Some(answer.id),
            ..NewMessage::text("three")
        });
        assert_eq!(reply.reply_to_message_id, Some(answer.id));
    }

    fn repeated_client_id_stores_nothing(db: &TestDatabase) {
        let site = Fixture::new(db);
        let guest = Visitor::guest("4f3c");
        let first = site.tell(&guest, named("hello", "c-1"));
        let before = site.rows();
        for again in [named("hello", "c-1"), named(" hello ", "c-1"), named("hello", "c-1").in_chat(first.chat_id.clone())] {
            let again = site.save(&guest, again).unwrap();
            assert_eq!((again.message, again.is_new), (first.clone(), false));
        }
        assert_eq!(site.rows(), before);
        // The id is scoped to the sender: another sender may use it, too.
        site.tell(&Visitor::guest("other"), named("hello", "c-1"));
    }

    fn client_id_with_different_content_is_a_conflict(db: &TestDatabase) {
        let site = Fixture::new(db);
        let guest = Visitor::guest("4f3c");
        let first = site.tell(&guest, named("hello", "c-1"));
        let photo = NewMessage { client_message_id: Some("c-2".to_owned()), ..picture("ab") };
        site.tell(&guest, photo.clone());
        let before = site.rows();
        for other in [
            named("goodbye", "c-1"),
            NewMessage { reply_to_message_id: Some(first.id), ..named("hello", "c-1") },
            NewMessage { client_message_id: Some("c-2".to_owned()), ..picture("cd") },
            NewMessage { text: "hello".to_owned(), client_message_id: Some("c-1".to_owned()), ..photo },
        ] {
            let refused = site.save(&guest, other);
            let conflict = matches!(refused, Err(WebChatError::Core(CoreError::IdempotencyConflict { .. })));
            assert!(conflict, "{refused:?}");
        }
        assert_eq!(site.rows(), before);
    }

    fn times_increase_with_a_stopped_clock(db: &TestDatabase) {
        let clock = TestClock::new();
        let site = Fixture::with(&db.connect_with(clock.options()), json!({}));
        let guest = Visitor::guest("4f3c");
        let mut times: Vec<_> = (0..20).map(|i| site.say(&guest, &format!("{i}")).timestamp).collect();
        times.push(site.answer(&"webchat_guest_4f3c".into(), "answer").timestamp);
        assert!(times.is_sorted_by(|earlier, later| earlier < later), "{times:?}");
        let expected: Vec<_> = (0..20).map(|i| i.to_string()).chain(["answer".to_owned()]).collect();
        assert_eq!(site.texts(&guest), expected);
    }

    fn metadata_is_stored_on_the_created_chat(db: &TestDatabase) {
        let site = Fixture::new(db);
        let guest = Visitor::guest("4f3c");
        for (text, metadata) in [("one", json!({"page": "/pricing"})), ("two", json!({"page": "/late"}))] {
            site.tell(&guest, NewMessage { metadata: metadata.as_object().cloned(), ..NewMessage::text(text) });
        }
        assert_eq!(site.chat("webchat_guest_4f3c").unwrap().metadata, json!({"page": "/pricing"}));
    }

    fn new_chat_setting_creates_a_chat_for_each_message(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"new_chat": "always"}));
        let guest = Visitor::guest("4f3c");
        let first = site.say(&guest, "one");
        let second = site.say(&guest, "two");
        let third = site.tell(&guest, NewMessage::text("three").in_chat(second.chat_id.clone()));
        assert_ne!(first.chat_id, second.chat_id);
        assert_eq!(second.chat_id, third.chat_id);
        assert_eq!(site.chats(&guest).len(), 2);
        // Sending again with the same id finds the chat that was created for it.
        let named = named("four", "c-1");
        let fourth = site.tell(&guest, named.clone());
        let again = site.save(&guest, named).unwrap();
        assert_eq!((again.message, again.is_new), (fourth, false));
        assert_eq!(site.chats(&guest).len(), 3);
    }
}
