//! Tests of change numbers: a reader who applies what has changed since a cursor has what is
//! stored.

use std::time::Duration;

use serde_json::json;
use unicom_core::OutgoingMessage;
use unicom_core::buttons::Button;
use unicom_core::inbound::{Applied, MessageRef, PlatformEvent, ReceiptStatus};
use unicom_db::queries::changes::{self, Changes, Cursor};
use unicom_db::queries::chats;
use unicom_db::queries::message_status::Statuses;
use unicom_db::queries::messages::{self, Walk};
use unicom_db::queries::read_positions::{ParticipantPosition, Progress};
use unicom_models::{
    AccountId, ChatId, Direction, Message, MessageStatus, UtcTime, VisibleMessage,
};
use unicom_testing::{FakePlatform, TestDatabase, both_engines};
use unicom_webchat::{
    ChatChange, NewChat, NewMessage, Visitor, create_chat, delete_message, edit_message, mark_read,
    note_progress, update_chat,
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
    messages: Vec<(VisibleMessage, MessageStatus)>,
    participants: Vec<ParticipantPosition>,
    cursor: Cursor,
    resets: usize,
}

impl Reader {
    /// Reads the whole chat.
    fn new(site: &Fixture, account: &str, chat: &str) -> Self {
        let (account, chat) = (AccountId::from(account), ChatId::from(chat));
        let (messages, statuses, cursor) = site.read({
            let (account, chat) = (account.clone(), chat.clone());
            move |db| {
                let access = access(db, &account, &chat);
                let page = messages::page(db, &access, Walk::FromOldest, 1_000)?;
                let statuses = Statuses::read(db, &access, &page)?;
                Ok((page, statuses, Cursor::of(access.chat())))
            }
        });
        Self {
            account,
            chat,
            messages: with_status(messages, &statuses),
            participants: sorted(statuses.participants),
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
                self.participants.clone_from(&stored.participants);
                self.cursor = stored.cursor;
                0
            }
            Changes::Applied {
                messages,
                deleted,
                participants,
                statuses,
                cursor,
                ..
            } => {
                assert_ne!(cursor, self.cursor, "nothing has changed");
                let number = messages.len() + deleted.len() + participants.len();
                self.messages.retain(|(old, _)| !deleted.contains(&old.id));
                for (message, status) in with_status(messages, &statuses) {
                    match self
                        .messages
                        .iter_mut()
                        .find(|(old, _)| old.id == message.id)
                    {
                        Some(old) => *old = (message, status),
                        None => self.messages.push((message, status)),
                    }
                }
                self.messages
                    .sort_by_key(|(message, _)| (message.timestamp, message.id));
                self.learn(participants);
                self.cursor = cursor;
                number
            }
        };
        assert_eq!(self.messages, stored.messages);
        assert_eq!(self.participants, stored.participants);
        assert_eq!(self.cursor, stored.cursor);
        number
    }

    /// Applies positions, and what they and the messages say about the statuses of messages.
    fn learn(&mut self, positions: Vec<ParticipantPosition>) {
        for position in positions {
            let account = &position.position.account_id;
            self.participants
                .retain(|old| old.position.account_id != *account);
            self.participants.push(position);
        }
        self.participants = sorted(std::mem::take(&mut self.participants));
        let answers = self.messages.iter().map(|(message, _)| message);
        let answers = answers.filter(|message| message.direction == Direction::Outgoing);
        let answered_at = answers.map(|message| message.timestamp).max();
        for (message, status) in &mut self.messages {
            let is_own = message.sender_id.as_ref() == Some(&self.account);
            let reaches = |time: Option<UtcTime>| time >= Some(message.timestamp);
            if is_own && reaches(answered_at) {
                *status = MessageStatus::Seen;
            }
            for ParticipantPosition { position, .. } in &self.participants {
                if (position.account_id == self.account) == is_own {
                    continue;
                }
                if reaches(position.delivered_message_at) {
                    *status = MessageStatus::Delivered.max(*status);
                }
                if reaches(position.read_message_at) {
                    *status = MessageStatus::Seen;
                }
            }
        }
    }

    /// Returns `true` if something has changed that the reader was not told.
    fn is_behind(&self, site: &Fixture) -> bool {
        Self::new(site, self.account.as_str(), self.chat.as_str()).cursor != self.cursor
    }

    /// Returns the statuses of the messages, the oldest first.
    fn statuses(&self) -> Vec<MessageStatus> {
        self.messages.iter().map(|(_, status)| *status).collect()
    }
}

fn with_status(
    messages: Vec<VisibleMessage>,
    statuses: &Statuses,
) -> Vec<(VisibleMessage, MessageStatus)> {
    let with_status = |message: VisibleMessage| {
        let status = statuses.of(&message);
        (message, status)
    };
    messages.into_iter().map(with_status).collect()
}

fn sorted(mut participants: Vec<ParticipantPosition>) -> Vec<ParticipantPosition> {
    participants.sort_by(|a, b| a.position.account_id.cmp(&b.position.account_id));
    participants
}

/// Creates a chat in which two visitors take part.
fn shared_chat(db: &TestDatabase) -> (Fixture, [Visitor; 2], ChatId) {
    let site = Fixture::new(db);
    let visitors = ["4f3c", "5a1b"].map(|id| Visitor::guest(format!("{id}{}", site.channel.id)));
    let [ann, bob] = visitors.clone();
    // Both accounts exist once they have written.
    let elsewhere = NewMessage::text("elsewhere");
    site.tell(&bob, elsewhere);
    let (channel, account) = (site.channel.clone(), bob.account_id());
    let chat = site.write(move |tx| {
        let chat = create_chat(tx, &channel, &ann, NewChat::default())?.chat.id;
        chats::join(tx, &account, &chat)?;
        Ok(chat)
    });
    (site, visitors, chat)
}

/// Records that the visitor has received or read messages up to this one.
fn note(site: &Fixture, visitor: &Visitor, message: &Message, progress: Progress) {
    let (visitor, chat, id) = (visitor.clone(), message.chat_id.clone(), message.id);
    site.write(move |tx| note_progress(tx, &visitor, &chat, id, progress));
}

/// Numbers that are the same in each run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
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
        let edited = reader.messages[0].0.edited_at;
        assert!(edited.is_some());
        // The deleted message, and the reply to it.
        let writer = guest.clone();
        site.write(move |tx| delete_message(tx, &writer, id));
        assert_eq!(reader.catch_up(&site), 2);
        assert_eq!((reader.messages[0].0.id, reader.messages[0].0.reply_to_message_id), (reply.id, None));
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

    fn statuses_follow_from_positions_and_answers(db: &TestDatabase) {
        use MessageStatus::{Delivered, Seen, Sent};
        let (site, [ann, bob], chat) = shared_chat(db);
        let mut reader = Reader::new(&site, ann.account_id().as_str(), chat.as_str());
        let say = |text: &str| {
            let new = NewMessage { chat_id: Some(chat.clone()), ..NewMessage::text(text) };
            site.tell(&ann, new)
        };
        let asked = say("Where is it?");
        reader.catch_up(&site);
        assert_eq!(reader.statuses(), [Sent]);
        note(&site, &bob, &asked, Progress::Delivered);
        assert_eq!((reader.catch_up(&site), reader.statuses()), (1, vec![Delivered]));
        note(&site, &bob, &asked, Progress::Read);
        assert_eq!((reader.catch_up(&site), reader.statuses()), (1, vec![Seen]));
        let again = say("Hello?");
        // What the reader has read of the reader's own messages says nothing about them.
        note(&site, &ann, &again, Progress::Read);
        reader.catch_up(&site);
        assert_eq!(reader.statuses(), [Seen, Sent]);
        let answer = site.answer(&chat, "On its way");
        reader.catch_up(&site);
        assert_eq!(reader.statuses(), [Seen, Seen, Sent]);
        note(&site, &ann, &answer, Progress::Delivered);
        reader.catch_up(&site);
        assert_eq!(reader.statuses(), [Seen, Seen, Delivered]);
        // One who reads the chat now has the same.
        let late = Reader::new(&site, ann.account_id().as_str(), chat.as_str());
        assert_eq!(late, reader);
    }

    fn readers_of_any_history_have_what_is_stored(db: &TestDatabase) {
        for seed in 1..=20 {
            let (site, visitors, chat) = shared_chat(db);
            let mut random = Random(seed);
            let mut written: Vec<Message> = Vec::new();
            let mut readers = visitors.each_ref().map(|visitor| {
                Reader::new(&site, visitor.account_id().as_str(), chat.as_str())
            });
            for step in 0..30 {
                let visitor = &visitors[random.below(2)];
                let known = (!written.is_empty()).then(|| random.below(written.len()));
                match (random.below(6), known) {
                    (0 | 1, _) | (_, None) => {
                        let new = NewMessage {
                            chat_id: Some(chat.clone()),
                            ..NewMessage::text(format!("{step}"))
                        };
                        written.push(site.tell(visitor, new));
                    }
                    (2, _) => written.push(site.answer(&chat, &format!("{step}"))),
                    (3, Some(at)) => note(&site, visitor, &written[at], Progress::Delivered),
                    (4, Some(at)) => note(&site, visitor, &written[at], Progress::Read),
                    (_, Some(at)) => {
                        let message = written[at].clone();
                        if message.sender_id.as_ref() == Some(&visitor.account_id()) {
                            let (writer, is_deleted) = (visitor.clone(), random.below(2) == 0);
                            if is_deleted {
                                written.remove(at);
                                site.write(move |tx| delete_message(tx, &writer, message.id));
                            } else {
                                site.write(move |tx| edit_message(tx, &writer, message.id, "edited"));
                            }
                        }
                    }
                }
                let reader = &mut readers[random.below(2)];
                if reader.is_behind(&site) {
                    reader.catch_up(&site);
                }
            }
            for reader in &mut readers {
                if reader.is_behind(&site) {
                    reader.catch_up(&site);
                }
                assert_eq!(*reader, Reader::new(&site, reader.account.as_str(), chat.as_str()), "seed {seed}");
            }
            drop(site);
        }
    }

    fn given_up_delivery_has_failed_until_it_arrives(db: &TestDatabase) {
        use MessageStatus::{Delivered, Failed, Seen, Sent};
        let site = fake_site(db, json!({}));
        let first = site.hear("49170", "m-1", "hello").message;
        let reply = site.reply_to(&first, OutgoingMessage::text("welcome"));
        let mut reader = Reader::new(&site, "fake_49170", first.chat_id.as_str());
        assert_eq!(reader.statuses(), [Seen, Sent]);
        let held = site.take(Duration::from_secs(60)).unwrap();
        assert!(site.note_dead(&held));
        assert_eq!((reader.catch_up(&site), reader.statuses()), (1, vec![Seen, Failed]));
        assert!(site.retry(&reply));
        assert_eq!((reader.catch_up(&site), reader.statuses()), (1, vec![Seen, Sent]));
        for (status, expected) in [
            (ReceiptStatus::Delivered, Delivered),
            (ReceiptStatus::Seen, Seen),
        ] {
            let receipt = PlatformEvent::receipt(MessageRef::Own(reply.id), status, at(9));
            assert!(matches!(site.apply(receipt), Applied::Changed));
            assert_eq!((reader.catch_up(&site), reader.statuses()), (1, vec![Seen, expected]));
        }
    }
}
