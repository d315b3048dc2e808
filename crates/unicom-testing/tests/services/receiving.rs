//! Tests of `receive`: accounts and chats by address, repeats, edits, deletions, clicks, receipts
//! and changed addresses.

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use unicom_core::admin::Actor;
use unicom_core::buttons::{Button, Buttons};
use unicom_core::inbound::{
    Address, AddressScope, Applied, ChatInfo, MessageRef, PlatformEvent, ReceiptStatus, Refusal,
    Saved, Sender, receive,
};
use unicom_core::outbound::send_message;
use unicom_core::person::PersonRef;
use unicom_core::{CoreError, IncomingMessage, OutgoingMessage};
use unicom_db::queries::{
    account_tombstones, accounts, addresses, chats, deliveries, message_edits,
};
use unicom_db::queries::{messages, receipts};
use unicom_models::{Account, Chat, Direction, Message, UtcTime};
use unicom_testing::{FakePlatform, TestDatabase, both_engines};
use unicom_webchat::{ErasedByHost, erase};

use crate::deliveries::fixture::fake_site;
use crate::fixture::{Fixture, bots, platforms};
use crate::pipeline::{Running, quick, until};

/// Returns a message with this text, to which the provider gave this id.
fn text(id: &str, text: &str) -> IncomingMessage {
    IncomingMessage {
        text: text.to_owned(),
        provider_message_id: Some(id.to_owned()),
        ..IncomingMessage::default()
    }
}

fn at(seconds: u64) -> UtcTime {
    UtcTime::BEGINNING.plus(Duration::from_secs(seconds))
}

impl Fixture {
    fn apply(&self, event: PlatformEvent) -> Applied {
        let channel = self.channel.clone();
        self.write(move |tx| Ok(receive(tx, &channel, event)?))
    }

    /// Receives a message of the account with this address, in a chat with the same address.
    fn hear(&self, from: &str, id: &str, said: &str) -> Saved {
        let applied = self.apply(self.said(from, id, said));
        applied.into_saved().unwrap()
    }

    fn said(&self, from: &str, id: &str, said: &str) -> PlatformEvent {
        let chat = ChatInfo::new(self.channel.id, from);
        PlatformEvent::message(Sender::new(from, "Ada"), chat, text(id, said))
    }

    fn refusal(&self, event: PlatformEvent) -> Option<Refusal> {
        match self.apply(event) {
            Applied::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Sends a message to the chat of another one.
    fn reply_to(&self, message: &Message, outgoing: OutgoingMessage) -> Message {
        let (channel, chat_id) = (self.channel.clone(), message.chat_id.clone());
        let platforms = platforms(&FakePlatform::default());
        self.write(move |tx| Ok(send_message(tx, &platforms, &channel, &chat_id, outgoing)?))
    }

    /// Sends a message with a button. Returns the id of the button.
    pub fn offer_button(&self, message: &Message, button: Button) -> String {
        let outgoing = OutgoingMessage::text("?").with_buttons(Buttons(vec![vec![button]]));
        let buttons = self.reply_to(message, outgoing).buttons().unwrap();
        buttons.0[0][0].callback_execution_id.clone().unwrap()
    }

    fn set_blocked(&self, account: &str) {
        let account = account.into();
        self.write(move |tx| Ok(accounts::set_blocked(tx, &account, true)?));
    }

    fn erase_account(&self, account: &str) {
        let whom = PersonRef::Account(account.into());
        let erased = self.database.write(move |tx| {
            erase(tx, &Actor::COMMAND_LINE, &whom, false, |_, _| {
                Ok::<_, CoreError>(ErasedByHost::default())
            })
        });
        assert_eq!(erased.wait().unwrap().accounts, 1);
    }
}

both_engines! {
    fn first_contact_creates_the_account_and_the_chat(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let saved = site.hear("49170", "m-1", "hello");
        assert!(saved.is_new);
        let chat = format!("fake_{}_49170", site.channel.id);
        assert_eq!(saved.message.chat_id.as_str(), chat);
        assert_eq!(saved.message.provider_message_id.as_deref(), Some("m-1"));
        let account = site.account("fake_49170").unwrap();
        assert_eq!((account.name.as_str(), &account.raw), ("Ada", &json!({})));
        assert_eq!(site.request_of(&saved.message).account_id, account.id);
    }

    fn repeated_message_is_stored_once_whatever_it_says(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let first = site.hear("49170", "m-1", "hello").message;
        let before = site.rows();
        let again = site.hear("49170", "m-1", "hello, or so");
        assert_eq!((again.is_new, again.message), (false, first));
        assert_eq!(site.rows(), before);
    }

    fn concurrent_repeats_of_the_first_message_are_stored_once(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let barrier = Barrier::new(8);
        let new: usize = thread::scope(|scope| {
            let hear = || {
                barrier.wait();
                usize::from(site.hear("49170", "m-1", "hello").is_new)
            };
            let all: Vec<_> = (0..8).map(|_| scope.spawn(hear)).collect();
            all.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(new, 1);
        for table in ["unicom_messages", "unicom_requests", "unicom_accounts", "unicom_chats"] {
            assert_eq!(site.rows_of(table), 1, "{table}");
        }
    }

    fn message_whose_first_attempt_failed_halfway_is_stored(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let before = site.rows();
        let (channel, event) = (site.channel.clone(), site.said("49170", "m-1", "hello"));
        let failed = site.database.write(move |tx| {
            receive(tx, &channel, event)?;
            // A later event of the same call cannot be stored.
            let empty = PlatformEvent::message(
                Sender::new("49170", "Ada"),
                ChatInfo::new(channel.id, "49170"),
                text("m-2", ""),
            );
            receive(tx, &channel, empty)
        });
        assert!(matches!(failed.wait(), Err(CoreError::EmptyMessage)));
        assert_eq!(site.rows(), before);
        assert!(site.hear("49170", "m-1", "hello").is_new);
        assert!(!site.hear("49170", "m-1", "hello").is_new);
    }

    fn equal_ids_on_two_channels_are_two_chats(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let other = fake_site(db, json!({}));
        let (one, two) = (site.hear("7", "m-1", "here"), other.hear("7", "m-1", "there"));
        assert!(one.is_new && two.is_new);
        assert_ne!(one.message.chat_id, two.message.chat_id);
        assert_eq!(one.message.sender_id, two.message.sender_id);

        // An address of the channel is another account on each.
        let of_channel = |site: &Fixture| {
            let address = Address::account("8").with_scope(AddressScope::Channel(site.channel.id));
            let chat = ChatInfo::new(site.channel.id, "8");
            let event = PlatformEvent::message(Sender::at(address, "Eve"), chat, text("m-2", "hi"));
            site.apply(event).into_saved().unwrap().message.sender_id.unwrap()
        };
        assert_eq!(of_channel(&site).as_str(), format!("fake_{}_8", site.channel.id));
        assert_eq!(of_channel(&other).as_str(), format!("fake_{}_8", other.channel.id));
    }

    fn addresses_of_another_channel_or_kind_are_invalid(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let other = fake_site(db, json!({}));
        let ada = || Sender::new("7", "Ada");
        let here = || ChatInfo::new(site.channel.id, "7");
        let elsewhere = Address::account("7").with_scope(AddressScope::Channel(other.channel.id));
        let chat = Address::chat(site.channel.id, "7");
        for (sender, chat, field) in [
            (Sender::at(elsewhere, "Ada"), here(), "sender.address"),
            (Sender::at(chat, "Ada"), here(), "sender.address"),
            (ada(), ChatInfo::new(other.channel.id, "7"), "chat.address"),
            (ada(), ChatInfo::at(Address::account("7")), "chat.address"),
        ] {
            let channel = site.channel.clone();
            let event = PlatformEvent::message(sender, chat, text("m-1", "hi"));
            let refused = site.database.write(move |tx| receive(tx, &channel, event)).wait();
            let named = matches!(&refused, Err(CoreError::Invalid { field: found, .. }) if *found == field);
            assert!(named, "{refused:?}");
        }
        // A chat belongs to one channel, even if its address does not.
        let shared = || {
            PlatformEvent::message(ada(), FakePlatform::chat("7"), text("m-1", "hi"))
        };
        site.apply(shared());
        let (channel, event) = (other.channel.clone(), shared());
        let refused = site.database.write(move |tx| receive(tx, &channel, event)).wait();
        assert!(matches!(refused, Err(CoreError::ChatNotFound(_))), "{refused:?}");
    }

    fn erased_account_stays_erased(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.hear("49170", "m-1", "hello");
        let (from, to) = (Address::account("49170"), Address::account("49171"));
        site.apply(PlatformEvent::AddressChanged { from, to });
        site.hear("49171", "m-2", "new number");
        site.erase_account("fake_49170");
        for table in ["unicom_accounts", "unicom_chats", "unicom_messages", "unicom_addresses", "unicom_provider_messages"] {
            assert_eq!(site.rows_of(table), 0, "{table}");
        }
        // By either address: nothing that is on its way brings the account back.
        let other = fake_site(db, json!({}));
        for site in [&site, &other] {
            for (from, id) in [("49170", "m-3"), ("49171", "m-2")] {
                let refused = site.refusal(site.said(from, id, "late"));
                assert_eq!(refused, Some(Refusal::AccountErased), "{from}");
            }
        }
        assert_eq!(site.rows_of("unicom_accounts"), 0);
        site.write(|tx| {
            let later = tx.now().plus(Duration::from_secs(1));
            Ok(account_tombstones::delete_old_erasures(tx, later, 10)?)
        });
        assert!(site.hear("49171", "m-4", "hello again").is_new);
    }

    fn blocked_account_changes_nothing(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let message = site.hear("7", "m-1", "hello").message;
        let button = site.offer_button(&message, Button::value("Yes", "yes"));
        site.set_blocked("fake_7");
        let before = site.rows();
        for event in [
            site.said("7", "m-2", "more"),
            // Nor does it by another chat.
            PlatformEvent::message(Sender::new("7", "Ada"), FakePlatform::chat("new"), text("m-3", "hi")),
            PlatformEvent::edited("m-1", "changed", at(1)),
            PlatformEvent::clicked(Sender::new("7", "Ada"), button, Value::Null),
        ] {
            assert_eq!(site.refusal(event), Some(Refusal::AccountBlocked));
        }
        assert_eq!(site.rows(), before);
        assert_eq!(site.message(message.id).text, "hello");
    }

    fn name_and_data_of_a_known_account_are_refreshed(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let say = |sender: Sender, id: &str| {
            let chat = ChatInfo::new(site.channel.id, "7");
            let event = PlatformEvent::message(sender, chat, text(id, "hi"));
            site.apply(event).into_saved().unwrap().message.sender_name
        };
        let profile = || {
            let account = site.account("fake_7").unwrap();
            (account.name, account.raw)
        };
        say(Sender::new("7", "Ada").with_raw(json!({"language": "en"})), "m-1");
        assert_eq!(profile(), ("Ada".to_owned(), json!({"language": "en"})));
        let renamed = || Sender::new("7", "Ada L.").with_raw(json!({"language": "fr"}));
        assert_eq!(say(renamed(), "m-2"), "Ada L.");
        assert_eq!(profile(), ("Ada L.".to_owned(), json!({"language": "fr"})));
        let before = site.account("fake_7");
        say(renamed(), "m-3");
        say(Sender::new("7", ""), "m-4");
        assert_eq!(site.account("fake_7"), before);
    }

    fn quoted_message_is_found_by_the_id_of_the_provider(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let first = site.hear("7", "m-1", "hello").message;
        let elsewhere = site.hear("8", "m-2", "elsewhere").message;
        let quoting = |id: &str, quoted: &str| {
            let mut event = site.said("7", id, "that");
            if let PlatformEvent::Message(event) = &mut event {
                event.reply_to = Some(quoted.to_owned());
            }
            site.apply(event).into_saved().unwrap().message.reply_to_message_id
        };
        assert_eq!(quoting("m-3", "m-1"), Some(first.id));
        // One that is unknown, or in another chat, is left out.
        assert_eq!(quoting("m-4", "m-unknown"), None);
        assert_eq!(quoting("m-5", "m-2"), None);
        assert_ne!(elsewhere.chat_id, first.chat_id);
    }

    fn edit_before_the_answer_changes_what_is_answered(db: &TestDatabase) {
        let site = fake_site(db, json!({"bot": "echo"}));
        let message = site.hear("7", "m-1", "hello?").message;
        let edit = |said: &str, seconds| site.apply(PlatformEvent::edited("m-1", said, at(seconds)));
        assert!(matches!(edit("hello", 10), Applied::Changed));
        let mut expected = message.clone();
        expected.text = "hello".to_owned();
        assert_eq!(site.message(message.id), expected);
        assert_eq!(site.request_of(&message).display_text, "hello");
        // Repeated, and older.
        assert!(matches!(edit("hello", 10), Applied::Unchanged));
        assert!(matches!(edit("hello...", 9), Applied::Unchanged));
        // In the same second.
        assert!(matches!(edit("hello!", 10), Applied::Changed));
        let id = message.id;
        let earlier = site.read(move |db| message_edits::list(db, &[id]));
        let texts: Vec<&str> = earlier.iter().map(|edit| edit.text.as_str()).collect();
        assert_eq!(texts, ["hello?", "hello"]);
        assert_eq!(site.rows_of("unicom_requests"), 1);
        let fake = FakePlatform::default();
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        until("the answer is delivered", || fake.delivered().len() == 1);
        assert_eq!(fake.delivered()[0].message.text, "Echo: hello!");
    }

    fn edit_after_the_answer_makes_no_request(db: &TestDatabase) {
        let site = fake_site(db, json!({"bot": "echo"}));
        let message = site.hear("7", "m-1", "hello?").message;
        let fake = FakePlatform::default();
        let running = Running::start_with(db.database(), &fake, bots(), quick());
        until("the answer is delivered", || fake.delivered().len() == 1);
        drop(running);
        let before = site.chat(message.chat_id.as_str()).unwrap().updated_at;
        assert!(matches!(site.apply(PlatformEvent::edited("m-1", "hello", at(1))), Applied::Changed));
        assert_eq!(site.message(message.id).text, "hello");
        assert_eq!(site.request_of(&message).display_text, "hello?");
        assert_eq!(site.rows_of("unicom_requests"), 1);
        // Readers that have the old text read the chat again.
        assert!(site.chat(message.chat_id.as_str()).unwrap().updated_at > before);
        for unknown in ["m-2", &format!("fake-{}", fake.delivered()[0].message.id)] {
            let refused = site.refusal(PlatformEvent::edited(unknown, "forged", at(2)));
            assert_eq!(refused, Some(Refusal::UnknownMessage));
        }
        let other = fake_site(db, json!({}));
        let refused = other.refusal(PlatformEvent::edited("m-1", "forged", at(2)));
        assert_eq!(refused, Some(Refusal::UnknownMessage));
    }

    fn deleted_message_leaves_the_chat_with_its_request(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let first = site.hear("7", "m-1", "oops").message;
        let second = site.hear("7", "m-2", "hello").message;
        site.apply(PlatformEvent::edited("m-1", "oops!", at(1)));
        let delete = || PlatformEvent::Deleted { provider_message_id: "m-1".to_owned() };
        assert!(matches!(site.apply(delete()), Applied::Changed));
        let id = first.id;
        assert_eq!(site.read(move |db| messages::get_unchecked(db, id)), None);
        assert_eq!(site.requests().len(), 1);
        assert_eq!(site.rows_of("unicom_message_edits"), 0);
        let chat = site.chat(second.chat_id.as_str()).unwrap();
        assert_eq!(chat.first_message_id, Some(second.id));
        assert_eq!(site.refusal(delete()), Some(Refusal::UnknownMessage));
        // Only the sender's own messages can be deleted.
        let answer = site.reply_to(&second, OutgoingMessage::text("hi"));
        let fake = FakePlatform::default();
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        site.until_delivery(&answer, "sent");
        let forged = PlatformEvent::Deleted { provider_message_id: format!("fake-{}", answer.id) };
        assert_eq!(site.refusal(forged), Some(Refusal::UnknownMessage));
    }

    fn receipts_never_go_backward(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let message = site.hear("7", "m-1", "hello").message;
        let sent = site.reply_to(&message, OutgoingMessage::text("news"));
        let by_our_id = MessageRef::Own(sent.id);
        let report = |of: &MessageRef, status, seconds| {
            site.apply(PlatformEvent::receipt(of.clone(), status, at(seconds)))
        };
        let failed = || ReceiptStatus::Failed { code: "131026".to_owned(), reason: "No such number".to_owned() };
        let failure = || site.read(move |db| receipts::failures(db, &[sent.id])).pop();
        assert!(matches!(report(&by_our_id, failed(), 1), Applied::Changed));
        assert!(matches!(report(&by_our_id, failed(), 2), Applied::Unchanged));
        assert_eq!(failure().map(|failure| (failure.code, failure.failed_at)), Some(("131026".to_owned(), at(1))));

        let fake = FakePlatform::default();
        let running = Running::start_with(db.database(), &fake, bots(), quick());
        site.until_delivery(&sent, "sent");
        drop(running);
        // The provider's id is known since the delivery.
        let by_provider = MessageRef::Provider(format!("fake-{}", sent.id));
        let sent_at = site.message(sent.id).sent_at;
        assert!(matches!(report(&by_provider, ReceiptStatus::Sent, 3), Applied::Unchanged));
        assert!(matches!(report(&by_provider, ReceiptStatus::Seen, 5), Applied::Changed));
        assert!(matches!(report(&by_provider, ReceiptStatus::Delivered, 4), Applied::Unchanged));
        assert!(matches!(report(&by_provider, ReceiptStatus::Seen, 6), Applied::Unchanged));
        // It was delivered: a failure before was none, and one now comes too late.
        assert_eq!(failure(), None);
        assert!(matches!(report(&by_provider, failed(), 7), Applied::Unchanged));
        assert_eq!(failure(), None);
        let now = site.message(sent.id);
        assert_eq!((now.sent_at, now.delivered_at, now.seen_at), (sent_at, Some(at(5)), Some(at(5))));

        for unknown in [MessageRef::Provider("m-1".to_owned()), MessageRef::Own(message.id), MessageRef::Provider("x".to_owned())] {
            let event = PlatformEvent::receipt(unknown, ReceiptStatus::Seen, at(8));
            assert_eq!(site.refusal(event), Some(Refusal::UnknownMessage));
        }
        let other = fake_site(db, json!({}));
        let event = PlatformEvent::receipt(by_our_id, ReceiptStatus::Seen, at(8));
        assert_eq!(other.refusal(event), Some(Refusal::UnknownMessage));
    }

    fn moved_chat_is_the_same_by_either_address(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let chat = |value: &str| Address::chat(site.channel.id, value);
        let moved = || PlatformEvent::AddressChanged { from: chat("-5"), to: chat("-1005") };
        assert_eq!(site.refusal(moved()), Some(Refusal::UnknownAddress));
        let say = |address: &str, id: &str| {
            let info = ChatInfo::group(site.channel.id, address, "Team");
            let event = PlatformEvent::message(Sender::new("7", "Ada"), info, text(id, "hi"));
            site.apply(event).into_saved().unwrap().message
        };
        let first = say("-5", "m-1");
        assert!(matches!(site.apply(moved()), Applied::Changed));
        assert!(matches!(site.apply(moved()), Applied::Unchanged));
        assert_eq!(say("-1005", "m-2").chat_id, first.chat_id);
        assert_eq!(say("-5", "m-3").chat_id, first.chat_id);
        let answer = site.reply_to(&first, OutgoingMessage::text("news"));
        let fake = FakePlatform::default();
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        site.until_delivery(&answer, "sent");
        assert_eq!(fake.delivered()[0].to, chat("-1005"));
    }

    fn address_of_another_account_is_reassigned(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let account = |value: &str| Address::account(value);
        site.hear("49170", "m-1", "hello");
        site.hear("49171", "m-2", "hello");
        let moved = PlatformEvent::AddressChanged { from: account("49170"), to: account("49171") };
        assert!(matches!(site.apply(moved), Applied::Changed));
        let sender = site.hear("49171", "m-3", "from the new number").message.sender_id;
        assert_eq!(sender.unwrap().as_str(), "fake_49170");
        // The account that lost its address is still there, under an id that is not used again.
        let moved = PlatformEvent::AddressChanged { from: account("49171"), to: account("49172") };
        site.apply(moved);
        let all = site.read(move |db| addresses::of_accounts(db, &["fake_49170".into()]));
        assert_eq!(all.len(), 3);
        assert!(site.account("fake_49171").is_some());
    }

    fn id_of_another_account_or_chat_is_not_used_again(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let (channel, now) = (site.channel.clone(), site.database.now());
        let (account_id, chat_id) = ("fake_7", format!("fake_{}_7", channel.id));
        let taken = chat_id.clone();
        site.write(move |tx| {
            let account = Account::new(account_id.into(), &channel, "Eve".to_owned(), now);
            accounts::insert_if_absent(tx, &account)?;
            chats::insert_if_absent(tx, &Chat::new(taken.into(), &channel, now))?;
            Ok(())
        });
        let first = site.hear("7", "m-1", "hello").message;
        let sender = first.sender_id.unwrap();
        assert!(sender.as_str().starts_with("fake_7_"), "{sender}");
        let chat = first.chat_id.as_str();
        assert!(chat.starts_with(&format!("{chat_id}_")), "{chat}");
        let second = site.hear("7", "m-2", "hello again").message;
        assert_eq!((second.sender_id, &second.chat_id), (Some(sender), &first.chat_id));
        assert_eq!(site.account(account_id).unwrap().name, "Eve");
    }

    fn message_that_arrives_during_the_erasure_of_its_sender_is_refused(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        site.hear("7", "m-1", "hello");
        let begun = Arc::new(Barrier::new(2));
        thread::scope(|scope| {
            let barrier = begun.clone();
            scope.spawn(move || assert_eq!(erase_slowly(db, barrier), 1));
            begun.wait();
            // The erasure is not committed yet.
            let refused = site.refusal(site.said("7", "m-2", "late"));
            assert_eq!(refused, Some(Refusal::AccountErased));
        });
        assert_eq!(site.rows_of("unicom_messages"), 0);
    }

    fn chat_that_is_gone_has_one_note_for_admins(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let message = site.hear("7", "m-1", "hello").message;
        let gone = || PlatformEvent::ChatGone {
            chat: Address::chat(site.channel.id, "7"),
            reason: "The account has blocked the bot".to_owned(),
        };
        assert!(matches!(site.apply(gone()), Applied::Changed));
        assert!(matches!(site.apply(gone()), Applied::Unchanged));
        assert_eq!(site.rows_of("unicom_messages"), 2);
        let chat = site.chat(message.chat_id.as_str()).unwrap();
        assert_eq!(chat.last_message_id, Some(message.id));
        let notes = site.read(move |db| {
            let access = unicom_db::queries::chat_access::for_admin(db, &chat.id)?.unwrap();
            messages::page_for_admin(db, &access, messages::Walk::FromNewest, 1)
        });
        assert_eq!(notes[0].direction, Direction::Internal);
        assert_eq!(notes[0].text, "The account has blocked the bot");
        // It comes back, and goes again.
        site.hear("7", "m-2", "here I am");
        assert!(matches!(site.apply(gone()), Applied::Changed));
        let other = fake_site(db, json!({}));
        let elsewhere = PlatformEvent::ChatGone { chat: Address::chat(other.channel.id, "7"), reason: "x".to_owned() };
        assert_eq!(other.refusal(elsewhere), Some(Refusal::UnknownAddress));
    }

    fn click_is_stored_once_and_a_forged_one_is_refused(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let other = fake_site(db, json!({}));
        let message = site.hear("7", "m-1", "hello").message;
        site.hear("8", "m-2", "hello");
        other.hear("7", "m-3", "hello");
        let button = site.offer_button(&message, Button::value("The cat", "cat"));
        let click = |from: &str, button: &str| {
            let raw = json!({"update_id": 12});
            PlatformEvent::clicked(Sender::new(from, "Ada L."), button, raw)
        };
        let before = site.rows();
        for (site, event) in [
            (&site, click("8", &button)),
            (&site, click("unknown", &button)),
            (&site, click("7", "forged")),
            (&site, click("7", &format!("{button}0"))),
            // The chat is on another channel.
            (&other, click("7", &button)),
        ] {
            assert_eq!(site.refusal(event), Some(Refusal::UnknownButton));
        }
        assert_eq!(site.rows(), before);
        let clicked = site.apply(click("7", &button)).into_saved().unwrap();
        assert!(clicked.is_new);
        assert_eq!(clicked.message.clicked(), Some("cat"));
        assert_eq!(clicked.message.sender_name, "Ada L.");
        assert_eq!(clicked.message.raw["update_id"], 12);
        let again = site.apply(click("7", &button)).into_saved().unwrap();
        assert_eq!((again.is_new, again.message), (false, clicked.message));
        let expired = Button { expires_at: Some(at(1)), ..Button::value("Old", "old") };
        let expired = site.offer_button(&message, expired);
        assert_eq!(site.refusal(click("7", &expired)), Some(Refusal::ButtonExpired));
    }
}

/// Erases the account `fake_7` in a transaction that stays open for a while after `begun`. Returns
/// the number of erased accounts.
fn erase_slowly(db: &TestDatabase, begun: Arc<Barrier>) -> i64 {
    let whom = PersonRef::Account("fake_7".into());
    let erased = db.connect().write(move |tx| {
        let erased = erase(tx, &Actor::COMMAND_LINE, &whom, false, |_, _| {
            Ok::<_, CoreError>(ErasedByHost::default())
        });
        begun.wait();
        thread::sleep(Duration::from_millis(300));
        erased
    });
    erased.wait().unwrap().accounts
}

/// Undoes the migration that made the addresses.
fn revert_addresses(db: &TestDatabase) {
    use diesel::connection::SimpleConnection;
    let down = match db.engine() {
        unicom_db::Engine::Sqlite => {
            include_str!("../../../unicom-db/migrations/sqlite/unicom-0008_addresses/down.sql")
        }
        unicom_db::Engine::Postgres => {
            include_str!("../../../unicom-db/migrations/postgres/unicom-0008_addresses/down.sql")
        }
    };
    let mut connection = db.connection();
    unicom_db::on_engine!(&mut connection, conn => {
        conn.batch_execute(down).unwrap();
        conn.batch_execute("DELETE FROM __diesel_schema_migrations WHERE version = 'unicom0008'").unwrap();
    });
}

both_engines! {
    fn accounts_and_chats_of_an_older_database_are_known(db: &TestDatabase) {
        let site = fake_site(db, json!({}));
        let web = Fixture::new(db);
        web.say(&unicom_webchat::Visitor::guest("4f3c"), "hello");
        let first = site.hear("49170", "m-1", "hello").message;
        // A platform without the channel in the ids of its chats, and an account that another part
        // of the host made.
        let plain = PlatformEvent::message(Sender::new("49171", "Eve"), FakePlatform::chat("49171"), text("m-2", "hi"));
        let plain = site.apply(plain).into_saved().unwrap().message;
        let strange = Account::new("strange".into(), &site.channel, "Sue".to_owned(), at(1));
        site.write(move |tx| Ok(accounts::insert_if_absent(tx, &strange)?));
        let answer = site.reply_to(&first, OutgoingMessage::text("news"));
        let fake = FakePlatform::default();
        let running = Running::start_with(db.database(), &fake, bots(), quick());
        site.until_delivery(&answer, "sent");
        drop(running);
        let before = site.rows();

        revert_addresses(db);
        db.database().migrate(&[&unicom_db::MIGRATIONS]).unwrap();
        let after = site.rows();
        let changed: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();
        assert_eq!(changed, [(&("unicom_addresses", 4), &("unicom_addresses", 5))]);
        assert!(!site.hear("49170", "m-1", "hello").is_new);
        let second = site.hear("49170", "m-3", "hello again").message;
        assert_eq!((&second.chat_id, &second.sender_id), (&first.chat_id, &first.sender_id));
        let second = site.hear("49171", "m-4", "hello again").message;
        assert_eq!((&second.chat_id, &second.sender_id), (&plain.chat_id, &plain.sender_id));
        let by = site.hear("strange", "m-5", "hello").message.sender_id;
        assert_eq!(by.unwrap().as_str(), "strange");
        let seen = PlatformEvent::receipt(MessageRef::Provider(format!("fake-{}", answer.id)), ReceiptStatus::Seen, at(9));
        assert!(matches!(site.apply(seen), Applied::Changed));
        let answer = site.reply_to(&plain, OutgoingMessage::text("news"));
        let _running = Running::start_with(db.database(), &fake, bots(), quick());
        site.until_delivery(&answer, "sent");
        assert_eq!(fake.delivered()[1].to, Address::chat(site.channel.id, "49171"));
        assert!(site.read(deliveries::next_due).is_none());
    }
}
