//! Tests of `migrate_guest_to_user`: the login of a guest and the migration of the guest's chats.

use std::time::Duration;

use serde_json::{Map, json};
use unicom_core::admin::Actor;
use unicom_core::{
    CoreError, OutgoingMessage,
    buttons::{Button, Buttons},
    person::PersonRef,
};
use unicom_models::{ChatId, MediaType, StoredMedia, UtcTime};
use unicom_testing::{TestClock, TestDatabase, both_engines};
use unicom_webchat::{
    ErasedByHost, MessagePageRequest, NewChat, NewMessage, Saved, Visitor, WebChatError,
    click_button, create_chat, delete_message, edit_message, erase, media_message,
    send_webchat_message,
};

use crate::fixture::{Fixture, user};

impl Fixture {
    fn open_chat(&self, visitor: &Visitor, name: &str) -> String {
        let (channel, visitor) = (self.channel.clone(), visitor.clone());
        let new = NewChat {
            name: Some(name.to_owned()),
            metadata: Some(Map::new()),
        };
        let listed = self.write(move |tx| create_chat(tx, &channel, &visitor, new));
        listed.chat.id.to_string()
    }

    fn named_chat(&self, visitor: &Visitor, id: &str) -> Result<Vec<String>, WebChatError> {
        let page = MessagePageRequest {
            chat_id: Some(id.into()),
            ..MessagePageRequest::default()
        };
        let page = self.list(visitor, page)?;
        Ok(page
            .messages
            .into_iter()
            .rev()
            .map(|message| message.text)
            .collect())
    }
}

both_engines! {
    fn new_user_takes_over_the_guest_chat(db: &TestDatabase) {
        let site = Fixture::new(db);
        let guest = Visitor::guest("g");
        let ann = Visitor::User(user("7"));
        let first = site.say(&guest, "one");
        site.answer(&first.chat_id, "two");
        let account = site.log_in("g", &user("7")).unwrap().unwrap();

        assert_eq!(account.id.as_str(), "webchat_user_7");
        assert!(account.member_id.is_some());
        assert_eq!(site.texts(&ann), ["one", "two"]);
        assert_eq!(site.unread(&ann), [1]);
        assert_eq!(site.account("webchat_guest_g"), None);
        assert_eq!(site.chat("webchat_guest_g"), None);
        let chat = site.chat("webchat_user_7").unwrap();
        assert_eq!(chat.name.as_deref(), Some("one"));
        assert_eq!(chat.first_message_id, Some(first.id));

        let page = site.list(&ann, MessagePageRequest::default()).unwrap();
        let moved = site.message(page.messages.last().unwrap().id);
        assert_eq!(moved.sender_id.as_ref(), Some(&account.id));
        assert_eq!(moved.user_id.as_deref(), Some("7"));
        assert_eq!(site.message(page.messages[0].id).sender_id, None);
        let request = site.request_of(&first);
        assert_eq!(request.account_id, account.id);
        assert_eq!(request.chat_id, chat.id);
        assert_eq!(request.member_id, account.member_id);
    }

    fn guest_chat_is_merged_in_order_of_time(db: &TestDatabase) {
        let site = Fixture::new(db);
        let (guest, ann) = (Visitor::guest("g"), Visitor::User(user("7")));
        let mut chat = None;
        for number in 0..10 {
            let writer = if number % 2 == 0 { &ann } else { &guest };
            chat = Some(site.say(writer, &number.to_string()).chat_id);
        }
        site.answer(&chat.unwrap(), "10");
        site.answer(&"webchat_user_7".into(), "11");
        site.log_in("g", &user("7")).unwrap();

        let expected: Vec<_> = (0..12).map(|number| number.to_string()).collect();
        assert_eq!(site.texts(&ann), expected);
        assert_eq!(site.unread(&ann), [2]);
        let page = site.list(&ann, MessagePageRequest::default()).unwrap();
        let chat = site.chat("webchat_user_7").unwrap();
        assert_eq!(chat.last_message_id, Some(page.messages[0].id));
        assert_eq!(chat.last_outgoing_message_id, Some(page.messages[0].id));
        assert_eq!(chat.last_incoming_message_id, Some(page.messages[2].id));
        assert_eq!(chat.first_outgoing_message_id, Some(page.messages[1].id));
        assert_eq!(chat.first_message_id, Some(page.messages[11].id));
        assert_eq!(chat.last_activity_at, page.messages[0].timestamp);
        assert_eq!(site.rows_of("unicom_chats"), 1);
        assert_eq!(site.rows_of("unicom_requests"), 10);
        assert!(site.requests().iter().all(|request| request.chat_id == chat.id));
        // The next message is later than all of them.
        site.say(&ann, "12");
        assert_eq!(site.texts(&ann).last().unwrap(), "12");
    }

    fn earlier_guest_message_becomes_the_first(db: &TestDatabase) {
        let site = Fixture::new(db);
        let early = site.say(&Visitor::guest("g"), "early");
        let late = site.say(&Visitor::User(user("7")), "late");
        site.log_in("g", &user("7")).unwrap();
        let chat = site.chat("webchat_user_7").unwrap();
        assert_eq!(chat.first_message_id, Some(early.id));
        assert_eq!(chat.last_message_id, Some(late.id));
        assert_eq!(chat.last_activity_at, late.timestamp);
    }

    fn other_chats_keep_their_ids(db: &TestDatabase) {
        let site = Fixture::new(db);
        let (guest, ann) = (Visitor::guest("g"), Visitor::User(user("7")));
        let order = site.open_chat(&guest, "Order");
        site.tell(&guest, NewMessage::text("where is it?").in_chat(order.as_str()));
        site.answer(&order.as_str().into(), "on its way");
        site.log_in("g", &user("7")).unwrap();
        assert_eq!(site.named_chat(&ann, &order).unwrap(), ["where is it?", "on its way"]);
        assert_eq!(site.unread(&ann), [1]);
        assert_eq!(site.chats(&ann)[0].chat.name.as_deref(), Some("Order"));
    }

    fn default_chats_of_every_channel_are_migrated(db: &TestDatabase) {
        let first = Fixture::new(db);
        let second = first.another(json!({}));
        let (guest, ann) = (Visitor::guest("g"), Visitor::User(user("7")));
        // The user first wrote on the second channel, the guest on the first.
        second.say(&ann, "user, second");
        first.say(&guest, "guest, first");
        second.say(&guest, "guest, second");
        first.log_in("g", &user("7")).unwrap();
        assert_eq!(first.texts(&ann), ["guest, first"]);
        assert_eq!(second.texts(&ann), ["user, second", "guest, second"]);
        let away = format!("webchat_user_7_c{}", first.channel.id);
        assert!(first.chat(&away).is_some());
        assert_eq!(first.rows_of("unicom_chats"), 2);
    }

    fn files_are_migrated(db: &TestDatabase) {
        let site = Fixture::new(db);
        let media = StoredMedia {
            key: "0198/photo".to_owned(),
            name: "photo.png".to_owned(),
            content_type: "image/png".to_owned(),
            size: 3,
            sha256: "ab".to_owned(),
            measures: unicom_models::MediaMeasures::default(),
        };
        let new = NewMessage { media: Some((MediaType::Image, media.clone())), ..NewMessage::default() };
        let id = site.tell(&Visitor::guest("g"), new).id;
        site.log_in("g", &user("7")).unwrap();
        let seen_by = |visitor: Visitor| site.database.read(move |db| media_message(db, &visitor, id, None)).wait();
        assert_eq!(seen_by(Visitor::User(user("7"))).unwrap(), media);
        assert!(matches!(seen_by(Visitor::User(user("8"))), Err(WebChatError::NotFound)));
    }

    fn repeated_login_changes_nothing(db: &TestDatabase) {
        let site = Fixture::new(db);
        site.say(&Visitor::guest("g"), "one");
        let account = site.log_in("g", &user("7")).unwrap();
        let before = site.rows();
        assert_eq!(site.log_in("g", &user("7")).unwrap(), account);
        assert_eq!(site.rows(), before);
        assert_eq!(site.texts(&Visitor::User(user("7"))), ["one"]);
    }

    fn next_user_of_the_session_gets_nothing(db: &TestDatabase) {
        let site = Fixture::new(db);
        site.say(&Visitor::guest("g"), "one");
        site.log_in("g", &user("7")).unwrap();
        assert_eq!(site.log_in("g", &user("8")).unwrap(), None);
        assert!(site.chats(&Visitor::User(user("8"))).is_empty());
        assert_eq!(site.texts(&Visitor::User(user("7"))), ["one"]);
    }

    fn guest_without_messages_migrates_nothing(db: &TestDatabase) {
        let site = Fixture::new(db);
        let before = site.rows();
        assert_eq!(site.log_in("g", &user("7")).unwrap(), None);
        assert_eq!(site.rows(), before);
        site.say(&Visitor::User(user("7")), "one");
        let account = site.log_in("g", &user("7")).unwrap().unwrap();
        assert_eq!(account.id.as_str(), "webchat_user_7");
    }

    fn messages_in_flight_during_the_login_are_migrated(db: &TestDatabase) {
        let site = Fixture::new(db);
        let (guest, ann) = (site.arriving("g"), Visitor::User(user("7")));
        let named = NewMessage { client_message_id: Some("c-1".to_owned()), ..NewMessage::text("one") };
        let first = site.tell(&guest, named.clone());
        site.log_in("g", &user("7")).unwrap();
        let late = site.say(&guest, "two");
        assert_eq!(late.chat_id.as_str(), "webchat_user_7");
        assert_eq!(late.sender_id.as_ref().unwrap().as_str(), "webchat_user_7");
        // Sending again after the login finds the message that was sent before it.
        for visitor in [&guest, &ann] {
            let found = site.save(visitor, named.clone()).unwrap();
            assert_eq!((found.is_new, found.message.id), (false, first.id));
        }
        assert_eq!(site.texts(&ann), ["one", "two"]);
        assert_eq!(site.account("webchat_guest_g"), None);
        assert_eq!(site.rows_of("unicom_accounts"), 1);
    }

    fn blocked_account_is_not_migrated(db: &TestDatabase) {
        let site = Fixture::new(db);
        let (guest, ann) = (Visitor::guest("g"), Visitor::User(user("7")));
        site.say(&guest, "one");
        site.say(&ann, "two");
        site.block(&ann);
        let before = site.rows();
        assert!(matches!(site.log_in("g", &user("7")), Err(WebChatError::AccountBlocked)));
        // A blocked guest cannot evade the block by logging in.
        site.block(&guest);
        assert!(matches!(site.log_in("g", &user("8")), Err(WebChatError::AccountBlocked)));
        assert_eq!(site.rows(), before);
    }

    fn equal_client_ids_do_not_prevent_a_migration(db: &TestDatabase) {
        let site = Fixture::new(db);
        let (guest, ann) = (Visitor::guest("g"), Visitor::User(user("7")));
        let named = NewMessage { client_message_id: Some("1".to_owned()), ..NewMessage::text("one") };
        site.tell(&ann, named.clone());
        site.tell(&guest, named);
        site.log_in("g", &user("7")).unwrap();
        assert_eq!(site.texts(&ann), ["one", "one"]);
    }

    fn two_guests_of_one_user_are_both_migrated(db: &TestDatabase) {
        let site = Fixture::new(db);
        site.say(&Visitor::guest("phone"), "one");
        site.say(&Visitor::guest("desk"), "two");
        site.log_in("phone", &user("7")).unwrap();
        site.log_in("desk", &user("7")).unwrap();
        assert_eq!(site.texts(&Visitor::User(user("7"))), ["one", "two"]);
        assert_eq!(site.rows_of("unicom_accounts"), 1);
    }
}

/// Returns the guest of this session with a request that reached the host at `arrived_at`.
fn arrived(session: &str, arrived_at: UtcTime) -> Visitor {
    Visitor::guest(session).with_arrival(Some(arrived_at))
}

fn refused(site: &Fixture, visitor: &Visitor, text: &str) {
    let refused = site.save(visitor, NewMessage::text(text));
    assert!(
        matches!(refused, Err(WebChatError::GuestLoggedIn)),
        "{text}: {refused:?}"
    );
}

both_engines! {
    fn only_messages_received_before_the_login_reach_the_user(db: &TestDatabase) {
        let clock = TestClock::new();
        let site = Fixture::with(&db.connect_with(clock.options()), json!({}));
        let (guest, ada) = (Visitor::guest("kept"), user("ada"));
        let now = || site.database.now();
        site.say(&guest, "before");
        let (long_before, before) = (now().minus(Duration::from_secs(3600)), now());
        clock.advance(Duration::from_secs(1));
        site.log_in("kept", &ada).unwrap();
        clock.advance(Duration::from_secs(1));

        // A request without a known arrival time may have come after the login.
        refused(&site, &guest, "unknown");
        refused(&site, &arrived("kept", now()), "after the login");
        site.say(&arrived("kept", before), "under way");
        site.say(&arrived("kept", long_before), "slow");
        clock.advance(Duration::from_secs(58));
        site.say(&arrived("kept", before), "slower");
        clock.advance(Duration::from_secs(2));
        refused(&site, &arrived("kept", before), "too slow");
        let texts = ["before", "under way", "slow", "slower"];
        assert_eq!(site.texts(&Visitor::User(ada.clone())), texts);
        assert_eq!(site.rows_of("unicom_accounts"), 1);

        // The id of the session is free again, and belongs to a new guest.
        site.say(&arrived("kept", now()), "another guest");
        assert_eq!(site.texts(&guest), ["another guest"]);
        site.log_in("kept", &user("bob")).unwrap();
        assert_eq!(site.texts(&Visitor::User(user("bob"))), ["another guest"]);
        assert_eq!(site.texts(&Visitor::User(ada)), texts);
    }

    fn only_clicks_and_chats_received_before_the_login_reach_the_user(db: &TestDatabase) {
        let clock = TestClock::new();
        let site = Fixture::with(&db.connect_with(clock.options()), json!({}));
        let guest = Visitor::guest("kept");
        let chat_id = site.say(&guest, "hi").chat_id;
        let before = site.database.now();
        let offer = |chat_id: ChatId| {
            let channel = site.channel.clone();
            let message = site.write(move |tx| {
                let buttons = Buttons(vec![vec![Button::value("Yes", "y")]]);
                let question = OutgoingMessage::text("Well?").with_buttons(buttons);
                send_webchat_message(tx, &channel, &chat_id, question)
            });
            format!("{}.0.0", message.id)
        };
        let theirs = offer(chat_id);
        clock.advance(Duration::from_secs(1));
        site.log_in("kept", &user("ada")).unwrap();
        let hers = offer("webchat_user_ada".into());
        let click = |visitor: Visitor, id: &str| {
            let id = id.to_owned();
            site.database.write(move |tx| click_button(tx, &visitor, &id)).wait()
        };
        let make = |visitor: Visitor| {
            let channel = site.channel.clone();
            let made = site.database.write(move |tx| create_chat(tx, &channel, &visitor, NewChat::default()));
            made.wait()
        };
        for late in [guest, arrived("kept", site.database.now())] {
            for id in [&theirs, &hers, "none"] {
                let clicked = click(late.clone(), id);
                assert!(matches!(clicked, Err(WebChatError::GuestLoggedIn)), "{clicked:?}");
            }
            let made = make(late.clone());
            assert!(matches!(made, Err(WebChatError::GuestLoggedIn)), "{made:?}");
            assert!(site.texts(&late).is_empty());
        }
        let in_time = arrived("kept", before);
        assert_eq!(click(in_time.clone(), &theirs).unwrap().message.text, "Yes");
        make(in_time).unwrap();
        assert_eq!(site.chats(&Visitor::User(user("ada"))).len(), 2);
    }

    fn message_received_before_an_erasure_does_not_recreate_the_guest(db: &TestDatabase) {
        let clock = TestClock::new();
        let site = Fixture::with(&db.connect_with(clock.options()), json!({}));
        let guest = Visitor::guest("gone");
        site.say(&guest, "hi");
        let before = site.database.now();
        let whom = PersonRef::Account(guest.account_id());
        let erased = site.database.write(move |tx| {
            erase(tx, &Actor::COMMAND_LINE, &whom, false, |_, _| Ok::<_, CoreError>(ErasedByHost::default()))
        });
        erased.wait().unwrap();
        // Requests that arrived before the erasure are refused however long they take, and for a
        // minute all requests of the session are.
        for (advance, visitor) in [(1, guest.clone()), (58, guest), (3600, arrived("gone", before))] {
            clock.advance(Duration::from_secs(advance));
            let refused = site.save(&visitor, NewMessage::text("late"));
            assert!(matches!(refused, Err(WebChatError::AccountBlocked)), "{refused:?}");
        }
        assert_eq!(site.rows_of("unicom_accounts"), 0);
    }
}

both_engines! {
    fn retry_after_the_login_finds_the_guest_message(db: &TestDatabase) {
        let site = Fixture::new(db);
        let ada = user("ada");
        let new = NewMessage {
            client_message_id: Some("m1".to_owned()),
            chat_id: Some("webchat_guest_retry".into()),
            ..NewMessage::text("once")
        };
        let sent = site.tell(&Visitor::guest("retry"), new.clone());
        site.log_in("retry", &ada).unwrap();
        let again = site.save(&Visitor::User(ada), new).unwrap();
        assert_eq!(again.message.id, sent.id);
        assert!(matches!(again, Saved { is_new: false, .. }));
    }
}

both_engines! {
    fn lookalike_ids_give_no_access(db: &TestDatabase) {
        let first = Fixture::new(db);
        let second = first.another(json!({}));
        let (ann, look_alike) = (Visitor::User(user("ann")), Visitor::User(user(&format!("ann_c{}", second.channel.id))));
        first.say(&ann, "on the first channel");
        second.say(&ann, "secret");

        let refused = first.save(&look_alike, NewMessage::text("let me in"));
        assert!(matches!(refused, Err(WebChatError::ChatNotFound)), "{refused:?}");
        assert_eq!(second.texts(&ann), ["secret"]);

        // A guest's chats are not migrated into it either.
        first.say(&Visitor::guest("g"), "mine");
        let Visitor::User(user) = &look_alike else { unreachable!() };
        first.log_in("g", user).unwrap();
        assert_eq!(second.texts(&ann), ["secret"]);
        let chats = first.chats(&look_alike);
        assert_eq!(chats.len(), 1);
        assert_eq!(chats[0].last_message.as_ref().unwrap().text, "mine");
    }
}

both_engines! {
    fn unread_count_survives_a_migration(db: &TestDatabase) {
        let site = Fixture::new(db);
        let ada = Visitor::User(user("ada"));
        let guest_chat = site.say(&Visitor::guest("g"), "as a guest").chat_id;
        site.answer(&guest_chat, "unread by the guest");
        let chat = site.say(&ada, "written later").chat_id;
        site.answer(&chat, "unread by both");
        site.log_in("g", &user("ada")).unwrap();
        assert_eq!(site.chats(&ada)[0].unread_count, 1);
    }

    fn edit_and_deletion_under_way_at_the_login_reach_the_users_messages(db: &TestDatabase) {
        let site = Fixture::new(db);
        let [edited, deleted] = ["hallo", "oops"].map(|text| site.say(&Visitor::guest("g"), text).id);
        let under_way = site.arriving("g");
        site.log_in("g", &user("7")).unwrap();
        let writer = under_way.clone();
        let shown = site.write(move |tx| edit_message(tx, &writer, edited, "hello"));
        assert_eq!(shown.message.text, "hello");
        assert_eq!(shown.chat_id.as_str(), "webchat_user_7");
        site.write(move |tx| delete_message(tx, &under_way, deleted));
        assert_eq!(site.texts(&Visitor::User(user("7"))), ["hello"]);
    }

    fn edits_race_logins_and_are_stored_or_refused(db: &TestDatabase) {
        let site = Fixture::new(db);
        for round in 0..20 {
            let (session, id) = (format!("r{round}"), format!("{round}"));
            let first = site.say(&Visitor::guest(&*session), "hallo").id;
            let under_way = site.arriving(&session);
            let edit = {
                let database = site.database.clone();
                std::thread::spawn(move || {
                    database
                        .write(move |tx| edit_message(tx, &under_way, first, "hello"))
                        .wait()
                })
            };
            site.log_in(&session, &user(&id)).unwrap();
            edit.join().unwrap().unwrap();
            assert_eq!(site.texts(&Visitor::User(user(&id))), ["hello"], "{round}");
        }
    }
}
