//! Tests of invalid bodies of `chats/` and `chat/{chat_id}/`.

use reqwest::Method;
use unicom_testing::TestDatabase;

use super::post;
use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;

const CHATS: &str = "/unicom/webchat/chats/";

fn long() -> String {
    "ü".repeat(101)
}

both! {
    async fn new_chats_are_validated(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        let long = format!(r#"{{"name":"{}"}}"#, long());
        for (body, status, code, word) in [
            ("[]", 400, "invalid_body", "object"),
            ("7", 400, "invalid_body", "object"),
            ("{", 400, "invalid_json", "JSON"),
            (r#"{"name":7}"#, 400, "invalid_body", "`name`"),
            (r#"{"name":""}"#, 400, "invalid_body", "`name`"),
            (r#"{"name":"  "}"#, 400, "invalid_body", "`name`"),
            (r#"{"name":"a\u0000b"}"#, 400, "invalid_text", "`name`"),
            (&long, 400, "invalid_body", "`name`"),
            (r#"{"metadata":[]}"#, 400, "invalid_body", "`metadata`"),
            (
                r#"{"metadata":{"a":["\u0000"]}}"#,
                400,
                "invalid_text",
                "`metadata`",
            ),
            (r#"{"channel_id":"x"}"#, 400, "invalid_body", "`channel_id`"),
            (r#"{"channel_id":4711}"#, 404, "no_channel", "channel"),
        ] {
            watch
                .refused(body, post(&guest, CHATS, body), (status, code))
                .await
                .names(word);
        }
    }

    async fn chat_updates_are_validated(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let path = format!("/unicom/webchat/chat/{}/", guest.account_id().await);
        let watch = NoSideEffects::of(&app).await;
        let (title, name) = (
            format!(r#"{{"title":"{}"}}"#, long()),
            format!(r#"{{"name":"{}"}}"#, long()),
        );
        for (body, status, code, word) in [
            ("[]", 400, "invalid_body", "object"),
            ("null", 400, "invalid_body", "object"),
            ("{", 400, "invalid_json", "JSON"),
            (&title, 400, "invalid_body", "`title`"),
            (r#"{"title":""}"#, 400, "invalid_body", "`title`"),
            (r#"{"title":7}"#, 400, "invalid_body", "`title`"),
            (r#"{"title":"\u0000"}"#, 400, "invalid_text", "`title`"),
            (&name, 400, "invalid_body", "`name`"),
            (r#"{"name":" \n"}"#, 400, "invalid_body", "`name`"),
            (r#"{"name":["a"]}"#, 400, "invalid_body", "`name`"),
            (r#"{"name":"\u0000"}"#, 400, "invalid_text", "`name`"),
            (
                r#"{"is_archived":"true"}"#,
                400,
                "invalid_body",
                "`is_archived`",
            ),
            (r#"{"is_archived":1}"#, 400, "invalid_body", "`is_archived`"),
            (r#"{"metadata":"{}"}"#, 400, "invalid_body", "`metadata`"),
            (
                r#"{"metadata":{"\u0000":1}}"#,
                400,
                "invalid_text",
                "`metadata`",
            ),
        ] {
            for method in [Method::PATCH, Method::PUT] {
                let request = guest
                    .request(method, &path)
                    .body("application/json", body.to_owned());
                watch
                    .refused(body, request, (status, code))
                    .await
                    .names(word);
            }
        }
        let request = guest.request(Method::DELETE, &format!("{path}?hard_delete=perhaps"));
        watch
            .refused("hard_delete", request, (400, "invalid_parameter"))
            .await
            .names("`hard_delete`");
    }
}
