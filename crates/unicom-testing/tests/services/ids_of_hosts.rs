//! Tests of ids and names that hosts and platforms give: both engines refuse the same ones with the
//! same error.

use serde_json::json;
use unicom_core::IncomingMessage;
use unicom_core::OutgoingMessage;
use unicom_core::inbound::{Address, ChatInfo, PlatformEvent, Sender, receive};
use unicom_models::ChatId;
use unicom_testing::{FakePlatform, TestDatabase, both_engines};
use unicom_webchat::{
    ChatChange, ChatPageRequest, GuestId, MediaQuota, MessagePageRequest, NewMessage, User,
    Visitor, WebChatError, list_chats, list_messages, mark_read, may_send_file,
    migrate_guest_to_user, send_webchat_message, update_chat,
};

use crate::fixture::{Fixture, channel};

/// Ids that one of the engines could not store, and the beginning of the error.
fn invalid_ids() -> [(String, &'static str); 3] {
    [
        (String::new(), "must have 1 to 1000 bytes"),
        ("a\0b".to_owned(), "has a NUL character"),
        ("x".repeat(1001), "must have 1 to 1000 bytes"),
    ]
}

fn invalid_names() -> [(String, &'static str); 2] {
    [
        ("a\0b".to_owned(), "has a NUL character"),
        ("ä".repeat(256), "must have at most 255 characters"),
    ]
}

/// Asserts that all of these were refused because of this field.
fn all_refused(
    results: impl IntoIterator<Item = Result<(), WebChatError>>,
    field: &str,
    problem: &str,
) {
    for (index, result) in results.into_iter().enumerate() {
        let error = result.unwrap_err().to_string();
        assert_eq!(error, format!("`{field}` {problem}"), "{index}");
    }
}

impl Fixture {
    /// Returns the results of everything that a visitor can do.
    fn everything(&self, visitor: &Visitor, chat: &ChatId) -> Vec<Result<(), WebChatError>> {
        let (visitor, chat) = (visitor.clone(), chat.clone());
        let read = self.database.read(move |db| {
            let page = MessagePageRequest {
                chat_id: Some(chat.clone()),
                ..MessagePageRequest::default()
            };
            Ok::<_, WebChatError>(vec![
                list_messages(db, &visitor, &page).map(drop),
                list_messages(db, &visitor, &MessagePageRequest::default()).map(drop),
                list_chats(db, &visitor, &ChatPageRequest::default()).map(drop),
                may_send_file(db, &visitor, None, 1, MediaQuota::default()),
            ])
        });
        read.wait().unwrap()
    }

    /// Returns the result of a message whose parts `change` has changed.
    fn received(
        &self,
        change: impl FnOnce(&mut Sender, &mut ChatInfo, &mut IncomingMessage),
    ) -> Result<(), WebChatError> {
        let channel = channel(&self.database, FakePlatform::KIND, json!({}));
        let (mut sender, mut chat) = (Sender::new("anna", "Anna"), FakePlatform::chat("chat"));
        let mut message = IncomingMessage {
            text: "hello".to_owned(),
            ..IncomingMessage::default()
        };
        change(&mut sender, &mut chat, &mut message);
        let event = PlatformEvent::message(sender, chat, message);
        let received = self
            .database
            .write(move |tx| receive(tx, &channel, event).map(drop));
        received.wait().map_err(WebChatError::from)
    }
}

both_engines! {
    fn invalid_ids_of_visitors_are_refused(db: &TestDatabase) {
        let site = Fixture::new(db);
        let chat = site.say(&Visitor::guest("4f3c"), "hello").chat_id;
        let before = site.rows_of("unicom_accounts");
        for (id, problem) in invalid_ids() {
            for (visitor, field) in [
                (Visitor::guest(id.clone()), "guest_id"),
                (Visitor::user(id.clone(), "Ada"), "user_id"),
            ] {
                all_refused(site.everything(&visitor, &chat), field, problem);
                let sent = site.save(&visitor, NewMessage::text("hi")).map(drop);
                all_refused([sent], field, problem);
                let (by, to) = (visitor, chat.clone());
                let changed = site.database.write(move |tx| {
                    Ok::<_, WebChatError>([
                        update_chat(tx, &by, &to, ChatChange::default()).map(drop),
                        mark_read(tx, &by, &to).map(drop),
                    ])
                });
                all_refused(changed.wait().unwrap(), field, problem);
            }
            let (guest, user) = (GuestId::new("4f3c"), User { id, ..User::default() });
            let migrated = site.database.write(move |tx| migrate_guest_to_user(tx, &guest, &user));
            all_refused([migrated.wait().map(drop)], "user_id", problem);
        }
        for (name, problem) in invalid_names() {
            let sent = site.save(&Visitor::user("7", name), NewMessage::text("hi")).map(drop);
            all_refused([sent], "name", problem);
        }
        assert_eq!(site.rows_of("unicom_accounts"), before);
    }

    fn invalid_ids_of_chats_do_not_exist(db: &TestDatabase) {
        let site = Fixture::new(db);
        let guest = Visitor::guest("4f3c");
        site.say(&guest, "hello");
        for (id, _) in invalid_ids() {
            let chat = ChatId::from(id);
            let new = NewMessage { chat_id: Some(chat.clone()), ..NewMessage::text("hi") };
            assert!(matches!(site.save(&guest, new), Err(WebChatError::ChatNotFound)));
            let listed = site.everything(&guest, &chat).remove(0);
            assert!(matches!(listed, Err(WebChatError::ChatNotFound)));
            let by = guest.clone();
            let changed =
                site.database.write(move |tx| update_chat(tx, &by, &chat, ChatChange::default()));
            assert!(matches!(changed.wait(), Err(WebChatError::ChatNotFound)));
        }
    }

    fn invalid_ids_of_platforms_are_refused(db: &TestDatabase) {
        let site = Fixture::new(db);
        for (id, problem) in invalid_ids() {
            for (result, field) in [
                (site.received(|sender, _, _| sender.address = Address::account(&*id)), "sender.address"),
                (site.received(|_, chat, _| chat.address.value.clone_from(&id)), "chat.address"),
                (site.received(|_, _, new| new.client_message_id = Some(id.clone())), "client_message_id"),
                (site.received(|_, _, new| new.provider_message_id = Some(id.clone())), "provider_message_id"),
                (site.received(|_, _, new| new.user_id = Some(id.clone())), "user_id"),
            ] {
                all_refused([result], field, problem);
            }
        }
        for (name, problem) in invalid_names() {
            let sender = site.received(|sender, _, _| sender.name.clone_from(&name));
            all_refused([sender], "sender.name", problem);
            let chat = site.received(|_, chat, _| chat.name = Some(name));
            all_refused([chat], "chat.name", problem);
        }
        assert_eq!(site.rows_of("unicom_messages"), 0);
        assert!(site.received(|_, _, _| ()).is_ok());
    }

    fn invalid_senders_of_outgoing_messages_are_refused(db: &TestDatabase) {
        let site = Fixture::new(db);
        let chat = site.say(&Visitor::guest("4f3c"), "hello").chat_id;
        let send = |outgoing: OutgoingMessage| {
            let (channel, chat) = (site.channel.clone(), chat.clone());
            let sent = site.database.write(move |tx| send_webchat_message(tx, &channel, &chat, outgoing));
            sent.wait().map(drop)
        };
        for (id, problem) in invalid_ids() {
            let outgoing = OutgoingMessage { user_id: Some(id), ..OutgoingMessage::text("hi") };
            all_refused([send(outgoing)], "user_id", problem);
        }
        for (name, problem) in invalid_names() {
            let outgoing = OutgoingMessage { sender_name: Some(name), ..OutgoingMessage::text("hi") };
            all_refused([send(outgoing)], "sender_name", problem);
        }
        assert_eq!(site.rows_of("unicom_messages"), 1);
    }
}
