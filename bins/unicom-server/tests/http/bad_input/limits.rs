//! Tests of texts and bodies at their size limit and one byte over it.

use reqwest::Method;
use serde_json::{Value, json};
use unicom_server::Options;
use unicom_testing::TestDatabase;

use super::{SEND, post};
use crate::app::TestApp;
use crate::both;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;

const TEXT: usize = 16 << 10;
const BODY: usize = 256 << 10;

/// Nesting depth of JSON.
const DEPTH: usize = 110;

fn nested(depth: usize) -> String {
    format!(
        r#"{{"text":"hi","metadata":{}1{}}}"#,
        r#"{"a":"#.repeat(depth),
        "}".repeat(depth)
    )
}

both! {
    async fn text_length_limit_is_exact(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        for text in ["x".repeat(TEXT + 1), "ü".repeat(TEXT / 2) + "x"] {
            let body = json!({ "text": text }).to_string();
            watch
                .refused("JSON", post(&guest, SEND, &body), (413, "too_large"))
                .await
                .names("`text`");
            let form = format!("text={}", "x".repeat(TEXT + 1));
            let request = guest
                .request(Method::POST, SEND)
                .body("application/x-www-form-urlencoded", form);
            watch
                .refused("form", request, (413, "too_large"))
                .await
                .names("`text`");
            let (kind, body) = Form::default().text("text", &text).finish();
            let request = guest.request(Method::POST, SEND).body(&kind, body);
            watch
                .refused("multipart", request, (413, "too_large"))
                .await
                .names("`text`");
        }
        // Surrounding spaces do not count.
        let text = "ü".repeat(TEXT / 2);
        let sent = guest.say(&format!("  {text}\n")).await;
        assert_eq!(sent["text"], text);
    }

    async fn oversized_body_is_rejected_with_or_without_a_length(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let chat = format!("/unicom/webchat/chat/{}/", guest.account_id().await);
        let watch = NoSideEffects::of(&app).await;
        let body = json!({ "text": "hi", "filler": "x".repeat(BODY) }).to_string();
        for (method, path) in [
            (Method::POST, SEND),
            (Method::POST, "/unicom/webchat/chats/"),
            (Method::PATCH, &*chat),
            (Method::POST, "/unicom/auth/login/"),
        ] {
            let request = guest
                .request(method.clone(), path)
                .body("application/json", body.clone());
            watch.refused(path, request, (413, "too_large")).await;
            let chunks: Vec<_> = body
                .as_bytes()
                .chunks(8 << 10)
                .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()))
                .collect();
            let stream = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
            let request = guest.request(method, path).body("application/json", stream);
            watch.refused(path, request, (413, "too_large")).await;
        }
    }

    async fn limits_are_configurable(db: &TestDatabase) {
        let options = Options {
            max_text: Some(10),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options)
        .await;
        let guest = app.guest().await;
        guest
            .send(json!({ "text": "x".repeat(11) }))
            .await
            .is(413, "too_large")
            .names("10 bytes");
        guest.say(&"x".repeat(10)).await;
    }

    async fn metadata_depth_is_limited(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        // The body itself is one level.
        for depth in [DEPTH, 200, 20_000] {
            watch
                .refused(
                    "deep",
                    post(&guest, SEND, &nested(depth)),
                    (400, "invalid_json"),
                )
                .await
                .names("110 levels");
            let arrays = format!(r#"{{"text":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
            watch
                .refused("deep", post(&guest, SEND, &arrays), (400, "invalid_json"))
                .await;
            let (kind, form) = Form::default()
                .text("text", "hi")
                .text("metadata", &nested(depth))
                .finish();
            let request = guest.request(Method::POST, SEND).body(&kind, form);
            watch
                .refused("deep", request, (400, "invalid_body"))
                .await
                .names("`metadata`");
        }
        for (open, close) in [("[", "]"), ("[", ""), ("{\"\":", "")] {
            let deep = format!(r#"{{"text":{}{}}}"#, open.repeat(60_000), close.repeat(60_000));
            watch.refused("very deep", post(&guest, SEND, &deep), (400, "invalid_json")).await;
        }
        let deepest = format!(r#"{{"text":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        watch.refused("very deep", post(&guest, SEND, &deepest), (400, "invalid_json")).await;
        post(&guest, SEND, &nested(DEPTH - 1)).send().await.ok();
        let chats = guest.chats("").await;
        let sent: Value = serde_json::from_str(&nested(DEPTH - 1)).unwrap();
        assert_eq!(chats[0]["metadata"], sent["metadata"]);
    }
}
