//! Tests that forms accept every field that JSON does, plus a file.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use super::PNG;
use crate::app::TestApp;
use crate::both;
use crate::multipart_form::Form;

const SEND: &str = "/unicom/webchat/send/";

both! {
    async fn forms_carry_every_field(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let form = Form::default()
            .text("text", " a cat ")
            .text("metadata", r#"{"page":"/"}"#)
            .text("client_message_id", "c")
            .text("chat_id", "")
            .file("media", "cat.png", PNG);
        let first = guest.post_form(SEND, form).await.ok()["message"].clone();
        assert_eq!(
            (
                &first["text"],
                &first["client_message_id"],
                &first["media_type"]
            ),
            (&json!("a cat"), &json!("c"), &json!("image"))
        );
        assert_eq!(guest.chats("").await[0]["metadata"], json!({ "page": "/" }));
        let encoded = format!(
            "text=two+words%20%26+more&reply_to_message_id={}&chat_id={}",
            first["id"].as_str().unwrap(),
            first["chat_id"].as_str().unwrap()
        );
        let request = guest
            .request(Method::POST, SEND)
            .body("application/x-www-form-urlencoded", encoded);
        let second = request.send().await.ok()["message"].clone();
        assert_eq!(
            (&second["text"], &second["reply_to_message_id"]),
            (&json!("two words & more"), &first["id"])
        );
    }
}
