//! Tests of bodies and values in an invalid or unsupported encoding.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use super::{SEND, post};
use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;

/// `{"text":"hi"}`, compressed with gzip.
const GZIP: &[u8] =
    b"\x1f\x8b\x08\0\0\0\0\0\x02\x03\xabV*I\xad(Q\xb2R\xca\xc8T\xaa\x05\0\xd8\xc4G\xca\r\0\0\0";

both! {
    async fn compressed_bodies_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        for encoding in ["gzip", "deflate", "br", "x-unknown", "gzip, gzip"] {
            let request = guest.request(Method::POST, SEND).body("application/json", GZIP).header("content-encoding", encoding);
            watch.refused(encoding, request, (415, "unsupported_media_type")).await.names("Content-Encoding");
            for (path, kind) in [
                (SEND, "multipart/form-data; boundary=X"),
                (SEND, "application/x-www-form-urlencoded"),
                ("/unicom/webchat/chats/", "application/json"),
                ("/unicom/auth/login/", "application/json"),
            ] {
                let request = guest.request(Method::POST, path).body(kind, GZIP).header("content-encoding", encoding);
                watch.refused(kind, request, (415, "unsupported_media_type")).await;
            }
        }
        for encoding in ["identity", "Identity", ""] {
            let request = guest.request(Method::POST, SEND).body("application/json", "{\"text\":\"hi\"}");
            request.header("content-encoding", encoding).send().await.ok();
        }
    }

    async fn byte_order_mark_is_skipped(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let sent = post(&guest, SEND, "\u{FEFF}{\"text\":\"marked\"}").send().await.ok();
        assert_eq!(sent["message"]["text"], "marked");
        let chat = post(&guest, "/unicom/webchat/chats/", "\u{FEFF}{\"metadata\":{\"a\":1}}").send().await.ok();
        assert_eq!(chat["chat"]["metadata"], json!({ "a": 1 }));
        let watch = NoSideEffects::of(&app).await;
        for body in ["\u{FEFF}", "\u{FEFF}\u{FEFF}{}", "{\u{FEFF}}", "{}\u{FEFF}"] {
            watch.refused(body, post(&guest, SEND, body), (400, "invalid_json")).await;
        }
    }

    async fn invalid_utf_8_is_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        for bytes in [
            // Overlong forms of `/` and NUL, a surrogate, an invalid byte, a truncated character,
            // and a code point beyond Unicode.
            &b"\xc0\xaf"[..],
            b"\xe0\x80\xaf",
            b"\xc0\x80",
            b"\xed\xa0\x80",
            b"\xff",
            b"\xe2\x82",
            b"\xf4\x90\x80\x80",
        ] {
            let body = [b"{\"text\":\"".as_slice(), bytes, b"\"}"].concat();
            let request = guest.request(Method::POST, SEND).body("application/json", body);
            watch.refused(&format!("{bytes:?}"), request, (400, "invalid_json")).await;
        }
        for escaped in [r#""\u00""#, r#""\x41""#] {
            let body = format!(r#"{{"text":{escaped}}}"#);
            watch.refused(escaped, post(&guest, SEND, &body), (400, "invalid_json")).await;
        }
        guest.send(json!({ "text": "\u{10ffff}\u{fffd}" })).await.ok();
    }

    async fn non_numeric_filter_values_match_nothing(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        guest.post("/unicom/webchat/chats/", json!({ "metadata": { "a": 7 } })).await.ok();
        let admin = app.program().await;
        let watch = NoSideEffects::of(&app).await;
        let digits = "9".repeat(400);
        for value in [
            "NaN", "-NaN", "Infinity", "-inf", "1e400", "-1e400", "1e-400", &*digits, "0x7", "1_000", "７", "--7", "%C0%AF",
            "%ED%A0%80", "%27%22%5C", "$.a", "$[0]", "%25", "_",
        ] {
            for key in ["metadata__a", "metadata__a__gte", "metadata__a__lte", "metadata__a__gt", "metadata__a__lt", "metadata__a__icontains"] {
                let answer = guest.get(&format!("/unicom/webchat/chats/?{key}={value}")).await;
                assert!(answer.status == 200 || answer.code() == "invalid_parameter", "{key}={value}: {}", answer.text());
            }
            for list in ["accounts", "members"] {
                let answer = admin.get(&crate::admin::path(&format!("{list}/?q={value}"))).await;
                assert!(answer.status == 200 || answer.code() == "invalid_parameter", "{list} {value}: {}", answer.text());
            }
        }
        for (condition, count) in [("gte=7", 1), ("gte=7.5", 0), ("lt=1e300", 1)] {
            let found = guest.chats(&format!("metadata__a__{condition}")).await;
            assert_eq!(found.len(), count, "{condition}");
        }
        watch.unchanged("a value").await;
    }
}
