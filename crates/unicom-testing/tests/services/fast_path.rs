//! Tests of `store_webchat_message`: stores the same as a transaction would, but with a single
//! statement on PostgreSQL.

use std::collections::BTreeSet;
use std::time::Duration;

use diesel::prelude::*;
use serde_json::json;
use unicom_core::OutgoingMessage;
use unicom_db::queries::{accounts, chats, messages};
use unicom_db::{Database, DatabaseOptions, Engine, Event, on_engine};
use unicom_models::{ChannelId, Direction, Message, MessageId, schema};
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::{
    GuestId, NewMessage, Saved, Visitor, WebChatError, migrate_guest_to_user,
    save_webchat_message_on, send_webchat_message, title_of,
};

use crate::fast_path_equivalence::{Equivalence, FAST_PATH_ROWS, ann, both, in_chat, named, text};
use crate::fixture::{Fixture, user};

both_engines! {
    fn text_is_stored_as_in_a_transaction(db: &TestDatabase) {
        let mut equivalence = Equivalence::new(db);
        let (on, reader) = (equivalence.sites[0].channel.id, Visitor::guest("reader"));
        equivalence.tell(None, &reader, text("mine"));
        for visitor in [Visitor::guest("g"), ann("verified", true), ann("claimed", false)] {
            let home = equivalence.tell(None, &visitor, text("Hi, my order?")).chat_id;
            let answers = equivalence.each(|site| {
                site.join(&reader, &home);
                site.answer(&home, "Which one?").id
            });
            assert_eq!(equivalence.sites[0].unread(&visitor), [1]);
            let message = equivalence.usual(None, &visitor, text(&format!(" {}\n", "rød ".repeat(99))));
            assert_eq!(equivalence.sites[0].unread(&visitor), [0]);
            let request = equivalence.sites[0].request_of(&message);
            assert_eq!(request.display_text.chars().count(), 200);
            assert_eq!(request.email.is_some(), visitor == ann("verified", true));
            for bits in 0..16 {
                let has = |bit: i32| bits & bit != 0;
                let new = answers.map(|answer| NewMessage {
                    chat_id: has(1).then(|| home.clone()),
                    client_message_id: has(2).then(|| format!("c-{bits}")),
                    reply_to_message_id: has(4).then_some(answer),
                    ..NewMessage::text(format!("text {bits}"))
                });
                equivalence.usual(has(8).then_some(on), &visitor, new);
            }
            assert!(equivalence.sites[0].unread(&reader).contains(&18), "an answer and 17 texts");
        }
    }

    fn first_text_names_the_chat_and_times_increase(db: &TestDatabase) {
        let mut equivalence = Equivalence::new(db);
        let guest = Visitor::guest("g");
        let ids = equivalence.each(|site| site.new_chat(&guest));
        equivalence.step = Duration::ZERO;
        for said in ["Hello, where is it?", "Hello, and this?"] {
            let message = equivalence.usual(None, &guest, ids.clone().map(|id| NewMessage::text(said).in_chat(id)));
            assert!(message.timestamp > equivalence.clock.now());
            let chat = equivalence.sites[0].chat(ids[0].as_str()).unwrap();
            assert_eq!(chat.name.as_deref(), Some("where is it?"));
        }
    }

    fn rejected_message_stores_nothing(db: &TestDatabase) {
        let mut equivalence = Equivalence::new(db);
        let (guest, other) = (Visitor::guest("g"), ann("7", true));
        let foreign = equivalence.each(|site| site.say(&other, "not yours"));
        let home = equivalence.each(|site| site.say(&guest, "mine").chat_id)[0].clone();
        let elsewhere = equivalence.each(|site| site.tell(&guest, NewMessage::text("x").in_chat(site.new_chat(&guest))).id);
        let internal = equivalence.each(|site| {
            let mut note = site.answer(&home, "answer");
            (note.id, note.direction) = (MessageId::new(), Direction::Internal);
            let id = note.id;
            site.write(move |tx| {
                let chat = chats::lock(tx, &note.chat_id)?.unwrap();
                Ok(messages::insert(tx, &chat, &note)?)
            });
            id
        });
        let metadata = json!({"a": "\0"}).as_object().cloned();
        let large = json!({"a": "x".repeat(16_384)}).as_object().cloned();
        // For the last two, PostgreSQL has a different error message.
        for (new, why) in [
            (in_chat("no-such-chat"), "ChatNotFound"),
            (in_chat(foreign[0].chat_id.clone()), "ChatNotFound"),
            (text(""), "EmptyMessage"),
            (text(" \n\t"), "EmptyMessage"),
            (text("a\0b"), "Nul"),
            (text(&"x".repeat(262_145)), "TooLarge"),
            (both(NewMessage { metadata, ..NewMessage::text("x") }), "Nul"),
            (both(NewMessage { metadata: large, ..NewMessage::text("x") }), "TooLarge"),
            (both(named("x", "a\0b")), "Nul"),
            (in_chat("a\0b"), ""),
        ] {
            equivalence.refused(None, &guest, new, why);
        }
        for ids in [foreign.map(|message| message.id), internal, elsewhere, [MessageId::new(); 2]] {
            for chat_id in [None, Some(home.clone())] {
                let reply = ids.map(|id| NewMessage {
                    reply_to_message_id: Some(id),
                    chat_id: chat_id.clone(),
                    ..NewMessage::text("x")
                });
                equivalence.refused(None, &guest, reply, "NotFound");
            }
        }
        for visitor in [guest, other] {
            equivalence.each(|site| site.block(&visitor));
            for new in [text("x"), in_chat(visitor.account_id().as_str())] {
                equivalence.refused(None, &visitor, new, "AccountBlocked");
            }
        }
    }

    fn client_id_is_stored_once(db: &TestDatabase) {
        let mut equivalence = Equivalence::new(db);
        for visitor in [Visitor::guest("g"), ann("7", true)] {
            let first = equivalence.each(|site| site.say(&visitor, "one"));
            let two = || named("two", "c");
            equivalence.usual(None, &visitor, both(two()));
            for again in [two(), named(" two ", "c"), two().in_chat(first[0].chat_id.clone())] {
                let outcome = equivalence.write(None, &visitor, both(again));
                assert!(matches!(outcome, Ok(Saved { is_new: false, .. })), "{outcome:?}");
            }
            let elsewhere = equivalence.each(|site| two().in_chat(site.new_chat(&visitor)));
            let reply = first.map(|first| NewMessage { reply_to_message_id: Some(first.id), ..two() });
            for other in [both(named("three", "c")), elsewhere, reply] {
                equivalence.refused(None, &visitor, other, "IdempotencyConflict");
            }
        }
    }

    fn selected_channel_is_used(db: &TestDatabase) {
        let mut equivalence = Equivalence::new(db);
        let guest = Visitor::guest("g");
        let seconds = equivalence.each(|site| site.another(json!({})));
        let [first, second] = [&equivalence.sites[0], &seconds[0]].map(|site| Some(site.channel.id));
        let home = equivalence.tell(None, &guest, text("one")).chat_id;
        // The other channel has a separate default chat. A chat that is named is found on its
        // channel.
        let away = equivalence.tell(second, &guest, text("two")).chat_id;
        let (in_home, in_away) = (in_chat(home.clone()), in_chat(away.clone()));
        assert_eq!(Some(equivalence.tell(second, &guest, in_home.clone()).channel_id), first);
        for on in [None, second] {
            assert_eq!(Some(equivalence.usual(on, &guest, in_away.clone()).channel_id), second);
        }
        // A visitor who first wrote on the other channel still writes to the first one by default.
        let stranger = Visitor::guest("stranger");
        assert_eq!(Some(equivalence.tell(second, &stranger, text("x")).channel_id), second);
        assert_eq!(Some(equivalence.tell(None, &stranger, text("x")).channel_id), first);
        for new in [text("x"), in_home.clone()] {
            equivalence.refused(Some(ChannelId(999)), &guest, new, "NoChannel");
        }
        // With `new_chat`, only messages that name a chat go into an existing one.
        equivalence.each(|site| site.set_channel(json!({"new_chat": "always"}), true));
        let [three, four] = ["three", "four"].map(|said| equivalence.tell(None, &guest, text(said)).chat_id);
        assert_eq!(BTreeSet::from([&home, &away, &three, &four]).len(), 4);
        equivalence.usual(None, &guest, in_home.clone());
        // An inactive channel accepts nothing, and the other channel becomes the first.
        equivalence.each(|site| site.set_channel(json!({}), false));
        for (on, new) in [(None, in_home.clone()), (first, in_home), (first, text("x"))] {
            equivalence.refused(on, &guest, new, "NoChannel");
        }
        assert_eq!(equivalence.tell(None, &guest, text("five")).chat_id, away);
        equivalence.usual(None, &guest, in_away);
        seconds.iter().for_each(|site| site.set_channel(json!({}), false));
        equivalence.refused(None, &guest, text("x"), "NoChannel");
    }

    fn account_follows_the_identity_of_the_host(db: &TestDatabase) {
        let mut equivalence = Equivalence::new(db);
        let (before, renamed) = (Visitor::user("7", "Ann"), Visitor::user("7", "Ann Lee"));
        let account = |equivalence: &Equivalence| equivalence.sites[0].account("webchat_user_7").unwrap();
        equivalence.tell(None, &before, text("one"));
        assert_eq!(equivalence.tell(None, &renamed, text("two")).sender_name, "Ann Lee");
        assert_eq!(account(&equivalence).name, "Ann Lee");
        assert_eq!(equivalence.usual(None, &renamed, text("three")).sender_name, "Ann Lee");
        // An account without a member gets its member back.
        equivalence.each(|site| site.write(|tx| Ok(accounts::set_person(tx, &"webchat_user_7".into(), "Ann Lee", None)?)));
        equivalence.tell(None, &renamed, text("four"));
        assert!(account(&equivalence).member_id.is_some());
        // Messages sent by a guest who has just logged in belong to the user.
        let guest = equivalence.sites[0].arriving("g");
        equivalence.each(|site| site.say(&guest, "five"));
        equivalence.clock.advance(Duration::from_secs(1));
        equivalence.each(|site| {
            site.log_in("g", &user("7")).unwrap();
        });
        assert_eq!(equivalence.tell(None, &guest, text("six")).sender_id, Some(account(&equivalence).id));
    }

    fn concurrent_changes_are_respected(db: &TestDatabase) {
        let (site, guest) = (Fixture::new(db), Visitor::guest("g"));
        let home = site.say(&guest, "one").chat_id;
        let (channel, to) = (site.channel.clone(), home.clone());
        let last = site.store_meanwhile(&guest, NewMessage::text("two"), move |tx| {
            send_webchat_message(tx, &channel, &to, OutgoingMessage::text("answer")).map(drop)
        });
        assert_eq!(site.chat(home.as_str()).unwrap().last_message_id, Some(last.unwrap().message.id));
        assert_eq!(site.texts(&guest), ["one", "answer", "two"]);
        assert_eq!(site.unread(&guest), [0]);

        let id = site.new_chat(&guest);
        let mut chat = site.chat(id.as_str()).unwrap();
        chat.name = Some("Returns".to_owned());
        let in_chat = || NewMessage::text("x").in_chat(id.clone());
        site.store_meanwhile(&guest, in_chat(), move |tx| Ok(chats::update(tx, &chat)?)).unwrap();
        assert_eq!(site.chat(id.as_str()).unwrap().name.as_deref(), Some("Returns"));
        if site.database.engine() == Engine::Postgres {
            assert_eq!(site.rows_of(FAST_PATH_ROWS), 2, "waiting is no reason to begin again");
        }

        let writer = guest.clone();
        let again = site.store_meanwhile(&guest, named("four", "c"), move |tx| {
            save_webchat_message_on(tx, None, &writer, named("four", "c")).map(drop)
        });
        assert!(matches!(again, Ok(Saved { is_new: false, .. })), "{again:?}");
        let deleted = id.clone();
        let refused = site.store_meanwhile(&guest, in_chat(), move |tx| {
            chats::delete(tx, &deleted)?;
            Ok(())
        });
        assert!(matches!(refused, Err(WebChatError::ChatNotFound)), "{refused:?}");
        let moved = site.store_meanwhile(&site.arriving("g"), NewMessage::text("five"), |tx| {
            migrate_guest_to_user(tx, &GuestId::new("g"), &user("7")).map(drop)
        });
        assert_eq!(moved.unwrap().message.chat_id.as_str(), "webchat_user_7");
        let refused = site.store_meanwhile(&Visitor::User(user("7")), NewMessage::text("x"), |tx| {
            accounts::set_blocked(tx, &"webchat_user_7".into(), true)?;
            Ok(())
        });
        assert!(matches!(refused, Err(WebChatError::AccountBlocked)), "{refused:?}");
        assert_eq!((site.rows_of("unicom_messages"), site.rows_of("unicom_requests")), (5, 4));
    }

    fn concurrent_messages_are_stored_once_and_in_order(db: &TestDatabase) {
        let processes = [db.database().clone(), db.connect_with(DatabaseOptions::default())];
        let mut receivers = processes.each_ref().map(Database::subscribe);
        let site = Fixture::new(db);
        let visitors = ["0", "1", "2", "3", "reader"].map(Visitor::guest);
        let chat = site.new_chat(&visitors[0]);
        for visitor in &visitors[1..] {
            site.new_chat(visitor);
            site.join(visitor, &chat);
        }
        let write = |thread: usize, turn: usize| {
            let site = Fixture { database: processes[thread / 4 % 2].clone(), ..site.clone() };
            let new = match turn % 5 {
                // Two processes send the same message.
                0 if thread < 8 => named(&format!("{turn}"), &format!("c-{turn}")),
                _ => NewMessage::text(format!("{turn} of {thread}")),
            };
            match thread {
                0..8 => site.store(&visitors[thread % 4], new.in_chat(chat.clone())).unwrap(),
                8 | 9 => site.save(&visitors[thread % 4], new.in_chat(chat.clone())).unwrap(),
                _ => Saved::new(site.answer(&chat, "answer")),
            }
        };
        let mut all = Vec::new();
        std::thread::scope(|scope| {
            let run = |thread| move || (0..25).map(|turn| write(thread, turn)).collect::<Vec<_>>();
            for thread in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map(|thread| scope.spawn(run(thread))) {
                let (new, replayed): (Vec<_>, Vec<_>) =
                    thread.join().unwrap().into_iter().partition(|saved| saved.is_new);
                assert!(replayed.iter().all(|saved| saved.message.client_message_id.is_some()));
                assert!(new.is_sorted_by_key(|saved| saved.message.timestamp));
                all.extend(new.into_iter().map(|saved| saved.message));
            }
        });
        all.sort_by_key(|message| message.timestamp);
        assert!(all.is_sorted_by(|earlier, later| earlier.timestamp < later.timestamp));
        // 160 different texts, 20 that two processes sent, 50 by transactions, and 50 answers.
        assert_eq!(all.len(), 280);
        let stored: Vec<Message> = site.read(|db| {
            let by_time = schema::unicom_messages::table.order(schema::unicom_messages::timestamp);
            Ok(on_engine!(db, conn => by_time.select(Message::as_select()).load(conn))?)
        });
        assert!(stored == all);
        let incoming: Vec<_> = all.iter().filter(|message| message.direction == Direction::Incoming).collect();
        let asked: BTreeSet<_> = site.requests().iter().map(|request| request.message_id).collect();
        assert_eq!((incoming.len(), site.rows_of("unicom_requests")), (230, 230));
        assert_eq!(asked, incoming.iter().map(|message| message.id).collect());

        let found = site.chat(chat.as_str()).unwrap();
        assert_eq!((found.first_message_id, found.last_message_id), (Some(all[0].id), Some(all[279].id)));
        assert_eq!(found.last_incoming_message_id, Some(incoming[229].id));
        assert_eq!((found.name, found.last_activity_at), (title_of(&incoming[0].text), all[279].timestamp));
        for visitor in &visitors {
            let own = |message: &&Message| message.sender_id == Some(visitor.account_id());
            let since = all.iter().rev().take_while(|message| !own(message)).count();
            let listed = site.chats(visitor).into_iter().find(|listed| listed.chat.id == chat);
            assert_eq!(listed.unwrap().unread_count, i64::try_from(since).unwrap());
        }
        let events = receivers.iter_mut().flat_map(|receivers| std::iter::from_fn(|| receivers.try_recv().ok()));
        let of_messages =
            events.filter(|event| matches!(event, Event::MessageSaved { .. } | Event::RequestReady { .. }));
        let (saved, ready): (Vec<_>, Vec<_>) =
            of_messages.partition(|event| matches!(event, Event::MessageSaved { .. }));
        let saved: Vec<_> = saved.iter().map(|event| format!("{event:?}")).collect();
        assert_eq!((saved.len(), saved.iter().collect::<BTreeSet<_>>().len(), ready.len()), (280, 280, 230));
        if site.database.engine() == Engine::Postgres {
            assert_eq!(site.rows_of(FAST_PATH_ROWS), 180, "no deadlock made one begin again");
        }
    }
}
