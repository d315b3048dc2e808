//! Tests of concurrent first messages, logins and answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::json;
use unicom_core::Bots;
use unicom_db::{Database, DatabaseOptions};
use unicom_testing::{TestDatabase, both_engines};
use unicom_webchat::{NewMessage, Saved, Visitor};

use crate::fixture::{Fixture, user};

/// Runs `f` in `count` threads that start together.
fn at_once<T: Send + 'static>(
    count: usize,
    f: impl Fn(usize) -> T + Send + Sync + 'static,
) -> Vec<T> {
    let (f, start) = (Arc::new(f), Arc::new(std::sync::Barrier::new(count)));
    let threads: Vec<_> = (0..count)
        .map(|number| {
            let (f, start) = (Arc::clone(&f), Arc::clone(&start));
            std::thread::spawn(move || {
                start.wait();
                f(number)
            })
        })
        .collect();
    threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect()
}

/// Returns two databases on the same tables, as two processes have them.
fn processes(db: &TestDatabase) -> [Database; 2] {
    [
        db.database().clone(),
        db.connect_with(DatabaseOptions::default()),
    ]
}

both_engines! {
    fn concurrent_first_messages_create_one_account_and_one_chat(db: &TestDatabase) {
        let (site, processes) = (Fixture::new(db), processes(db));
        let writers = site.clone();
        let messages = at_once(50, move |number| {
            let site = Fixture { database: processes[number % 2].clone(), ..writers.clone() };
            site.say(&Visitor::user("7", "Ann"), &number.to_string())
        });
        let times: BTreeSet<_> = messages.iter().map(|message| message.timestamp).collect();
        assert_eq!(times.len(), 50, "two messages share a time");
        for (table, rows) in site.rows() {
            let expected = match table {
                "unicom_messages" | "unicom_requests" => 50,
                "unicom_channels" | "unicom_accounts" | "unicom_chats" | "unicom_account_chats"
                | "unicom_members" | "unicom_leases" => 1,
                // The creation of the channel.
                "unicom_audit" => 1,
                _ => 0,
            };
            assert_eq!(rows, expected, "{table}");
        }
    }

    fn concurrent_repeats_are_stored_once(db: &TestDatabase) {
        let (site, processes) = (Fixture::with(db.database(), json!({"new_chat": "always"})), processes(db));
        let writers = site.clone();
        let outcomes = at_once(20, move |number| {
            let site = Fixture { database: processes[number % 2].clone(), ..writers.clone() };
            let named = NewMessage { client_message_id: Some("c-1".to_owned()), ..NewMessage::text("hello") };
            site.save(&Visitor::guest("g"), named).unwrap()
        });
        let new = outcomes.iter().filter(|saved| matches!(saved, Saved { is_new: true, .. })).count();
        assert_eq!(new, 1);
        assert_eq!((site.rows_of("unicom_messages"), site.rows_of("unicom_chats")), (1, 1));
    }

    fn writes_to_different_chats_do_not_block_each_other(db: &TestDatabase) {
        let (site, processes) = (Fixture::new(db), processes(db));
        let second = site.another(json!({}));
        let ann = Visitor::user("7", "Ann");
        site.say(&ann, "home");
        let away = second.say(&ann, "away").chat_id;
        let writers = site.clone();
        at_once(24, move |number| {
            let database = processes[number % 2].clone();
            let at = |channel| Fixture { database: database.clone(), channel };
            for turn in 0..10 {
                // By default and by name, on both channels, with an answer in between.
                match (number + turn) % 4 {
                    0 => at(second.channel.clone()).say(&ann, "x"),
                    1 => at(writers.channel.clone()).tell(&ann, NewMessage::text("x").in_chat(away.clone())),
                    2 => at(writers.channel.clone()).say(&ann, "x"),
                    _ => at(second.channel.clone()).answer(&away, "x"),
                };
            }
        });
        assert_eq!(site.rows_of("unicom_messages"), 242);
    }

    fn login_races_messages_and_answers(db: &TestDatabase) {
        let (site, processes) = (Fixture::new(db), processes(db));
        // All messages have arrived before the login.
        let guest = Visitor::guest("g").with_arrival(Some(site.database.now()));
        let chat = site.say(&guest, "first").chat_id;
        let writers = site.clone();
        at_once(24, move |number| {
            let site = Fixture { database: processes[number % 2].clone(), ..writers.clone() };
            match number {
                0..4 => drop(site.log_in("g", &user("7")).unwrap()),
                4..8 => {
                    // The chat may have a new id by now.
                    let (channel, chat) = (site.channel.clone(), chat.clone());
                    let sent = site.database.write(move |tx| {
                        let outgoing = unicom_core::OutgoingMessage::text("answer");
                        unicom_webchat::send_webchat_message(tx, &channel, &chat, outgoing)
                    });
                    match sent.wait() {
                        Ok(_) | Err(unicom_webchat::WebChatError::ChatNotFound) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
                _ => drop(site.say(&guest, "more")),
            }
        });
        assert_eq!(site.rows_of("unicom_accounts"), 1);
        assert_eq!(site.rows_of("unicom_chats"), 1);
        assert_eq!(site.rows_of("unicom_requests"), 17);
        let texts = site.texts(&Visitor::User(user("7")));
        assert_eq!(texts.iter().filter(|text| *text != "answer").count(), 17);
    }

    fn login_races_the_pipeline(db: &TestDatabase) {
        let site = Fixture::with(db.database(), json!({"bot": "echo"}));
        let bots: Bots = crate::fixture::bots();
        let running = crate::pipeline::Running::start(db.database(), bots, crate::pipeline::quick());
        for number in 0..10 {
            let session = number.to_string();
            for text in ["one", "two", "three"] {
                site.say(&Visitor::guest(session.as_str()), text);
            }
            site.log_in(&session, &user("7")).unwrap();
        }
        crate::pipeline::until("every request is answered", || {
            site.requests().iter().all(|request| request.completed_at.is_some())
        });
        drop(running);
        assert_eq!(site.texts(&Visitor::User(user("7"))).len(), 60);
    }
}
