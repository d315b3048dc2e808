//! Tests that requests accepted before a crash are answered after it.

use std::future::pending;
use std::time::Duration;

use diesel::RunQueryDsl;
use futures_util::future::join_all;
use serde_json::json;
use unicom_core::{Bots, bots::BotContext};
use unicom_db::{Engine, on_engine};
use unicom_server::Options;
use unicom_testing::TestDatabase;

use crate::app::{Setup, TestApp, echo};
use crate::both;
use crate::client::Client;

/// Returns bots whose `echo` never finishes.
fn stuck() -> Bots {
    Bots::default().with("echo", |_: BotContext| pending())
}

/// Returns the same browser for the server's new address.
fn moved(client: &Client, app: &TestApp) -> Client {
    let moved = Client::new(app.base());
    for name in ["sessionid", "csrftoken"] {
        moved.set_cookie(name, &client.cookie(name).unwrap());
    }
    moved
}

/// Closes all other connections to the database, and returns their number.
fn close_connections(db: &TestDatabase) -> usize {
    let mut connection = db.connection();
    on_engine!(&mut connection, conn => diesel::sql_query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .execute(conn))
    .unwrap()
}

both! {
    async fn message_sent_before_a_crash_is_answered_after_it(db: &TestDatabase) {
        let channel = json!({ "bot": "echo" });
        let mut app = TestApp::with(
            db,
            Setup {
                channel,
                bots: stuck(),
                ..Setup::default()
            },
        )
        .await;
        let guest = app.guest().await;
        guest.say("one").await;
        guest.say("two").await;
        app.crash();
        app.run(Options::default(), echo());
        // The session remains valid, since it and the key that signs its cookie are stored.
        let guest = moved(&guest, &app);
        let texts = TestApp::wait_for("the answers of the next server", async || {
            let texts = guest.texts().await;
            (texts.len() == 4).then_some(texts)
        })
        .await;
        assert_eq!(texts, ["one", "two", "Echo: one", "Echo: two"]);
        app.settled().await;
        assert_eq!(guest.texts().await.len(), 4);
        let query = "SELECT count(*) AS number FROM unicom_requests WHERE status = 'COMPLETED'";
        assert_eq!(app.number(query).await, 2);
    }

    /// A restart of PostgreSQL closes all connections. Those that were idle are replaced before
    /// anything is sent on them.
    async fn restart_of_postgresql_costs_no_visitor_an_error(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guests = [app.guest_who_wrote("hi").await, app.guest_who_wrote("hi").await];
        let use_all_connections = async || {
            let clients: Vec<&Client> = guests.iter().cycle().take(40).collect();
            let reads = clients.iter().map(|guest| guest.get("/unicom/webchat/messages/"));
            let writes = clients.iter().map(|guest| guest.send(json!({ "text": "on" })));
            let (reads, writes) = tokio::join!(join_all(reads), join_all(writes));
            for answer in reads.into_iter().chain(writes) {
                answer.ok();
            }
        };
        use_all_connections().await;
        app.settled().await;
        if db.engine() == Engine::Postgres {
            let closed = close_connections(db);
            assert!(closed >= 4, "{closed} connections were open");
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
        use_all_connections().await;
        app.guest_who_wrote("new").await;
        assert_eq!(guests[0].texts().await.len(), 41);
    }

    async fn users_files_and_sessions_survive_a_restart(db: &TestDatabase) {
        let mut app = TestApp::start(db).await;
        let alice = app.user("alice").await;
        let sent = alice.send_file("cat.png", crate::sample_images::PNG).await.ok();
        app.crash();
        app.run(Options::default(), echo());
        let alice = moved(&alice, &app);
        assert_eq!(alice.session().await["user"]["username"], "alice");
        let url = sent["message"]["media_url"].as_str().unwrap();
        assert_eq!(alice.get(url).await.body, crate::sample_images::PNG);
        alice.say("hi").await;
        alice.log_out().await;
        alice.log_in("alice").await;
    }
}
