//! Tests of chat metadata at its limit and one byte over it, and of the number of conditions on
//! metadata that a list accepts.
//!
//! A list shows the metadata of a hundred chats, and its filters read them: without limits, one
//! guest could fill the memory.

use std::fmt::Write as _;

use reqwest::Method;
use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use super::{SEND, post};
use crate::app::TestApp;
use crate::both;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;

const METADATA: usize = 16 << 10;

const CHATS: &str = "/unicom/webchat/chats/";

/// Returns a JSON object of this many bytes, with fewer characters.
fn of_bytes(bytes: usize) -> Value {
    let free = bytes - r#"{"a":"","b":[1,"\n"]}"#.len();
    let text = "x".repeat(free % 2) + &*"ü".repeat(free / 2);
    json!({ "a": text, "b": [1, "\n"] })
}

/// Returns a query with this many conditions, all of which hold and each of which has another name.
fn conditions(count: usize) -> String {
    let mut query = String::from("name__icontains=a");
    for number in 0..count {
        write!(query, "&metadata__k{number}__gte=0").unwrap();
    }
    query
}

both! {
    async fn metadata_size_limit_is_exact(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (guest, other) = (app.guest_who_wrote("hi").await, app.guest().await);
        let chat = format!("/unicom/webchat/chat/{}/", guest.account_id().await);
        assert_eq!(of_bytes(METADATA).to_string().len(), METADATA);
        let watch = NoSideEffects::of(&app).await;
        for metadata in [of_bytes(METADATA + 1), of_bytes(200 << 10)] {
            let message = json!({ "text": "hi", "metadata": metadata });
            for (client, method, path) in [
                (&guest, Method::POST, SEND),
                // This client has no chat yet.
                (&other, Method::POST, SEND),
                (&guest, Method::POST, CHATS),
                (&guest, Method::PATCH, &*chat),
                (&guest, Method::PUT, &*chat),
            ] {
                let request = client.request(method, path).json(&message);
                let answer = watch.refused(path, request, (413, "too_large")).await;
                answer.names("`metadata`").names("16384 bytes");
            }
            let (kind, form) = Form::default()
                .text("text", "hi")
                .text("metadata", &metadata.to_string())
                .file("media", "a.png", b"\x89PNG")
                .finish();
            let request = guest.request(Method::POST, SEND).body(&kind, form);
            let answer = watch.refused("multipart", request, (413, "too_large")).await;
            answer.names("`metadata`").names("16384 bytes");
        }
        // Spaces between its parts and escaped characters do not count.
        let metadata = of_bytes(METADATA);
        let body = format!(r#"{{"text":"hi","metadata":{metadata:#}}}"#).replace('ü', r"\u00fc");
        post(&other, SEND, &body).send().await.ok();
        assert_eq!(other.chats("").await[0]["metadata"], metadata);
        let made = guest.post(CHATS, json!({ "metadata": metadata })).await.ok();
        assert_eq!(made["chat"]["metadata"], metadata);
        // New metadata replaces the old: the sizes do not add up.
        for metadata in [json!({ "c": 1 }), metadata] {
            let changed = guest.patch(&chat, json!({ "metadata": metadata })).await.ok();
            assert_eq!(changed["chat"]["metadata"], metadata);
        }
    }

    async fn metadata_filters_are_limited_to_eight(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let metadata: Value = (0..8).map(|number| (format!("k{number}"), json!(number))).collect();
        guest.send(json!({ "text": "a", "metadata": metadata })).await.ok();
        let watch = NoSideEffects::of(&app).await;
        assert_eq!(guest.chats(&conditions(8)).await.len(), 1);
        for count in [9, 250] {
            let request = guest.request(Method::GET, &format!("{CHATS}?{}", conditions(count)));
            let answer = watch.refused("conditions", request, (400, "invalid_parameter")).await;
            answer.names("at most 8").names("`metadata__KEY`");
        }
    }
}
