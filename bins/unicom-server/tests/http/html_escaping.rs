//! Tests of HTML and script in every field a visitor may write: it is returned as plain text, in
//! JSON.

use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::response::Response;

const MARKUP: [&str; 5] = [
    "<script>alert(document.cookie)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg/onload=alert(1)>",
    "[x](javascript:alert(1))",
    "{{7*7}}${7*7}<%= 7*7 %>",
];

/// Returns the JSON of a response that no browser interprets as a page.
#[track_caller]
fn shown(answer: Response) -> Value {
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    answer.ok()
}

both! {
    async fn markup_in_messages_stays_text(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        for markup in MARKUP {
            let sent = guest.send(json!({ "text": markup, "metadata": { markup: markup } })).await;
            let message = shown(sent)["message"].clone();
            assert_eq!((&message["text"], &message["html"]), (&json!(markup), &Value::Null));
        }
        let page = guest.get("/unicom/webchat/messages/?order=asc").await;
        let page = shown(page);
        let messages = page["messages"].as_array().unwrap().iter();
        assert!(messages.clone().all(|message| message["html"].is_null()));
        assert_eq!(messages.map(|message| message["text"].clone()).collect::<Vec<_>>(), MARKUP);
    }

    async fn markup_in_names_stays_text(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        for (number, markup) in MARKUP.into_iter().enumerate() {
            let user = app.guest().await;
            let name = json!({
                "username": format!("user{number}"), "password": PASSWORD, "display_name": markup,
            });
            user.post("/unicom/auth/register/", name).await.ok();
            let session = user.get("/unicom/auth/session/").await;
            assert_eq!(shown(session)["user"]["display_name"], markup);

            let made = user.post("/unicom/webchat/chats/", json!({ "name": markup })).await;
            let chat = shown(made)["chat"].clone();
            assert_eq!(chat["name"], markup);
            let said = user.send(json!({ "text": markup, "chat_id": chat["id"] })).await;
            assert_eq!(shown(said)["message"]["sender_name"], markup);
            let list = user.get("/unicom/webchat/chats/").await;
            let chat = shown(list)["chats"][0].clone();
            assert_eq!((&chat["name"], &chat["last_message"]["text"]), (&json!(markup), &json!(markup)));
        }
    }

    async fn html_of_admins_loads_nothing_from_other_servers(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let guest = app.guest_who_wrote("hi").await;
        let chat = guest.account_id().await;
        let to = format!("/unicom/admin/chats/{chat}/messages/");
        for (html, shown) in [
            (r#"<p>a<img src="https://evil.example/a.png" alt="Cat"></p>"#, r#"<p>a<img alt="Cat"></p>"#),
            (r#"<p>a<img src="//evil.example/a.png"></p>"#, "<p>a<img></p>"),
            (r#"<p>a<img src="/\evil.example/a.png"></p>"#, "<p>a<img></p>"),
            (r#"<p>a<img src="/unicom/media/a.png"></p>"#, r#"<p>a<img src="/unicom/media/a.png"></p>"#),
            (r#"<a href="//evil.example">a</a>"#, r#"<a rel="noopener noreferrer">a</a>"#),
            (r#"<a href="https://bank.example@evil.example">a</a>"#, r#"<a rel="noopener noreferrer">a</a>"#),
            (
                r#"<a href="https://example.org/">a</a>"#,
                r#"<a href="https://example.org/" rel="noopener noreferrer">a</a>"#,
            ),
        ] {
            admin.post(&to, json!({ "html": html })).await.ok();
            let page = guest.messages("limit=1").await;
            assert_eq!(page["messages"][0]["html"], shown);
        }
        // Without the image from another site, nothing readable is left.
        let body = json!({ "html": r#"<img src="https://evil.example/a.png">"# });
        admin.post(&to, body).await.is(400, "empty_message");
    }

    async fn markup_in_errors_stays_text(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        for markup in MARKUP {
            let encoded: String = markup.bytes().map(|byte| format!("%{byte:02X}")).collect();
            for path in [
                format!("/unicom/webchat/messages/?limit={encoded}"),
                format!("/unicom/webchat/messages/?chat_id={encoded}"),
                format!("/unicom/webchat/chats/?{encoded}=1"),
                format!("/unicom/{encoded}/"),
            ] {
                let answer = guest.get(&path).await;
                assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
                assert_eq!(answer.header("content-type"), "application/json", "{path}");
                assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            }
        }
    }
}
