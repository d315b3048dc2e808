//! Tests of JSON with duplicate fields. Parsers disagree on which one counts, so the body is
//! refused.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use super::{SEND, post};
use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::multipart_form::Form;
use crate::no_side_effects::NoSideEffects;

const REFUSED: (u16, &str) = (400, "invalid_json");

both! {
    async fn duplicate_json_fields_are_rejected_on_every_route(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("ada").await;
        let admin = app.program().await;
        let guest = app.guest_who_wrote("hi").await;
        let chat = guest.account_id().await;
        let channel = app.channel_id();
        let watch = NoSideEffects::of(&app).await;
        let login = format!(r#"{{"username":"bob","password":"{PASSWORD}","username":"ada"}}"#);
        for (client, path, body, name) in [
            (&guest, SEND.to_owned(), r#"{"text":"a","text":"b"}"#, "text"),
            (&guest, SEND.to_owned(), r#"{"text":"a","\u0074ext":"b"}"#, "text"),
            (&guest, SEND.to_owned(), r#"{"text":"a","metadata":{"x":[{"deep":1,"deep":1}]}}"#, "deep"),
            // A field that no route reads.
            (&guest, SEND.to_owned(), r#"{"text":"a","other":1,"other":2}"#, "other"),
            (&guest, "/unicom/webchat/chats/".to_owned(), r#"{"name":"a","name":"b"}"#, "name"),
            (&guest, "/unicom/auth/login/".to_owned(), &login, "username"),
            (&admin, "/unicom/admin/channels/".to_owned(), r#"{"name":"a","name":"b"}"#, "name"),
            (&admin, format!("/unicom/admin/chats/{chat}/messages/"), r#"{"text":"a","text":"b"}"#, "text"),
        ] {
            watch.refused(body, post(client, &path, body), REFUSED).await.names(&format!("`{name}`"));
        }
        let path = format!("/unicom/webchat/chat/{chat}/");
        let body = r#"{"metadata":{"a":1,"a":2}}"#;
        let change = guest.request(Method::PATCH, &path).body("application/json", body);
        watch.refused(body, change, REFUSED).await.names("`a`");
        let path = format!("/unicom/admin/channels/{channel}/");
        let body = r#"{"config":{"bot":"echo","bot":null}}"#;
        let change = admin.request(Method::PATCH, &path).body("application/json", body);
        watch.refused(body, change, REFUSED).await.names("`bot`");
    }

    async fn duplicate_fields_in_form_metadata_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        let body = "text=a&metadata=%7B%22x%22%3A1%2C%22x%22%3A2%7D";
        let request = guest.request(Method::POST, SEND).body("application/x-www-form-urlencoded", body);
        watch.refused(body, request, REFUSED).await.names("`x`");
        let (kind, body) = Form::default().text("text", "a").text("metadata", r#"{"y":{"z":1,"z":1}}"#).finish();
        let request = guest.request(Method::POST, SEND).body(&kind, body);
        watch.refused("a form with a file", request, REFUSED).await.names("`z`");
    }

    async fn equal_names_in_different_objects_are_accepted(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let metadata = json!({ "a": { "a": [{ "a": 1 }, { "a": 2 }] }, "A": 3 });
        guest.send(json!({ "text": "a", "metadata": metadata })).await.ok();
        assert_eq!(guest.chats("").await[0]["metadata"], metadata);
    }
}
