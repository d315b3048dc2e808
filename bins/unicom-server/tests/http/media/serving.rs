//! Tests of served files: only members of the chat get them, with headers that keep a browser from
//! running them.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use super::PNG;
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::response::Response;

/// Sends a picture to the default chat. Returns its path.
async fn picture(client: &Client) -> String {
    let sent = client.send_file("my cat.png", PNG).await.ok();
    sent["message"]["media_url"].as_str().unwrap().to_owned()
}

async fn get_with(client: &Client, url: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = client.request(Method::GET, url);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    request.send().await
}

both! {
    async fn files_are_served_with_safe_headers(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let url = picture(&guest).await;
        let (get, head) = (guest.get(&url).await, guest.head(&url).await);
        assert_eq!(get.body, PNG);
        assert_eq!((head.status, head.body.len()), (200, 0));
        for answer in [get, head] {
            for (name, value) in [
                ("content-type", "image/png"),
                ("x-content-type-options", "nosniff"),
                ("content-security-policy", "sandbox"),
                ("cache-control", "private, no-store"),
                ("cross-origin-resource-policy", "same-site"),
                ("accept-ranges", "bytes"),
                ("content-length", &PNG.len().to_string()),
                (
                    "content-disposition",
                    "inline; filename=\"my-cat.png\"; filename*=UTF-8''my-cat.png",
                ),
            ] {
                assert_eq!(answer.header(name), value, "{name}");
            }
            assert!(answer.header("etag").len() > 30);
        }
    }

    async fn unchanged_file_is_not_modified(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let url = picture(&guest).await;
        let tag = guest.get(&url).await.header("etag").to_owned();
        for known in [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"other\", {tag}"),
            format!("{}-gzip\"", tag.trim_end_matches('"')),
            "*".to_owned(),
        ] {
            let answer = get_with(&guest, &url, &[("if-none-match", &known)]).await;
            assert_eq!(
                (answer.status, answer.body.len(), answer.header("etag")),
                (304, 0, &*tag),
                "{known}"
            );
            assert_eq!(answer.header("cache-control"), "private, no-store");
            assert_eq!(answer.header("cross-origin-resource-policy"), "same-site");
        }
        for other in ["\"other\"", "nonsense"] {
            assert_eq!(
                get_with(&guest, &url, &[("if-none-match", other)])
                    .await
                    .status,
                200,
                "{other}"
            );
        }
        // Other clients do not learn whether their copy is current.
        let other = get_with(&app.guest().await, &url, &[("if-none-match", &tag)]).await;
        other.is(404, "not_found");
    }

    async fn ranges_are_for_get_only(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let url = picture(&guest).await;
        let whole = PNG.len().to_string();
        for range in ["bytes=0-1", "bytes=99999999-"] {
            let answer = guest.request(Method::HEAD, &url).header("range", range).send().await;
            assert_eq!((answer.status, answer.header("content-range")), (200, ""), "{range}");
            assert_eq!(answer.header("content-length"), whole);
        }
    }

    async fn ranges_are_served(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let url = picture(&guest).await;
        let (size, tag) = (PNG.len(), guest.get(&url).await.header("etag").to_owned());
        for (range, part) in [
            ("bytes=0-3", 0..4),
            ("bytes=4-", 4..size),
            ("bytes=-2", size - 2..size),
            ("bytes=0-99999", 0..size),
            ("bytes=3-3", 3..4),
        ] {
            let answer = get_with(&guest, &url, &[("range", range)]).await;
            assert_eq!(
                (answer.status, &answer.body[..]),
                (206, &PNG[part.clone()]),
                "{range}"
            );
            assert_eq!(
                answer.header("content-range"),
                format!("bytes {}-{}/{size}", part.start, part.end - 1)
            );
            assert_eq!(answer.header("content-length"), part.len().to_string());
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
        }
        for range in [
            format!("bytes={size}-"),
            "bytes=99999-".to_owned(),
            "bytes=-0".to_owned(),
        ] {
            let answer = get_with(&guest, &url, &[("range", &range)]).await;
            answer.is(416, "range_not_satisfiable");
            assert_eq!(
                answer.header("content-range"),
                format!("bytes */{size}"),
                "{range}"
            );
        }
        for whole in [
            "bytes=5-2",
            "bytes=0-1,3-4",
            "lines=1-2",
            "bytes=x",
            "bytes=99999999999999999999-",
        ] {
            let answer = get_with(&guest, &url, &[("range", whole)]).await;
            assert!(
                answer.status == 416 || (answer.status, &answer.body[..]) == (200, PNG),
                "{whole}: {}",
                answer.status
            );
        }
        let same = [("range", "bytes=0-3"), ("if-range", &*tag)];
        assert_eq!(get_with(&guest, &url, &same).await.status, 206);
        let changed = [("range", "bytes=0-3"), ("if-range", "\"other\"")];
        assert_eq!(get_with(&guest, &url, &changed).await.status, 200);
    }

    async fn file_is_deleted_with_its_chat(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let first = picture(&guest).await;
        let chat = guest.post("/unicom/webchat/chats/", json!({})).await.ok()["chat"]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let form = crate::multipart_form::Form::default()
            .file("media", "b.png", PNG)
            .text("chat_id", &chat);
        let second =
            guest.post_form("/unicom/webchat/send/", form).await.ok()["message"]["media_url"]
                .as_str()
                .unwrap()
                .to_owned();
        assert_eq!(app.files().len(), 2);
        let path = format!("/unicom/webchat/chat/{chat}/");
        guest.delete(&path).await.ok();
        assert_eq!(
            (app.files().len(), guest.get(&second).await.status),
            (2, 200)
        );
        guest.delete(&format!("{path}?hard_delete=true")).await.ok();
        assert_eq!(app.files().len(), 1);
        guest.get(&second).await.is(404, "not_found");
        assert_eq!(guest.get(&first).await.body, PNG);
    }

    async fn login_transfers_files_to_the_user(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let url = picture(&guest).await;
        let before = guest.copy();
        guest.register("alice").await;
        assert_eq!(guest.get(&url).await.body, PNG);
        before.get(&url).await.is(404, "not_found");
        guest.log_out().await;
        guest.get(&url).await.is(404, "not_found");
    }
}
