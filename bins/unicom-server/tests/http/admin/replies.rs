//! Tests of replies to a request: a client with the request's reply token can reply once.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use unicom_core::{
    Bots,
    bots::{BotContext, Outcome},
    replies::token_hash,
};
use unicom_db::{Database, DbError, queries::queue};
use unicom_server::Options;
use unicom_testing::TestDatabase;

use super::{NOTHING, PNG, path};
use crate::app::{Setup, TestApp};
use crate::both;
use crate::client::{Client, Request, texts};
use crate::prometheus_text::Exposition;
use crate::response::Response;
use crate::sample_images::{FLOOD_BASE64, PNG_BASE64};

const TOKEN: &str = "urq_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Returns a bot that lets a client with the reply token answer later.
fn later(database: &Database) -> Bots {
    let database = database.clone();
    Bots::default().with("later", move |context: BotContext| {
        let database = database.clone();
        async move {
            let request = context.request;
            let set =
                database.write(move |tx| queue::set_reply_token(tx, &request, &token_hash(TOKEN)));
            let held: Result<bool, DbError> = set.await;
            assert!(held.unwrap());
            Ok(Outcome::later(Duration::from_secs(300)))
        }
    })
}

/// Starts a server where a guest's request is waiting for a reply. Returns the guest and the
/// request's id.
async fn asked(db: &TestDatabase) -> (TestApp, Client, String) {
    asked_with(db, Options::default()).await
}

async fn asked_with(db: &TestDatabase, options: Options) -> (TestApp, Client, String) {
    let setup = Setup {
        bots: later(db.database()),
        options,
        ..Setup::default()
    };
    let app = TestApp::with(db, setup).await;
    let admin = app.program().await;
    let channel = path(&format!("channels/{}/", app.channel_id()));
    admin
        .patch(&channel, json!({ "config": { "bot": "later" } }))
        .await
        .ok();
    let guest = app.guest_who_wrote("hi").await;
    let id = TestApp::wait_for("a request that waits", async || {
        let found = admin.get(&path("requests/?status=PROCESSING")).await.ok();
        let request = &found["requests"][0];
        let waits = request["error"].as_str()?.contains("promised");
        waits.then(|| request["id"].as_str().unwrap().to_owned())
    })
    .await;
    (app, guest, id)
}

fn to<'a>(client: &'a Client, id: &str) -> Request<'a> {
    client.request(Method::POST, &format!("/unicom/requests/{id}/reply/"))
}

async fn reply(app: &TestApp, id: &str, body: serde_json::Value) -> Response {
    let program = Client::new(app.base()).with_bearer(TOKEN);
    to(&program, id).json(&body).send().await
}

both! {
    async fn reply_token_is_valid_once(db: &TestDatabase) {
        let (app, guest, id) = asked(db).await;
        let answer = reply(&app, &id, json!({ "text": "here I am" })).await;
        assert!(answer.headers.get("set-cookie").is_none());
        assert_eq!(answer.header("cache-control"), "no-store");
        let body = answer.ok();
        assert_eq!(body["messages"][0]["text"], "here I am");
        assert_eq!(body["messages"][0]["is_outgoing"], true);
        assert_eq!(guest.texts().await, ["hi", "here I am"]);
        app.settled().await;
        let rows = app.rows().await;
        for again in ["here I am", "something else"] {
            reply(&app, &id, json!({ "text": again }))
                .await
                .is(409, "request_ended");
        }
        assert_eq!(app.rows().await, rows);
        assert!(rows.values().flatten().all(|row| !row.contains(TOKEN)));
        // The token gives no access to other routes.
        let program = Client::new(app.base()).with_bearer(TOKEN);
        program
            .get("/unicom/webchat/messages/")
            .await
            .is(401, "invalid_credentials");
    }

    async fn low_disk_space_rejects_files_but_not_texts(db: &TestDatabase) {
        // More free space than any disk has.
        let options = Options { min_free_space: Some(u64::MAX), ..Options::default() };
        let (app, guest, id) = asked_with(db, options).await;
        let picture = json!({ "image": { "base64": PNG_BASE64 } });
        let refused = reply(&app, &id, json!({ "replies": [{ "text": "look" }, picture] })).await;
        refused.is(503, "storage_full");
        assert_eq!(app.files().len(), 0);
        let shown = Exposition::of(&app).await;
        assert_eq!(shown.known(r#"unicom_uploads_refused_total{reason="free_space"}"#), 1.0);
        reply(&app, &id, json!({ "text": "no picture, then" })).await.ok();
        assert_eq!(guest.texts().await, ["hi", "no picture, then"]);
    }

    async fn wrong_token_and_unknown_request_are_indistinguishable(db: &TestDatabase) {
        let (app, guest, id) = asked(db).await;
        let rows = app.rows().await;
        let plain = Client::new(app.base());
        let body = json!({ "text": "from another sender" });
        let mut answers = vec![
            to(&plain, &id).json(&body).send().await,
            to(&guest, &id).json(&body).send().await,
            to(&plain, NOTHING).json(&body).send().await,
            to(&plain, "x").json(&body).send().await,
            to(&plain, &id)
                .header("authorization", TOKEN)
                .json(&body)
                .send()
                .await,
            plain
                .request(
                    Method::POST,
                    &format!("/unicom/requests/{id}/reply/?token={TOKEN}"),
                )
                .json(&body)
                .send()
                .await,
        ];
        for secret in [
            &TOKEN[..40],
            &TOKEN.to_uppercase(),
            "urq_",
            &token_hash(TOKEN),
            "x",
        ] {
            let program = Client::new(app.base()).with_bearer(secret);
            answers.push(to(&program, &id).json(&body).send().await);
            // The body of a request with a wrong token is not even read.
            answers.push(
                to(&program, &id)
                    .body("text/plain", vec![b'x'; 1 << 20])
                    .send()
                    .await,
            );
        }
        let right = Client::new(app.base()).with_bearer(TOKEN);
        answers.push(to(&right, NOTHING).json(&body).send().await);
        let twice = to(&right, &id).header("authorization", &format!("Bearer {TOKEN}"));
        answers.push(twice.json(&body).send().await);
        // An admin's API token is not accepted either.
        let admin = app.new_user("chief", true).await;
        let admin = Client::new(app.base()).with_bearer(&app.token(&admin).await);
        let tokens = app.count("unicom_api_tokens").await;
        answers.push(to(&admin, &id).json(&body).send().await);
        for answer in &answers {
            answer.is(404, "not_found");
            assert_eq!(answer.body, answers[0].body);
        }
        assert_eq!(app.count("unicom_api_tokens").await, tokens);
        let now = app.rows().await;
        for table in ["unicom_messages", "unicom_requests", "unicom_chats"] {
            assert_eq!(now[table], rows[table], "{table}");
        }
        reply(&app, &id, json!({ "text": "from the right one" }))
            .await
            .ok();
        assert_eq!(guest.texts().await, ["hi", "from the right one"]);
    }

    async fn invalid_reply_leaves_the_request_open(db: &TestDatabase) {
        let (app, guest, id) = asked(db).await;
        let rows = app.rows().await;
        for body in [
            json!({ "text": 5 }),
            json!({ "html": [] }),
            json!({ "text": "a\0" }),
            json!({}),
            json!([]),
            json!("x"),
            json!({ "text": "x", "sender_name": "Mallory" }),
            json!({ "replies": [{ "text": "x" }, { "txet": "x" }] }),
            json!({ "image": { "base64": "!" } }),
            json!({ "text": "x", "buttons": [[{ "text": "x" }]] }),
        ] {
            let answer = reply(&app, &id, body.clone()).await;
            assert_eq!(answer.status, 400, "{body}: {}", answer.text());
            assert!(
                ["invalid_body", "invalid_text"].contains(&answer.code()),
                "{}",
                answer.text()
            );
        }
        for body in [
            json!({ "replies": [{ "image": { "base64": PNG_BASE64 } }, { "file": { "base64": "f0VMRgIBAQ==" } }] }),
            json!({ "audio": { "base64": PNG_BASE64 } }),
            json!({ "image": { "base64": &PNG_BASE64[..40] } }),
        ] {
            let answer = reply(&app, &id, body).await;
            assert_eq!((answer.status, answer.code()), (415, "unsupported_media_type"));
        }
        for body in [
            json!({ "text": "x".repeat((256 << 10) + 1) }),
            json!({ "html": "x".repeat((64 << 10) + 1) }),
            json!({ "image": { "base64": "A".repeat(28 << 20) } }),
            json!({ "image": { "base64": FLOOD_BASE64 } }),
        ] {
            let answer = reply(&app, &id, body).await;
            assert_eq!((answer.status, answer.code()), (413, "too_large"));
        }
        let program = Client::new(app.base()).with_bearer(TOKEN);
        to(&program, &id)
            .body("application/json", "{")
            .send()
            .await
            .is(400, "invalid_json");
        to(&program, &id)
            .body("text/plain", "x")
            .send()
            .await
            .is(415, "unsupported_media_type");
        program
            .get(&format!("/unicom/requests/{id}/reply/"))
            .await
            .is(405, "method_not_allowed");
        assert_eq!(app.rows().await, rows);
        assert!(app.files().is_empty());
        reply(&app, &id, json!({ "text": "at last" })).await.ok();
        assert_eq!(guest.texts().await, ["hi", "at last"]);
    }

    async fn several_replies_with_files_and_buttons_are_accepted(db: &TestDatabase) {
        let (app, guest, id) = asked(db).await;
        let body = json!({ "replies": [
            { "text": "a cat", "image": { "base64": PNG_BASE64, "name": "cat.png" } },
            { "html": "<b>fine</b><script>x</script>", "buttons": [[{ "text": "Fine", "value": "fine" }]] },
        ] });
        reply(&app, &id, body.clone()).await.ok();
        let page = guest.messages("order=asc").await;
        assert_eq!(texts(&page), ["hi", "a cat", "fine"]);
        let url = page["messages"][1]["media_url"].as_str().unwrap();
        assert_eq!(guest.get(url).await.body, PNG);
        assert_eq!(page["messages"][2]["html"], "<b>fine</b>");
        assert_eq!(
            page["messages"][1]["reply_to_message_id"],
            page["messages"][0]["id"]
        );
        // The file of a reply that comes too late is not kept.
        let files = app.files();
        assert_eq!(files.len(), 1);
        reply(&app, &id, body).await.is(409, "request_ended");
        assert_eq!(app.files(), files);
    }

    async fn empty_replies_are_accepted_and_oversized_ones_rejected(db: &TestDatabase) {
        let (app, guest, id) = asked(db).await;
        let program = Client::new(app.base()).with_bearer(TOKEN);
        let large = vec![b' '; (30 << 20) + 1];
        to(&program, &id)
            .body("application/json", large)
            .send()
            .await
            .is(413, "too_large");
        let text = "x".repeat(100_000);
        let body = json!({ "text": text, "image": { "base64": PNG_BASE64 } });
        app.switch_off(app.channel_id()).await;
        reply(&app, &id, body).await.is(409, "conflict");
        assert!(app.files().is_empty());
        let on = app.program_of("operator").await;
        let channel = path(&format!("channels/{}/", app.channel_id()));
        on.patch(&channel, json!({ "active": true })).await.ok();
        reply(&app, &id, json!({ "replies": [] })).await.ok();
        app.settled().await;
        assert_eq!(guest.texts().await, ["hi"]);
    }

    async fn concurrent_replies_are_stored_once(db: &TestDatabase) {
        let (app, guest, id) = asked(db).await;
        let (one, two) = (json!({ "text": "one" }), json!({ "text": "two" }));
        let (one, two) =
            futures_util::future::join(reply(&app, &id, one), reply(&app, &id, two)).await;
        let mut statuses = [one.status, two.status];
        statuses.sort();
        assert_eq!(statuses, [200, 409]);
        assert_eq!(guest.texts().await.len(), 2);
    }

    async fn inactive_channel_rejects_replies(db: &TestDatabase) {
        let (app, _guest, id) = asked(db).await;
        app.switch_off(app.channel_id()).await;
        let rows = app.rows().await;
        reply(&app, &id, json!({ "text": "x" }))
            .await
            .is(409, "conflict");
        assert_eq!(app.rows().await, rows);
    }
}
