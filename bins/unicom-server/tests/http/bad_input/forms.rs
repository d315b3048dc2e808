//! Tests of wrong content types and malformed forms.

use reqwest::Method;
use unicom_testing::TestDatabase;

use super::SEND;
use crate::app::TestApp;
use crate::both;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;

const JSON: &str = r#"{"text":"hi"}"#;

both! {
    async fn unsupported_content_types_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for kind in [
            "",
            "text/plain",
            "application/xml",
            "text/json",
            "application/jsonp",
            "application",
            "multipart/mixed; boundary=x",
        ] {
            let request = guest.request(Method::POST, SEND).body(kind, JSON);
            watch
                .refused(kind, request, (415, "unsupported_media_type"))
                .await
                .names("application/json");
            let request = guest
                .request(Method::POST, "/unicom/webchat/chats/")
                .body(kind, JSON);
            watch
                .refused(kind, request, (415, "unsupported_media_type"))
                .await
                .names("application/json");
            let request = guest
                .request(Method::POST, "/unicom/auth/login/")
                .body(kind, JSON);
            watch
                .refused(kind, request, (415, "unsupported_media_type"))
                .await
                .names("application/json");
        }
        for kind in ["application/json; charset=utf-8", "Application/JSON"] {
            guest
                .request(Method::POST, SEND)
                .body(kind, JSON)
                .send()
                .await
                .ok();
        }
    }

    async fn malformed_multipart_is_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        let png = crate::sample_images::PNG;
        let whole = || {
            Form::default()
                .text("text", "hi")
                .file("media", "a.png", png)
        };
        let (kind, body) = whole().finish();
        let (_, truncated) = whole().finish_truncated();
        let half = body[..body.len() / 2].to_vec();
        let (_, no_name) = Form::default().part("form-data", "", b"hi").finish();
        let (_, twice) = Form::default().text("text", "a").text("text", "b").finish();
        let (_, two_files) = Form::default()
            .file("media", "a.png", png)
            .file("media", "b.png", png)
            .finish();
        let (_, not_utf8) = Form::default()
            .part("form-data; name=\"text\"", "", b"\xff\xfe")
            .finish();
        let cases = [
            ("no boundary", "multipart/form-data", body.clone()),
            (
                "another boundary",
                "multipart/form-data; boundary=other",
                body,
            ),
            ("no end", &kind, truncated),
            ("half", &kind, half),
            ("a part without a name", &kind, no_name),
            ("a field twice", &kind, twice),
            ("two files", &kind, two_files),
            ("a text that is not UTF-8", &kind, not_utf8),
            ("nothing", &kind, Vec::new()),
            ("no multipart at all", &kind, JSON.into()),
        ];
        for (what, kind, body) in cases {
            let request = guest.request(Method::POST, SEND).body(kind, body);
            watch.refused(what, request, (400, "invalid_body")).await;
        }
    }

    async fn form_fields_are_validated_like_json_fields(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for (name, value, status, code, word) in [
            ("metadata", "{", 400, "invalid_body", "`metadata`"),
            ("metadata", "[1]", 400, "invalid_body", "`metadata`"),
            ("metadata", "7", 400, "invalid_body", "`metadata`"),
            (
                "metadata",
                r#"{"a":"\u0000"}"#,
                400,
                "invalid_text",
                "`metadata`",
            ),
            ("channel_id", "x", 400, "invalid_body", "`channel_id`"),
            ("channel_id", "4711", 404, "no_channel", "channel"),
            ("chat_id", "nothing", 404, "chat_not_found", "chat"),
            ("chat_id", "a\0", 404, "chat_not_found", "chat"),
            ("reply_to_message_id", "x", 404, "not_found", "message"),
            (
                "client_message_id",
                &"x".repeat(129),
                400,
                "invalid_body",
                "`client_message_id`",
            ),
            ("text", "a\0b", 400, "invalid_text", "`text`"),
            ("text", " ", 400, "empty_message", "`text`"),
        ] {
            let mut form = Form::default().text(name, value);
            let mut encoded = format!("{name}={}", encode(value));
            if name != "text" {
                form = form.text("text", "hi");
                encoded.push_str("&text=hi");
            }
            let (kind, body) = form.finish();
            let request = guest.request(Method::POST, SEND).body(&kind, body);
            watch
                .refused(name, request, (status, code))
                .await
                .names(word);
            let request = guest
                .request(Method::POST, SEND)
                .body("application/x-www-form-urlencoded", encoded);
            watch
                .refused(name, request, (status, code))
                .await
                .names(word);
        }
    }

    async fn malformed_url_encoded_forms_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for (form, word) in [
            ("text=%ff", "UTF-8"),
            ("text=%C3&chat_id=%A4", "UTF-8"),
            ("text=hi&x=%80", "UTF-8"),
            ("text=a&text=b", "repeated"),
            ("text=&text=b", "repeated"),
            ("text=a&metadata={}&t%65xt=b", "repeated"),
        ] {
            let request = guest
                .request(Method::POST, SEND)
                .body("application/x-www-form-urlencoded", form);
            watch
                .refused(form, request, (400, "invalid_body"))
                .await
                .names(word);
        }
        for (form, text) in [("text=%C3%A4+%2B&x=1&x=2", "ä +"), ("&&=&text=%25ff", "%ff")] {
            let sent = guest
                .request(Method::POST, SEND)
                .body("application/x-www-form-urlencoded", form);
            assert_eq!(sent.send().await.ok()["message"]["text"], text);
        }
    }
}

fn encode(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
