//! Tests of the origin that a page claims to be loaded from.

use unicom_server::Options;
use unicom_testing::TestDatabase;

use super::{REFUSED, send};
use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;

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
}
