//! Tests of many simultaneous requests.

use futures_util::future::{join, join_all};
use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::client::Client;
use crate::response::Response;

const AT_ONCE: usize = 50;

/// Sends `0`, `1`, … at the same time. None may be refused.
async fn send_at_once(client: &Client) {
    let sends = (0..AT_ONCE).map(|number| client.send(json!({ "text": number.to_string() })));
    for answer in join_all(sends).await {
        answer.ok();
    }
}

async fn one_chat_has_all(app: &TestApp, client: &Client) {
    let mut texts = client.texts().await;
    texts.sort_by_key(|text| text.parse::<usize>().unwrap());
    let expected: Vec<_> = (0..AT_ONCE).map(|number| number.to_string()).collect();
    assert_eq!(texts, expected);
    for (table, rows) in [
        ("unicom_accounts", 1),
        ("unicom_chats", 1),
        ("unicom_account_chats", 1),
        ("unicom_messages", AT_ONCE),
        ("unicom_requests", AT_ONCE),
    ] {
        assert_eq!(app.counts().await[table], rows, "{table}");
    }
    assert_eq!(client.chats("").await.len(), 1);
}

fn log_in<'a>(client: &'a Client, name: &str) -> crate::client::Request<'a> {
    let body = json!({ "username": name, "password": PASSWORD });
    client
        .request(Method::POST, "/unicom/auth/login/")
        .json(&body)
}

both! {
    async fn concurrent_first_sends_of_a_user_create_one_chat(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let alice = app.user("alice").await;
        send_at_once(&alice).await;
        one_chat_has_all(&app, &alice).await;
        assert_eq!(app.count("unicom_members").await, 1);
    }

    async fn concurrent_first_sends_of_a_guest_create_one_chat(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        // No session has begun, so the requests share only the page's cookies.
        let guest = app.guest().await;
        send_at_once(&guest).await;
        one_chat_has_all(&app, &guest).await;
    }

    async fn concurrent_sends_of_a_guest_session_create_one_chat(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        // The session exists, but its chat has been deleted.
        guest.say("first").await;
        let path = format!(
            "/unicom/webchat/chat/{}/?hard_delete=true",
            guest.account_id().await
        );
        guest.delete(&path).await.ok();
        send_at_once(&guest).await;
        one_chat_has_all(&app, &guest).await;
    }

    async fn concurrent_sends_are_each_answered_once(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let guest = app.guest_who_wrote("first").await;
        let sends =
            (0..AT_ONCE - 1).map(|number| guest.send(json!({ "text": number.to_string() })));
        for answer in join_all(sends).await {
            answer.ok();
        }
        let texts = TestApp::wait_for("every answer", async || {
            let texts = guest.texts().await;
            (texts.len() == 2 * AT_ONCE).then_some(texts)
        })
        .await;
        app.settled().await;
        assert_eq!(guest.texts().await.len(), 2 * AT_ONCE);
        for text in texts.iter().filter(|text| !text.starts_with("Echo: ")) {
            assert_eq!(
                texts
                    .iter()
                    .filter(|other| **other == format!("Echo: {text}"))
                    .count(),
                1,
                "{text}"
            );
        }
    }

    async fn concurrent_logins_migrate_the_history_to_one_user(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        for name in ["alice", "bob"] {
            app.user(name).await.log_out().await;
        }
        for round in 0..5 {
            let guest = app.guest_who_wrote(&format!("one {round}")).await;
            guest.say(&format!("two {round}")).await;
            let (alice, bob) = (guest.copy(), guest.copy());
            let (first, second) =
                join(log_in(&alice, "alice").send(), log_in(&bob, "bob").send()).await;
            // Both are logged in as requested. A login that came too late may have to start again.
            for answer in [first, second] {
                assert!(
                    answer.status == 200 || answer.code() == "csrf_failed",
                    "{}",
                    answer.text()
                );
            }
            let expected = [format!("one {round}"), format!("two {round}")];
            let mut owners = 0;
            for (client, name) in [(&alice, "alice"), (&bob, "bob")] {
                client.session().await;
                client.log_in(name).await;
                let texts: Vec<_> = client
                    .texts()
                    .await
                    .into_iter()
                    .filter(|text| expected.contains(text))
                    .collect();
                assert!(texts.is_empty() || texts == expected, "{texts:?}");
                owners += usize::from(!texts.is_empty());
            }
            assert_eq!(owners, 1, "round {round}");
        }
        let guests =
            "SELECT count(*) AS number FROM unicom_accounts WHERE id LIKE 'webchat_guest_%'";
        assert_eq!(app.number(guests).await, 0);
    }

    async fn messages_sent_during_a_login_are_migrated(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("first").await;
        let (tab, account) = (guest.copy(), guest.account_id().await);
        let sends = (0..10).map(|number| tab.send(json!({ "text": number.to_string() })));
        let (_, sent) = join(guest.register("alice"), join_all(sends)).await;
        // A request with the old cookie after the login belongs to a new guest, since that session
        // has ended.
        let accounts = [account, guest.account_id().await];
        let accepted = sent
            .into_iter()
            .map(Response::ok)
            .filter(|sent| accounts.iter().any(|id| sent["chat_id"] == **id))
            .count();
        assert_eq!(guest.texts().await.len(), 1 + accepted);
    }

    async fn concurrent_registrations_of_equivalent_names_create_one_user(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let spellings = [
            "alice", "Alice", "ALICE", "aLiCe", " alice", "alice ", "\talice\n", "\u{a0}alice", "alicE", "aLICE",
        ];
        let clients = join_all(spellings.map(|_| app.guest())).await;
        let registrations = clients.iter().zip(spellings).map(|(client, name)| {
            let body = json!({ "username": name, "password": PASSWORD });
            client.post("/unicom/auth/register/", body)
        });
        let answers = join_all(registrations).await;
        let made = answers.iter().filter(|answer| answer.status == 201).count();
        let refused = answers.iter().filter(|answer| answer.code() == "username_taken").count();
        assert_eq!((made, refused), (1, 9), "{answers:?}");
        assert_eq!(app.count("unicom_users").await, 1);
        // The other clients are still guests, and every login is to the one user.
        assert_eq!(app.count("unicom_sessions").await, 1);
        for name in spellings {
            assert_eq!(app.guest().await.log_in(name).await["user"]["id"], "1", "{name:?}");
        }
    }

    async fn concurrent_registrations_of_one_name_create_one_user(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let clients = join_all((0..6).map(|_| app.guest())).await;
        let body = json!({ "username": "alice", "password": PASSWORD });
        let answers = join_all(
            clients
                .iter()
                .map(|client| client.post("/unicom/auth/register/", body.clone())),
        )
        .await;
        assert_eq!(
            answers.iter().filter(|answer| answer.status == 201).count(),
            1
        );
        assert_eq!(
            answers
                .iter()
                .filter(|answer| answer.code() == "username_taken")
                .count(),
            5
        );
        assert_eq!(app.count("unicom_users").await, 1);
    }
}
