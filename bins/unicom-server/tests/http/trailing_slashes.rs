//! Tests that every path is answered with and without its trailing slash.

use reqwest::Method;
use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use crate::app::{PASSWORD, TestApp};
use crate::both;

both! {
    async fn trailing_slashes_are_optional(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        for slash in ["", "/"] {
            let name = format!("alice{}", slash.len());
            let client = app.guest().await;
            client.say("hi").await;
            let sent = client.send_file("a.png", crate::sample_images::PNG).await.ok();
            let (file, chat) = (
                sent["message"]["media_url"].as_str().unwrap(),
                client.account_id().await,
            );
            let user = json!({ "username": name, "password": PASSWORD });
            let chat = format!("/unicom/webchat/chat/{chat}");
            let of_user = format!("/unicom/webchat/chat/webchat_user_{}", slash.len() + 1);
            let message = sent["message"]["id"].as_str().unwrap();
            let message = format!("/unicom/webchat/message/{message}");
            let routes: [(Method, &str, Value, u16); 23] = [
                (Method::GET, file, json!(null), 200),
                (Method::GET, "/healthz", json!(null), 200),
                (Method::GET, "/readyz", json!(null), 200),
                (Method::GET, "/unicom/auth/session", json!(null), 200),
                (
                    Method::POST,
                    "/unicom/webchat/send",
                    json!({ "text": "hi" }),
                    200,
                ),
                (
                    Method::POST,
                    "/unicom/webchat/button-click",
                    json!({ "callback_execution_id": "x" }),
                    403,
                ),
                (Method::GET, "/unicom/webchat/messages", json!(null), 200),
                (Method::GET, "/unicom/webchat/chats", json!(null), 200),
                (Method::POST, "/unicom/webchat/chats", json!({}), 201),
                (Method::PATCH, &message, json!({ "text": "x" }), 200),
                (Method::DELETE, &message, json!(null), 200),
                (Method::PATCH, &chat, json!({ "name": "x" }), 200),
                (Method::PUT, &chat, json!({ "name": "y" }), 200),
                (Method::DELETE, &chat, json!(null), 200),
                (Method::POST, &format!("{chat}/read"), json!({}), 200),
                (Method::POST, &format!("{chat}/delete"), json!({}), 200),
                (Method::DELETE, &format!("{chat}/delete"), json!({}), 200),
                (Method::POST, "/unicom/auth/register", user.clone(), 201),
                (Method::POST, &format!("{of_user}/read"), json!({}), 200),
                (Method::POST, "/unicom/auth/logout", json!({}), 200),
                (Method::POST, "/unicom/auth/login", user, 200),
                (Method::DELETE, &of_user, json!(null), 200),
                (
                    Method::DELETE,
                    &format!("{of_user}/delete"),
                    json!(null),
                    200,
                ),
            ];
            for (method, path, body, status) in routes {
                let request = client.request(method.clone(), &format!("{path}{slash}"));
                let answer = if body.is_null() {
                    request.send().await
                } else {
                    request.json(&body).send().await
                };
                assert_eq!(
                    answer.status,
                    status,
                    "{method} {path}{slash}: {}",
                    answer.text()
                );
            }
        }
    }
}
