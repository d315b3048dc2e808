//! Every answer names its request, and so does every line that was logged for it.

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::TcpStream;

use diesel::connection::SimpleConnection;
use log::Level;
use reqwest::Method;
use serde_json::json;
use unicom_db::{DbError, on_engine};
use unicom_server::Options;
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::client::{Client, provide_tls};
use crate::log::lines_of;
use crate::response::Response;

/// The id in the answer, which is one of the server's own.
#[track_caller]
fn made_id(answer: &Response) -> String {
    let id = answer.header("x-request-id").to_owned();
    assert!(
        id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "`{id}`"
    );
    id
}

/// An answer to a request that names itself `id`.
async fn named(client: &Client, id: &str) -> Response {
    let request = client.request(Method::GET, "/unicom/webchat/chats/");
    request.header("X-Request-Id", id).send().await
}

both! {
    async fn every_answer_has_one_of_its_own(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let post = |path| guest.request(Method::POST, path);
        let large = format!("{{\"text\":\"{}\"}}", "x".repeat(300_000));
        let answers = [
            guest.get("/healthz").await,
            guest.get("/readyz").await,
            guest.get("/metrics").await,
            guest.get("/unicom/auth/session/").await,
            guest.send(json!({ "text": "hi" })).await,
            guest.get("/nothing").await,
            guest.get("/unicom/nothing").await,
            guest.get("/unicom/webchat/send/").await,
            guest.get("/unicom/webchat/messages/?limit=x").await,
            guest.get("/unicom/admin/members/").await,
            post("/unicom/webchat/send/").csrf(None).json(&json!({})).send().await,
            post("/unicom/webchat/send/").body("text/plain", "hi").send().await,
            post("/unicom/webchat/send/").body("application/json", large).send().await,
            post("/unicom/requests/x/reply/").json(&json!({})).send().await,
            guest.copy().with_bearer("uct_wrong").get("/unicom/webchat/messages/").await,
        ];
        let statuses: HashSet<u16> = answers.iter().map(|answer| answer.status).collect();
        for status in [200, 400, 401, 403, 404, 405, 413, 415] {
            assert!(statuses.contains(&status), "no {status} in {statuses:?}");
        }
        let ids: HashSet<String> = answers.iter().map(made_id).collect();
        assert_eq!(ids.len(), answers.len());
    }

    async fn a_clients_own_id_is_not_taken_over(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        made_id(&named(&guest, "the-same-for-all").await);
    }

    async fn that_of_a_trusted_proxy_is_if_it_is_well_formed(db: &TestDatabase) {
        let options = Options {
            trusted_proxies: Some(vec!["127.0.0.0/8".to_owned()]),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest().await;
        // The test on the other engine has others.
        let engine = format!("{:?}", db.engine());
        for id in [engine.clone(), format!("{engine}.B_c-9"), format!("{engine:x<64}")] {
            let answer = named(&guest, &id).await;
            assert_eq!(answer.header("x-request-id"), id);
            assert_eq!(lines_of(&id).len(), 1, "{:?}", lines_of(&id));
        }
        for id in ["", "a b", "a/b", "ä", "a\tb", &"x".repeat(65)] {
            made_id(&named(&guest, id).await);
        }
    }

    async fn a_mistake_of_the_servers_is_logged_once_under_it(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let broken = app.database().write(|tx| -> Result<(), DbError> {
            let db: &mut unicom_db::Db = tx;
            Ok(on_engine!(db, conn => conn.batch_execute("ALTER TABLE unicom_account_chats RENAME TO gone"))?)
        });
        broken.await.unwrap();
        // Not by `Client`, which takes no 500.
        let url = format!("{}/unicom/webchat/messages/", app.base());
        provide_tls();
        let answer = reqwest::get(&url).await.unwrap();
        assert_eq!(answer.status(), 500);
        let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        let body = answer.text().await.unwrap();
        assert!(!body.contains("unicom_account_chats"), "{body}");
        let lines = lines_of(&id);
        let told: Vec<_> = lines.iter().filter(|line| line.message.contains("unicom_account_chats")).collect();
        assert_eq!(told.len(), 1, "{lines:?}");
        assert_eq!(told[0].level, Level::Error);
        assert_eq!(lines.len(), 2, "that line and the access line: {lines:?}");
    }

    async fn a_head_that_is_no_http_is_answered_by_actix_alone(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let mut stream = TcpStream::connect(app.base().trim_start_matches("http://")).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nwrong header\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        // Nothing of ours sees it. Should a later actix let us, the header belongs here too.
        assert!(answer.starts_with("HTTP/1.1 400") && !answer.contains("x-request-id"), "{answer}");
    }
}
