//! Tests of conditional requests: a client that has a response asks whether it has changed (`ETag`,
//! `If-None-Match`; RFC 9110, 13.1.2).

use reqwest::Method;
use serde_json::json;
use unicom_content::media::sha256_hex;
use unicom_testing::TestDatabase;

use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::client::Client;
use crate::response::Response;

const MESSAGES: &str = "/unicom/webchat/messages/";
const CHATS: &str = "/unicom/webchat/chats/";

async fn poll(client: &Client, path: &str, tags: &str) -> Response {
    let request = client.request(Method::GET, path);
    request.header("If-None-Match", tags).send().await
}

/// Sends the tag of a response, which must still be current.
async fn still_known(client: &Client, path: &str, tag: &str) {
    let answer = poll(client, path, tag).await;
    assert_eq!(
        (answer.status, answer.body.as_slice(), answer.header("etag")),
        (304, b"".as_slice(), tag)
    );
    assert_eq!(answer.header("cache-control"), "no-store");
}

async fn tag(client: &Client, path: &str) -> String {
    let answer = client.get(path).await;
    assert_eq!(answer.status, 200);
    answer.header("etag").to_owned()
}

both! {
    async fn unchanged_pages_are_not_modified(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        for path in [MESSAGES, &format!("{MESSAGES}?limit=1&order=asc"), CHATS] {
            let known = tag(&guest, path).await;
            assert!(known.starts_with("W/\""), "{known}");
            still_known(&guest, path, &known).await;
            for tags in [format!("\"other\", {known}"), known.replace("W/", ""), "*".to_owned()] {
                assert_eq!(poll(&guest, path, &tags).await.status, 304, "{path} {tags}");
            }
            // As proxies that compress write them.
            let quoted = known.trim_end_matches('"');
            for coding in ["-gzip", ";gzip", "-br", "--gzip", ";br", "-zstd"] {
                let tags = format!("{quoted}{coding}\"");
                assert_eq!(poll(&guest, path, &tags).await.status, 304, "{path} {tags}");
            }
            for coding in ["gzip", "-", "-x", "-gzip-gzip", "0"] {
                let tags = format!("{quoted}{coding}\"");
                assert_eq!(poll(&guest, path, &tags).await.status, 200, "{path} {tags}");
            }
            for tags in ["\"other\"", "other", "", "W/\"\"", "\"", ",,"] {
                assert_eq!(poll(&guest, path, tags).await.status, 200, "{path} {tags}");
            }
        }
    }

    /// Visitors write what is in a list. With an unkeyed hash of few bits, they could construct two
    /// lists with the same tag.
    async fn list_etag_is_a_digest(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let answer = guest.get(CHATS).await;
        let digest = sha256_hex(answer.body.as_slice()).unwrap();
        assert_eq!(answer.header("etag"), format!("W/\"{digest}\""));
    }

    async fn changed_pages_are_sent(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let user = app.user("ada").await;
        user.say("hi").await;
        let chat = user.account_id().await;
        let (messages, chats) = (tag(&user, MESSAGES).await, tag(&user, CHATS).await);
        user.say("again").await;
        let answer = poll(&user, MESSAGES, &messages).await;
        assert_eq!(answer.ok()["messages"].as_array().unwrap().len(), 2);
        assert_eq!(poll(&user, CHATS, &chats).await.status, 200);

        let chats = tag(&user, CHATS).await;
        user.patch(&format!("/unicom/webchat/chat/{chat}/"), json!({ "name": "Order" })).await.ok();
        assert_eq!(poll(&user, CHATS, &chats).await.status, 200);
    }

    async fn etag_depends_on_the_owner(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let (ada, bob) = (app.guest_who_wrote("hi").await, app.guest_who_wrote("hi").await);
        let known = tag(&ada, MESSAGES).await;
        assert_eq!(poll(&bob, MESSAGES, &known).await.status, 200);
        // Knowing a tag gives no access.
        let chat = ada.account_id().await;
        assert_eq!(poll(&bob, &format!("{MESSAGES}?chat_id={chat}"), &known).await.status, 404);
        assert_eq!(poll(&bob, &format!("{MESSAGES}?chat_id={chat}"), "*").await.status, 404);
        app.block(&chat).await;
        assert_eq!(poll(&ada, MESSAGES, &known).await.status, 403);
    }

    async fn migrated_history_changes_the_etag(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let phone = app.user("ada").await;
        let guest = app.guest_who_wrote("first, as a guest").await;
        phone.say("later, as a user").await;
        let known = tag(&phone, MESSAGES).await;
        guest.post("/unicom/auth/login/", json!({ "username": "ada", "password": PASSWORD })).await.ok();
        // Its newest message is unchanged.
        let answer = poll(&phone, MESSAGES, &known).await;
        assert_eq!(answer.ok()["messages"].as_array().unwrap().len(), 2);
    }
}
