//! Tests of unknown paths and of methods that a path does not support.

use reqwest::Method;
use unicom_testing::TestDatabase;

use super::NOTHING;
use crate::app::TestApp;
use crate::both;
use crate::no_side_effects::NoSideEffects;

both! {
    async fn unknown_paths_are_not_found(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for path in [
            "/",
            "/unicom",
            "/unicom/",
            "/unicom/nothing",
            "/unicom/webchat/",
            "/unicom/webchat/send/more",
            "/unicom/webchat//send/",
            "/unicom/webchat/chat/",
            "/unicom/media/",
            "/unicom/media/x",
            "/admin/",
            "/..%2f..%2fetc/passwd",
            "/%ff",
            "/unicom/%00",
        ] {
            for method in [Method::GET, Method::HEAD, Method::POST, Method::DELETE] {
                let answer = guest.request(method.clone(), path).send().await;
                assert_eq!(answer.status, 404, "{method} {path}");
                assert!(
                    method == Method::HEAD || answer.code() == "not_found",
                    "{method} {path}"
                );
            }
        }
        watch.unchanged("an unknown path").await;
    }

    async fn wrong_methods_get_the_allowed_methods(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
        for (path, methods) in [
            ("/unicom/webchat/send", [&get, &put, &delete]),
            ("/unicom/webchat/messages", [&post, &put, &delete]),
            ("/unicom/webchat/chats", [&Method::PATCH, &put, &delete]),
            ("/unicom/webchat/chat/x", [&get, &post, &Method::HEAD]),
            ("/unicom/webchat/chat/x/read", [&get, &put, &delete]),
            (
                "/unicom/webchat/chat/x/delete",
                [&get, &put, &Method::PATCH],
            ),
            ("/unicom/media/x/y.png", [&post, &put, &delete]),
            ("/unicom/auth/login", [&get, &put, &delete]),
            ("/unicom/auth/session", [&post, &put, &delete]),
            ("/healthz", [&post, &put, &delete]),
        ] {
            for method in methods {
                for path in [path.to_owned(), format!("{path}/")] {
                    let answer = guest.request(method.clone(), &path).send().await;
                    assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text());
                    assert!(
                        *method == Method::HEAD || answer.code() == "method_not_allowed",
                        "{path}"
                    );
                }
            }
        }
        watch.unchanged("a wrong method").await;
    }

    async fn invalid_ids_in_paths_are_not_found(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        let long = "x".repeat(2000);
        let mut bodies = Vec::new();
        for id in [
            "nothing",
            NOTHING,
            "a%00b",
            "'%20OR%201=1",
            "%ff",
            "..%2f..",
            "%F0%9F%98%80",
            &long,
        ] {
            for (method, tail) in [
                (Method::PATCH, ""),
                (Method::PUT, ""),
                (Method::DELETE, ""),
                (Method::DELETE, "?hard_delete=true"),
                (Method::DELETE, "delete/"),
                (Method::POST, "delete/"),
                (Method::POST, "read/"),
            ] {
                let path = format!("/unicom/webchat/chat/{id}/{tail}");
                bodies.push(
                    watch
                        .refused(&path, guest.request(method, &path), (404, "chat_not_found"))
                        .await
                        .body,
                );
            }
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1);
        for path in [
            format!("/unicom/media/{NOTHING}/a.png"),
            "/unicom/media/x/a.png".into(),
            "/unicom/media/%00/%00".into(),
            "/unicom/media/..%2f..%2funicom.key/x".into(),
        ] {
            watch
                .refused(&path, guest.request(Method::GET, &path), (404, "not_found"))
                .await;
        }
    }
}
