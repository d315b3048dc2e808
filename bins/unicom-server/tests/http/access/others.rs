//! Tests with another user, another guest and a client without a session.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use super::{LISTS, MARK, ask, missing, owner, routes};
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;
use crate::response::Response;

async fn others(app: &TestApp) -> [(&'static str, Client); 4] {
    let bob = app.user("bob").await;
    bob.say("hi").await;
    [
        ("another user", bob),
        ("a user who never wrote", app.user("carol").await),
        ("another guest", app.guest_who_wrote("hi").await),
        ("anonymous", app.guest().await),
    ]
}

/// Asserts that the mark is neither in the body nor in a header.
fn tells_nothing(what: &str, answer: &Response) {
    assert!(!answer.text().contains(MARK), "{what}: {}", answer.text());
    let headers = format!("{:?}", answer.headers);
    assert!(!headers.contains(MARK), "{what}: {headers}");
}

fn header_names(answer: &Response) -> Vec<String> {
    answer.headers.keys().map(ToString::to_string).collect()
}

both! {
    async fn foreign_resources_look_missing_and_stay_unchanged(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (_alice, resources) = owner(&app, "alice").await;
        let others = others(&app).await;
        let watch = NoSideEffects::of(&app).await;
        for (who, client) in &others {
            for (route, absent) in routes(&resources).iter().zip(routes(&missing())) {
                let what = format!("{} by {who}", route.what);
                let (foreign, absent) = (ask(client, route).await, ask(client, &absent).await);
                assert_eq!(
                    (foreign.status, foreign.code()),
                    route.refusal,
                    "{what}: {}",
                    foreign.text()
                );
                assert_eq!(
                    (foreign.status, &foreign.body),
                    (absent.status, &absent.body),
                    "{what}"
                );
                assert_eq!(header_names(&foreign), header_names(&absent), "{what}");
                tells_nothing(&what, &foreign);
                watch.unchanged(&what).await;
            }
        }
    }

    async fn conditional_headers_reveal_nothing_about_others(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (alice, resources) = owner(&app, "alice").await;
        let others = others(&app).await;
        let page = format!("/unicom/webchat/messages/?chat_id={}", resources.chat);
        let watch = NoSideEffects::of(&app).await;
        for path in [&resources.file, &page] {
            let tag = alice.get(path).await.header("etag").to_owned();
            for (who, client) in &others {
                let absent = client.get(path).await;
                for known in ["*", &tag, &format!("W/{tag}, \"x\"")] {
                    for name in ["if-none-match", "if-match", "if-range"] {
                        let asked = client.request(Method::GET, path).header(name, known).send().await;
                        assert_eq!((asked.status, &asked.body), (404, &absent.body), "{path} by {who}: {name}");
                    }
                }
            }
        }
        watch.unchanged("conditional reading").await;
    }

    async fn lists_contain_only_own_resources(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (_alice, resources) = owner(&app, "alice").await;
        let others = others(&app).await;
        let watch = NoSideEffects::of(&app).await;
        for (who, client) in &others {
            for path in LISTS {
                let answer = client.get(path).await;
                assert_eq!(answer.status, 200, "{path} by {who}");
                tells_nothing(path, &answer);
            }
            let filter = format!("/unicom/webchat/chats/?id={}", resources.chat);
            assert_eq!(client.get(&filter).await.ok()["chats"], json!([]), "{who}");
        }
        watch.unchanged("reading").await;
        for (who, client) in &others {
            let made = client
                .post("/unicom/webchat/chats/", json!({ "name": "mine" }))
                .await;
            assert_eq!(made.status, 201, "{who}");
            tells_nothing("a new chat", &made);
        }
    }

    async fn cursor_of_another_visitor_reveals_nothing(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (alice, resources) = owner(&app, "alice").await;
        alice
            .post("/unicom/webchat/chats/", json!({ "name": MARK }))
            .await
            .ok();
        let cursor = alice.get("/unicom/webchat/chats/?limit=1").await.ok()["next_cursor"].clone();
        let others = others(&app).await;
        let watch = NoSideEffects::of(&app).await;
        for (who, client) in &others {
            let answer = client
                .get(&format!(
                    "/unicom/webchat/chats/?cursor={}",
                    cursor.as_str().unwrap()
                ))
                .await;
            // A cursor is a position in time: the client's older chats follow, if there are any.
            assert_eq!(answer.status, 200, "{who}: {}", answer.text());
            tells_nothing(who, &answer);
            let path = format!("/unicom/webchat/messages/?before={}", resources.message);
            let answer = client.get(&path).await;
            if client.chats("").await.is_empty() {
                assert_eq!(answer.status, 200, "{who}: {}", answer.text());
                assert_eq!(answer.json["messages"], json!([]), "{who}");
            } else {
                answer.is(400, "invalid_cursor");
            }
            tells_nothing(who, &answer);
            watch.unchanged(who).await;
        }
    }
}
