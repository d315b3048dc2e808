//! Tests of other attempts by a page of another site: other headers, other methods, and reading the
//! response.

use reqwest::Method;
use unicom_testing::TestDatabase;

use super::{REFUSED, send};
use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;

/// Routes that answer GET.
const READS: [&str; 4] = [
    "/unicom/auth/session/",
    "/unicom/webchat/messages/",
    "/unicom/webchat/chats/",
    "/unicom/openapi.json",
];

both! {
    async fn forwarded_host_headers_do_not_change_the_origin(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        for (name, value) in [
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-server", "evil.example"),
            ("x-host", "evil.example"),
            ("x-original-host", "evil.example"),
            ("forwarded", "host=evil.example;proto=http"),
            ("x-http-host-override", "evil.example"),
        ] {
            let request = send(&guest).header(name, value).header("origin", "http://evil.example");
            watch.refused(name, request, REFUSED).await;
        }
        watch.refused("an empty referer", send(&guest).header("referer", ""), REFUSED).await;
        let own = app.base().replace("http://", "");
        for origin in [
            format!("http://sub.{own}"),
            format!("http://evil-{own}"),
            format!("http://{own}@evil.example"),
            format!("http://evil.example#{own}"),
        ] {
            watch.refused(&origin, send(&guest).header("origin", &origin), REFUSED).await;
        }
    }

    async fn method_override_headers_are_ignored(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
            let request = guest
                .request(Method::GET, "/unicom/webchat/chats/")
                .header(name, "POST")
                .csrf(None);
            request.send().await.ok();
            let delete = send(&guest).header(name, "GET").csrf(None);
            watch.refused(name, delete, REFUSED).await;
        }
        for query in ["?_method=DELETE&hard_delete=true", "?hard_delete=true", ""] {
            let chat = guest.account_id().await;
            for path in [
                format!("/unicom/webchat/chat/{chat}/delete/{query}"),
                format!("/unicom/webchat/chat/{chat}/{query}"),
                format!("/unicom/webchat/chat/{chat}/read/{query}"),
                format!("/unicom/webchat/send/{query}"),
                format!("/unicom/auth/logout/{query}"),
            ] {
                watch.refused(&path, guest.request(Method::GET, &path), (405, "method_not_allowed")).await;
            }
        }
        assert_eq!(guest.texts().await, ["hi"]);
    }

    async fn responses_are_not_readable_by_other_origins(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        for origin in ["https://evil.example", "null", app.base()] {
            for path in READS {
                for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE] {
                    let answer = guest
                        .request(method.clone(), path)
                        .header("origin", origin)
                        .header("access-control-request-method", "POST")
                        .header("access-control-request-headers", "x-csrftoken, content-type")
                        .send()
                        .await;
                    let what = format!("{method} {path} from {origin}: {}", answer.status);
                    let mut names = answer.headers.keys().map(|name| name.as_str());
                    assert!(!names.any(|name| name.starts_with("access-control-")), "{what}");
                    if method == Method::OPTIONS || method == Method::TRACE {
                        assert!((400..500).contains(&answer.status), "{what}");
                        assert!(!answer.text().contains("x-csrftoken"), "{what}");
                    }
                }
            }
        }
        watch.unchanged("a page of another site").await;
    }
}
