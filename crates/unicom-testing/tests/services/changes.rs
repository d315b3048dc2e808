//! Tests of change numbers: a reader who applies what has changed since a cursor has what is
//! stored.

use serde_json::json;
use unicom_core::OutgoingMessage;
use unicom_core::buttons::Button;
use unicom_core::inbound::{Applied, MessageRef, PlatformEvent, ReceiptStatus};
use unicom_db::queries::changes::{self, Changes, Cursor};
use unicom_db::queries::messages::{self, Walk};
use unicom_models::{AccountId, ChatId, VisibleMessage};
use unicom_testing::{FakePlatform, TestDatabase, both_engines};
use unicom_webchat::{
    ChatChange, NewMessage, Visitor, delete_message, edit_message, mark_read, update_chat,
};

use crate::deliveries::fixture::fake_site;
use crate::fixture::{Fixture, access, bots, user};
use crate::pipeline::{Running, quick, until};
use crate::receiving::at;

/// Maximum number of messages that a reader applies.
const LIMIT: i64 = 100;

/// A reader of a chat, who has read it once and applies what changes.
#[derive(Debug, Clone, PartialEq)]
struct Reader {
    account: AccountId,
    chat: ChatId,
    messages: Vec<VisibleMessage>,
    cursor: Cursor,
    resets: usize,
}

impl Reader {
    /// Reads the whole chat.
    fn new(site: &Fixture, account: &str, chat: &str) -> Self {
        let (account, chat) = (AccountId::from(account), ChatId::from(chat));
        let (messages, cursor) = site.read({
            let (account, chat) = (account.clone(), chat.clone());
            move |db| {
                let access = access(db, &account, &chat);
                let page = messages::page(db, &access, Walk::FromOldest, 1_000)?;
                Ok((page, Cursor::of(access.chat())))
            }
        });
        Self {
            account,
            chat,
            messages,
            cursor,
            resets: 0,
        }
    }

    /// Applies what has changed since, and checks that the result is what is stored. Returns the
    /// number of messages that were new, had changed or were deleted.
    fn catch_up(&mut self, site: &Fixture) -> usize {
        let (account, chat, cursor) = (self.account.clone(), self.chat.clone(), self.cursor);
        let changes = site.read(move |db| {
            let access = access(db, &account, &chat);
            changes::since(db, &access, cursor, LIMIT)
        });
        let stored = Self::new(site, self.account.as_str(), self.chat.as_str());
        let number = match changes {
            Changes::Reset(cursor) => {
                assert_eq!(cursor, stored.cursor);
                self.resets += 1;
                self.messages.clone_from(&stored.messages);
                self.cursor = stored.cursor;
                0
            }
            Changes::Applied {
                messages,
                deleted,
                participants,
                cursor,
                ..
            } => {
                assert_ne!(cursor, self.cursor, "nothing has changed");
                let number = messages.len() + deleted.len() + participants.len();
                self.messages.retain(|old| !deleted.contains(&old.id));
                for message in messages {
                    match self.messages.iter_mut().find(|old| old.id == message.id) {
                        Some(old) => *old = message,
                        None => self.messages.push(message),
                    }
                }
                self.messages
                    .sort_by_key(|message| (message.timestamp, message.id));
                self.cursor = cursor;
                number
            }
        };
        assert_eq!(self.messages, stored.messages);
        assert_eq!(self.cursor, stored.cursor);
        number
    }
}

both_engines! {
    fn every_change_of_a_platforms_chat_reaches_its_readers(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let first = site.hear("49170", "m-1", "hello").message;
        let mut reader = Reader::new(&site, "fake_49170", first.chat_id.as_str());
        let unchanged = reader.clone();

        site.hear("49170", "m-2", "again");
        assert_eq!(reader.catch_up(&site), 1);
        assert!(matches!(site.apply(PlatformEvent::edited("m-1", "hello!", at(5))), Applied::Changed));
        assert_eq!(reader.catch_up(&site), 1);
        let button = site.offer_button(&first, Button::value("Yes", "y"));
        assert_eq!(reader.catch_up(&site), 1);
        let reply = site.reply_to(&first, OutgoingMessage::text("welcome"));
        assert_eq!(reader.catch_up(&site), 1);
        let seen = PlatformEvent::receipt(MessageRef::Own(reply.id), ReceiptStatus::Seen, at(9));
        assert!(matches!(site.apply(seen), Applied::Changed));
        assert_eq!(reader.catch_up(&site), 1);
        drop(button);
        assert!(matches!(site.apply(PlatformEvent::Deleted { provider_message_id: "m-2".to_owned() }), Applied::Changed));
        assert_eq!(reader.catch_up(&site), 1);

        // One who was away for all of it gets the same, each item once.
        let mut late = unchanged;
        assert_eq!(late.catch_up(&site), 4);
        assert_eq!((late.messages, late.resets), (reader.messages, 0));
    }

    fn outcome_of_a_delivery_reaches_readers(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let first = site.hear("49170", "m-1", "hello").message;
        site.reply_to(&first, OutgoingMessage::text("welcome"));
        let mut reader = Reader::new(&site, "fake_49170", first.chat_id.as_str());
        let fake = FakePlatform::default();
        let running = Running::start_with(&site.database, &fake, bots(), quick());
        until("it is sent", || fake.delivered().len() == 1);
        drop(running);
        assert_eq!(reader.catch_up(&site), 1);
    }

    fn names_and_unread_counts_change_the_number_of_a_chat(db: &TestDatabase) {
        let site = Fixture::new(db);
        let guest = Visitor::guest("4f3c");
        let chat = site.say(&guest, "hello").chat_id;
        site.answer(&chat, "welcome");
        let mut reader = Reader::new(&site, guest.account_id().as_str(), chat.as_str());
        let (named, id) = (guest.clone(), chat.clone());
        let change = ChatChange { name: Some("Order".to_owned()), ..ChatChange::default() };
        site.write(move |tx| update_chat(tx, &named, &id, change));
        assert_eq!(reader.catch_up(&site), 0);
        let (reads, id) = (guest.clone(), chat.clone());
        site.write(move |tx| mark_read(tx, &reads, &id));
        assert_eq!(reader.catch_up(&site), 1);
        assert_eq!(reader.resets, 0);
        // What is read already changes nothing.
        let before = site.chat(chat.as_str()).unwrap().change;
        site.write(move |tx| mark_read(tx, &guest, &chat));
        assert_eq!(site.chat(&reader.chat.to_string()).unwrap().change, before);
    }

    fn edits_and_deletions_of_visitors_reach_readers(db: &TestDatabase) {
        let site = Fixture::new(db);
        let guest = Visitor::guest("4f3c");
        let first = site.say(&guest, "hallo");
        let reply = NewMessage { reply_to_message_id: Some(first.id), ..NewMessage::text("again") };
        let reply = site.tell(&guest, reply);
        let mut reader = Reader::new(&site, guest.account_id().as_str(), first.chat_id.as_str());
        let mut late = reader.clone();
        let (writer, id) = (guest.clone(), first.id);
        site.write(move |tx| edit_message(tx, &writer, id, "hello"));
        assert_eq!(reader.catch_up(&site), 1);
        let edited = reader.messages[0].edited_at;
        assert!(edited.is_some());
        // The deleted message, and the reply to it.
        let writer = guest.clone();
        site.write(move |tx| delete_message(tx, &writer, id));
        assert_eq!(reader.catch_up(&site), 2);
        assert_eq!((reader.messages[0].id, reader.messages[0].reply_to_message_id), (reply.id, None));
        assert_eq!((late.catch_up(&site), reader.resets, late.resets), (2, 0, 0));
    }

    fn rewritten_chat_is_read_again(db: &TestDatabase) {
        let site = Fixture::new(db);
        let ada = user("7");
        let of_user = site.say(&Visitor::User(ada.clone()), "as a user").chat_id;
        let mut reader = Reader::new(&site, "webchat_user_7", of_user.as_str());
        site.say(&Visitor::guest("4f3c"), "as a guest");
        site.log_in("4f3c", &ada).unwrap();
        reader.catch_up(&site);
        assert_eq!((reader.resets, reader.messages.len()), (1, 2));
    }

    fn too_many_changes_are_a_reset(db: &TestDatabase) {
        let site = Fixture::new(db);
        let guest = Visitor::guest("4f3c");
        let chat = site.say(&guest, "hello").chat_id;
        let mut reader = Reader::new(&site, guest.account_id().as_str(), chat.as_str());
        for number in 0..LIMIT {
            site.say(&guest, &number.to_string());
        }
        let mut late = reader.clone();
        assert_eq!(reader.catch_up(&site), 100);
        site.say(&guest, "one more");
        late.catch_up(&site);
        assert_eq!((reader.resets, late.resets), (0, 1));
    }
}
