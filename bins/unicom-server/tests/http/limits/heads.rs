//! Tests of the size of a request's first line and headers.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;
use crate::raw_connection::RawConnection;

const LONGEST_URI: usize = 8 << 10;
const LONGEST_HEADERS: usize = 32 << 10;

/// Size of the request head that actix itself accepts.
const LONGEST_HEAD: usize = 128 << 10;

/// Returns a request head with a filler header, so that all headers have `length` bytes.
fn head(length: usize) -> String {
    let known = "host: localhost\r\nx-filler: \r\n".len();
    format!(
        "GET /unicom/webchat/messages/ HTTP/1.1\r\nhost: localhost\r\nx-filler: {}\r\n\r\n",
        "x".repeat(length - known)
    )
}

both! {
    async fn uri_length_limit_is_exact(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let path = |length: usize| {
            let beginning = "/unicom/webchat/chats/?name__icontains=";
            format!("{beginning}{}", "x".repeat(length - beginning.len()))
        };
        let answer = guest.get(&path(LONGEST_URI)).await;
        assert_ne!(answer.status, 414, "{}", answer.text());
        let watch = NoSideEffects::of(&app).await;
        for length in [LONGEST_URI + 1, 60_000] {
            guest.get(&path(length)).await.is(414, "uri_too_long").names("8192");
            let write = guest
                .request(Method::POST, &path(length))
                .json(&json!({ "text": "hi" }));
            watch.refused("a long address", write, (414, "uri_too_long")).await;
            let long_path = format!("/unicom/webchat/chat/{}/", "x".repeat(length));
            guest.delete(&long_path).await.is(414, "uri_too_long");
        }
        // The HTTP parser refuses addresses longer than 65,534 bytes.
        RawConnection::to(&app).get(&path(70_000)).is_bare(400);
    }

    async fn header_length_limit_is_exact(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let answer = |length: usize| {
            let mut raw = RawConnection::to(&app);
            raw.write(head(length));
            raw.answer()
        };
        assert_eq!(answer(LONGEST_HEADERS).status, 200);
        for length in [LONGEST_HEADERS + 1, LONGEST_HEAD - 1000] {
            answer(length).is(431, "headers_too_large");
        }
        // If the head does not end, actix refuses it.
        let mut raw = RawConnection::to(&app);
        raw.write("GET / HTTP/1.1\r\nx: ");
        raw.write("x".repeat(LONGEST_HEAD));
        raw.answer().is_bare(431);
    }

    async fn header_and_cookie_counts_are_limited(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let many = |count: usize| {
            let headers: String = (1..count).map(|n| format!("x-{n}: y\r\n")).collect();
            let mut raw = RawConnection::to(&app);
            raw.write(format!(
                "GET /unicom/auth/session/ HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n"
            ));
            raw.answer()
        };
        assert_eq!(many(96).status, 200);
        many(97).is_bare(431);

        // Cookies are limited by their length. The session's cookie is found among all of them.
        let guest = app.guest_who_wrote("hi").await;
        let cookies = |count: usize| {
            let others: String = (0..count).map(|n| format!("c{n:04}=x; ")).collect();
            guest
                .request(Method::GET, "/unicom/webchat/messages/")
                .header("cookie", &others)
        };
        let found = cookies(3_000).send().await;
        assert_eq!(found.clone().ok()["messages"][0]["text"], "hi", "{}", found.text());
        cookies(4_000).send().await.is(431, "headers_too_large").names("cookies");
    }
}
