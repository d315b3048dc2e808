//! Tests of the origin that a page claims to be loaded from.

use reqwest::Method;
use unicom_server::Options;
use unicom_testing::TestDatabase;

use super::{REFUSED, send};
use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;
use crate::response::Response;

/// Returns which origin's pages may read a response, and whether with cookies.
fn readers(response: &Response) -> (&str, &str) {
    let header = |name: &str| response.header(&format!("access-control-allow-{name}"));
    (header("origin"), header("credentials"))
}

both! {
    async fn foreign_origins_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let own = app.base().to_owned();
        let watch = NoSideEffects::of(&app).await;
        for (name, value) in [
            ("origin", "null"),
            ("origin", "https://evil.example"),
            ("origin", ""),
            ("origin", "http://127.0.0.1:1"),
            ("origin", &format!("{own}.evil.example")),
            ("origin", &own.replace("127.0.0.1", "localhost")),
            ("origin", &format!("{own} {own}")),
            ("referer", "https://evil.example/page"),
            ("referer", "about:blank"),
            ("referer", &format!("https://evil.example/{own}")),
            (
                "referer",
                &own.replace("http://", "http://user@evil.example/"),
            ),
        ] {
            watch
                .refused(value, send(&guest).header(name, value), REFUSED)
                .await
                .names("another site");
        }
        let both = send(&guest)
            .header("origin", "https://evil.example")
            .header("referer", &own);
        watch
            .refused("a foreign origin and our referer", both, REFUSED)
            .await;
        let over_tls = own.replace("http:", "https:");
        watch
            .refused("another scheme", send(&guest).header("origin", &over_tls), REFUSED)
            .await;
        for (name, value) in [
            ("origin", own.clone()),
            ("referer", format!("{own}/some/page?x=1")),
        ] {
            send(&guest).header(name, &value).send().await.ok();
        }
        // A TLS proxy in front of the server sends this header.
        send(&guest)
            .header("origin", &over_tls)
            .header("x-forwarded-proto", "https")
            .send()
            .await
            .ok();
    }

    async fn public_and_trusted_origins_are_accepted(db: &TestDatabase) {
        let options = Options {
            public_origin: Some("https://chat.example.com".to_owned()),
            trusted_origins: Some(vec!["https://www.example.com".to_owned()]),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options)
        .await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        // If the server has a public address, the host in the request is ignored.
        for origin in [
            app.base(),
            "http://chat.example.com",
            "https://example.com",
            "https://evil.example",
        ] {
            watch
                .refused(origin, send(&guest).header("origin", origin), REFUSED)
                .await;
        }
        for origin in ["https://chat.example.com", "https://www.example.com"] {
            send(&guest).header("origin", origin).send().await.ok();
        }
    }

    async fn empty_referrer_says_nothing(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let own = app.base().to_owned();
        send(&guest).header("origin", &own).header("referer", "").send().await.ok();
        let watch = NoSideEffects::of(&app).await;
        let foreign = send(&guest).header("origin", "https://evil.example").header("referer", "");
        watch.refused("a foreign origin", foreign, REFUSED).await;
    }

    async fn pages_of_trusted_origins_read_with_cookies(db: &TestDatabase) {
        let trusted = "https://www.example.com";
        let options = Options {
            public_origin: Some("https://chat.example.com".to_owned()),
            trusted_origins: Some(vec![trusted.to_owned()]),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest().await;
        for path in ["webchat/send/", "webchat/config/", "webchat/events/", "auth/login/", "media/0/a.png"] {
            let asked = guest.request(Method::OPTIONS, &format!("/unicom/{path}"));
            let asked = asked.header("access-control-request-method", "POST");
            let answer = asked.header("origin", trusted).send().await;
            assert_eq!((answer.status, readers(&answer)), (204, (trusted, "true")), "{path}");
            assert!(answer.header("access-control-allow-headers").ends_with("x-csrftoken"));
            assert_eq!(answer.header("access-control-allow-methods"), "GET, POST, PATCH, PUT, DELETE");
            assert_eq!(answer.header("vary"), "Origin");
        }
        let session = guest.request(Method::GET, "/unicom/auth/session/").header("origin", trusted);
        let session = session.send().await;
        assert_eq!(readers(&session), (trusted, "true"));
        assert!(session.ok()["csrf_token"].is_string());
        let sent = send(&guest).header("origin", trusted).send().await;
        assert_eq!(readers(&sent), (trusted, "true"));
        sent.ok();
        // Why a request is refused can be read too.
        let refused = send(&guest).csrf(None).header("origin", trusted).send().await;
        assert_eq!(readers(&refused), (trusted, "true"));
        refused.is(403, "csrf_failed");
    }

    async fn pages_of_other_origins_read_nothing(db: &TestDatabase) {
        let options = Options {
            public_origin: Some("https://chat.example.com".to_owned()),
            trusted_origins: Some(vec!["https://www.example.com".to_owned()]),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options).await;
        let guest = app.guest().await;
        for (origin, path) in [
            ("https://www.example.com", "admin/chats/"),
            ("https://www.example.com", "admin/ws/"),
            ("https://www.example.com", "openapi.json"),
            ("http://www.example.com", "webchat/messages/"),
            ("https://www.example.com:8443", "webchat/messages/"),
            ("https://example.com", "webchat/messages/"),
            ("https://www.example.com.evil.example", "webchat/messages/"),
            ("https://evil.example", "auth/session/"),
            ("null", "auth/session/"),
        ] {
            let path = format!("/unicom/{path}");
            for method in [Method::OPTIONS, Method::GET] {
                let asked = guest.request(method, &path).header("origin", origin);
                let answer = asked.header("access-control-request-method", "POST").send().await;
                assert_eq!(readers(&answer), ("", ""), "{origin} {path}");
            }
        }
    }
}
