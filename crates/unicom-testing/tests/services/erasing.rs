//! Tests of the erasure of a person: what is deleted, what stays, and what happens to concurrent
//! writes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use serde_json::json;
use unicom_core::admin::Actor;
use unicom_core::{
    CoreError, OutgoingMessage,
    person::{Erased, PersonRef},
};
use unicom_db::queries::{chats, members};
use unicom_db::{Engine, on_engine};
use unicom_models::{ChatId, MemberId, Message};
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::{
    ErasedByHost, NewChat, NewMessage, Saved, Visitor, WebChatError, create_chat, erase,
    get_or_create_account, send_webchat_message,
};

use crate::fixture::{Fixture, user};

/// How long a transaction stays open while another one must wait for it.
const A_WHILE: Duration = Duration::from_millis(300);

impl Fixture {
    fn try_erase(&self, whom: PersonRef) -> Result<Option<Erased>, CoreError> {
        let erased = self.database.write(move |tx| {
            erase(tx, &Actor::COMMAND_LINE, &whom, false, |_, _| {
                Ok::<_, CoreError>(ErasedByHost::default())
            })
        });
        match erased.wait() {
            Err(CoreError::NotFound { .. }) => Ok(None),
            erased => erased.map(Some),
        }
    }

    fn erase(&self, visitor: &Visitor) -> Option<Erased> {
        self.try_erase(PersonRef::Account(visitor.account_id()))
            .unwrap()
    }

    /// Creates a chat of two visitors, begun by the first.
    fn chat_of(&self, first: &Visitor, second: &Visitor) -> ChatId {
        for visitor in [first, second] {
            self.say(visitor, "Hello!");
        }
        let (channel, first, second) = (self.channel.clone(), first.clone(), second.account_id());
        let id = self.write(move |tx| {
            let new = NewChat {
                metadata: json!({ "note": "first's own" }).as_object().cloned(),
                ..NewChat::default()
            };
            Ok(create_chat(tx, &channel, &first, new)?.chat.id)
        });
        let joined = id.clone();
        self.write(move |tx| Ok(chats::join(tx, &second, &joined)?));
        id
    }

    fn say_in(&self, visitor: &Visitor, chat_id: &ChatId, text: &str) -> Message {
        self.tell(
            visitor,
            NewMessage {
                chat_id: Some(chat_id.clone()),
                ..NewMessage::text(text)
            },
        )
    }

    fn texts_in(&self, visitor: &Visitor, chat_id: &ChatId) -> Vec<String> {
        let page = unicom_webchat::MessagePageRequest {
            chat_id: Some(chat_id.clone()),
            order: unicom_webchat::Order::OldestFirst,
            ..unicom_webchat::MessagePageRequest::default()
        };
        let page = self.list(visitor, page).unwrap();
        page.messages.into_iter().map(|one| one.text).collect()
    }

    fn answer_to(&self, message: &Message, text: &str) -> Message {
        let (channel, chat_id) = (self.channel.clone(), message.chat_id.clone());
        let answer = OutgoingMessage {
            reply_to_message_id: Some(message.id),
            ..OutgoingMessage::text(text)
        };
        self.write(move |tx| send_webchat_message(tx, &channel, &chat_id, answer))
    }
}

both_engines! {
    fn chat_without_other_participants_is_deleted(db: &TestDatabase) {
        let site = Fixture::new(db);
        let (ann, bob) = (Visitor::User(user("7")), Visitor::guest("bob"));
        let message = site.say(&ann, "Hello!");
        site.answer_to(&message, "Hello yourself");
        site.say(&bob, "Me too");
        let erased = site.erase(&ann).unwrap();
        assert_eq!(
            (erased.accounts, erased.members, erased.chats, erased.messages, erased.requests),
            (1, 1, 1, 2, 1)
        );
        let rows: Vec<_> = ["unicom_accounts", "unicom_members", "unicom_chats", "unicom_messages", "unicom_requests"]
            .map(|table| site.rows_of(table)).into();
        assert_eq!(rows, [1, 0, 1, 1, 1]);
        assert_eq!(site.texts(&bob), ["Me too"]);
        // Erasing again does nothing.
        assert_eq!(site.erase(&ann), None);
        assert_eq!(site.erase(&Visitor::guest("nobody")), None);
    }

    fn messages_in_a_shared_chat_are_erased(db: &TestDatabase) {
        let site = Fixture::new(db);
        let (ann, bob) = (Visitor::User(user("7")), Visitor::User(user("8")));
        let chat = site.chat_of(&ann, &bob);
        let question = site.say_in(&ann, &chat, "My secret is 4711");
        site.answer_to(&question, "Your secret is 4711");
        let bobs = site.say_in(&bob, &chat, "I am Bob");
        let answer = site.answer_to(&bobs, "You are Bob");
        let reply = site.tell(&bob, NewMessage {
            chat_id: Some(chat.clone()),
            reply_to_message_id: Some(question.id),
            ..NewMessage::text("I heard")
        });
        site.say_in(&ann, &chat, "Bye");
        assert_eq!(site.chat(chat.as_str()).unwrap().name.as_deref(), Some("My secret is 4711"));
        let updated = site.chat(chat.as_str()).unwrap().updated_at;

        let erased = site.erase(&ann).unwrap();
        assert_eq!((erased.chats, erased.shared_chats, erased.messages), (1, 1, 4));
        assert_eq!(site.texts_in(&bob, &chat), ["I am Bob", "You are Bob", "I heard"]);
        assert_eq!(site.message(reply.id).reply_to_message_id, None);
        let left = site.chat(chat.as_str()).unwrap();
        // Ann began the chat, so its name and the metadata from her client were hers.
        assert_eq!((left.name, left.metadata), (None, json!({})));
        assert_eq!((left.first_message_id, left.last_message_id), (Some(bobs.id), Some(reply.id)));
        assert_eq!(left.last_outgoing_message_id, Some(answer.id));
        assert!(left.updated_at > updated, "a reader would not see that it is gone");
        let unread: Vec<_> = site.chats(&bob).into_iter().filter(|one| one.chat.id == chat).map(|one| one.unread_count).collect();
        assert_eq!(unread, [0]);
    }

    fn shared_chat_started_by_another_keeps_its_name(db: &TestDatabase) {
        let site = Fixture::new(db);
        let (ann, bob) = (Visitor::User(user("7")), Visitor::User(user("8")));
        let chat = site.chat_of(&bob, &ann);
        site.say_in(&bob, &chat, "The plan");
        site.say_in(&ann, &chat, "My secret is 4711");
        site.erase(&ann).unwrap();
        let left = site.chat(chat.as_str()).unwrap();
        assert_eq!((left.name.as_deref(), left.metadata), (Some("The plan"), json!({ "note": "first's own" })));
        assert_eq!(site.texts_in(&bob, &chat), ["The plan"]);
    }

    fn messages_written_as_an_admin_are_anonymised(db: &TestDatabase) {
        let site = Fixture::new(db);
        let (ann, bob) = (Visitor::User(user("7")), Visitor::User(user("8")));
        site.say(&ann, "one of her own");
        let (carol, question) = (site.say(&Visitor::guest("carol"), "hello"), site.say(&bob, "hello"));
        // The host sends these: the audit trail knows nothing of them.
        let sent = |to: &Message, user: &str| {
            let (channel, chat_id) = (site.channel.clone(), to.chat_id.clone());
            let message = OutgoingMessage {
                user_id: Some(user.to_owned()),
                sender_name: Some(format!("Admin {user}")),
                ..OutgoingMessage::text("good morning")
            };
            site.write(move |tx| send_webchat_message(tx, &channel, &chat_id, message)).id
        };
        let (hers, another, his) = (sent(&question, "7"), sent(&carol, "7"), sent(&carol, "9"));
        let erased = site.erase(&ann).unwrap();
        assert_eq!((erased.messages, erased.unsigned_messages), (1, 2));
        for id in [hers, another] {
            let left = site.message(id);
            assert_eq!((left.sender_name.as_str(), left.user_id, left.text.as_str()), ("Site", None, "good morning"));
        }
        let left = site.message(his);
        assert_eq!((left.sender_name.as_str(), left.user_id.as_deref()), ("Admin 9", Some("9")));
        // What visitors wrote keeps its author.
        let bobs = site.message(question.id);
        assert_eq!((bobs.sender_name.as_str(), bobs.user_id.as_deref()), ("User 8", Some("8")));
    }

    fn member_is_erased_with_the_last_account(db: &TestDatabase) {
        let site = Fixture::new(db);
        let link = |visitor: &Visitor, member: MemberId| {
            let (id, name) = (visitor.account_id(), "Ann".to_owned());
            site.write(move |tx| Ok(unicom_db::queries::accounts::set_person(tx, &id, &name, Some(member))?));
        };
        let (ann, guest) = (Visitor::User(user("7")), Visitor::guest("g"));
        site.say(&ann, "one");
        site.say(&guest, "two");
        let member = site.account("webchat_user_7").unwrap().member_id.unwrap();
        link(&guest, member);
        let erased = site.erase(&ann).unwrap();
        assert_eq!((erased.accounts, erased.members), (1, 0));
        // The user is deleted, but the person still has another account.
        let left = site.read(move |db| members::get(db, member)).unwrap();
        assert_eq!(left.user_id, None);
        assert_eq!(site.texts(&guest), ["two"]);
        let erased = site.try_erase(PersonRef::Member(member)).unwrap().unwrap();
        assert_eq!((erased.accounts, erased.members, erased.messages), (1, 1, 1));
        assert_eq!(site.try_erase(PersonRef::Member(member)).unwrap(), None);
        assert_eq!(site.rows_of("unicom_messages"), 0);
    }

    fn requests_in_flight_are_rejected_after_an_erasure(db: &TestDatabase) {
        let site = Fixture::new(db);
        let ann = Visitor::User(user("7"));
        site.say(&Visitor::guest("g"), "as a guest");
        site.log_in("g", &user("7")).unwrap();
        site.say(&ann, "as a user");
        site.erase(&ann).unwrap();
        for visitor in [&ann, &Visitor::guest("g")] {
            let refused = site.save(visitor, NewMessage::text("late"));
            assert!(matches!(refused, Err(WebChatError::AccountBlocked)), "{refused:?}");
        }
        assert!(matches!(site.log_in("g", &user("7")), Ok(None)));
        assert_eq!((site.rows_of("unicom_accounts"), site.rows_of("unicom_messages")), (0, 0));
        let later = site.write(|tx| {
            let before = tx.now().next();
            Ok(unicom_db::queries::account_tombstones::delete_old_erasures(tx, before, 10)?)
        });
        assert_eq!((later, site.rows_of("unicom_account_merges")), (2, 0));
        // By then, a visitor with this id is a new person.
        site.say(&ann, "hello");
    }

    fn concurrent_writes_are_rejected_or_erased(db: &TestDatabase) {
        let site = Fixture::new(db);
        let ann = Visitor::User(user("7"));
        for _ in 0..3 {
            site.say(&ann, "before");
        }
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let writers: Vec<_> = (0..4).map(|_| scope.spawn(|| {
                let mut refused = 0;
                loop {
                    let is_late = ended.load(Ordering::SeqCst);
                    match site.save(&ann, NewMessage::text("meanwhile")) {
                        Ok(Saved { is_new: true, .. }) => assert!(refused == 0 && !is_late, "let in after the erasure"),
                        Err(WebChatError::AccountBlocked) => refused += 1,
                        other => panic!("{other:?}"),
                    }
                    if is_late {
                        break;
                    }
                }
            })).collect();
            // A worker runs concurrently.
            let worker = scope.spawn(|| {
                while !ended.load(Ordering::SeqCst) {
                    for mut claim in site.claim(4, Duration::from_secs(60)) {
                        site.write(move |tx| {
                            claim.request.reach(unicom_models::RequestStatus::Completed, tx.now());
                            Ok(unicom_db::queries::queue::finish(tx, &claim.request, Some(&claim.lease))?)
                        });
                    }
                }
            });
            std::thread::sleep(Duration::from_millis(200));
            let erased = site.erase(&ann).unwrap();
            assert!(erased.messages > 3);
            ended.store(true, Ordering::SeqCst);
            for writer in writers {
                writer.join().unwrap();
            }
            worker.join().unwrap();
        });
        for table in ["unicom_accounts", "unicom_members", "unicom_chats", "unicom_messages", "unicom_requests"] {
            assert_eq!(site.rows_of(table), 0, "{table}");
        }
    }

    fn concurrently_created_account_is_erased(db: &TestDatabase) {
        let site = Fixture::new(db);
        let (ann, channel) = (Visitor::User(user("7")), site.channel.clone());
        let (made, is_made) = mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let ann = ann.clone();
                site.write(move |tx| {
                    get_or_create_account(tx, &channel, &ann)?;
                    made.send(()).unwrap();
                    std::thread::sleep(A_WHILE);
                    Ok(())
                });
            });
            is_made.recv().unwrap();
            let erased = site.erase(&ann).unwrap();
            assert_eq!((erased.accounts, erased.members), (1, 1));
        });
        assert_eq!((site.rows_of("unicom_accounts"), site.rows_of("unicom_members")), (0, 0));
    }

    fn concurrently_erased_account_is_not_created(db: &TestDatabase) {
        let site = Fixture::new(db);
        let ann = Visitor::User(user("7"));
        let (erased, is_erased) = mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let whom = PersonRef::Account(ann.account_id());
                site.write(move |tx| {
                    let by_host = ErasedByHost { users: 1, ..ErasedByHost::default() };
                    erase(tx, &Actor::COMMAND_LINE, &whom, false, |_, _| Ok::<_, WebChatError>(by_host.clone()))?;
                    erased.send(()).unwrap();
                    std::thread::sleep(A_WHILE);
                    Ok(())
                });
            });
            is_erased.recv().unwrap();
            let refused = site.save(&ann, NewMessage::text("meanwhile"));
            assert!(matches!(refused, Err(WebChatError::AccountBlocked)), "{refused:?}");
        });
        assert_eq!((site.rows_of("unicom_accounts"), site.rows_of("unicom_members")), (0, 0));
    }

    fn erased_data_is_overwritten_in_the_file(db: &TestDatabase) {
        if db.engine() == Engine::Postgres {
            return;
        }
        let site = Fixture::new(db);
        let (ann, bob) = (Visitor::guest("ann"), Visitor::guest("bob"));
        let marker = "a-secret-of-hers ";
        for _ in 0..40 {
            site.say(&ann, &marker.repeat(400));
            site.say(&bob, &"something else ".repeat(400));
        }
        let file = || {
            // Moves the content of the write-ahead log to the file.
            let mut connection = db.connection();
            on_engine!(&mut connection, conn => conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")).unwrap();
            let bytes = std::fs::read(db.url().trim_start_matches("sqlite://")).unwrap();
            String::from_utf8_lossy(&bytes).matches(marker.trim()).count()
        };
        let before = file();
        assert!(before > 10_000);
        site.erase(&ann).unwrap();
        // The rest are fragments that SQLite copied when it moved rows.
        let after = file();
        assert!(after < before / 20, "{after} of {before}");
        db.connection().vacuum().unwrap();
        assert_eq!(file(), 0);
    }
}
