//! Tests of paths that encode plain characters.

use reqwest::Method;
use serde_json::json;
use unicom_testing::TestDatabase;

use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::log::{Line, lines_of};
use crate::no_side_effects::NoSideEffects;
use crate::prometheus_text::Exposition;
use crate::raw_connection::RawConnection;
use crate::sample_images::PNG;

both! {
    async fn login_on_an_encoded_path_is_rejected_without_counting(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.user("alice").await;
        let guest = app.guest().await;
        let watch = NoSideEffects::of(&app).await;
        for path in ["/unicom/auth/%6cogin/", "/unicom/auth/%6Cogin", "/%75nicom/auth/login/"] {
            let login = json!({ "username": "alice", "password": PASSWORD });
            let request = guest.request(Method::POST, path).json(&login);
            let answer = watch.refused(path, request, (400, "invalid_path")).await;
            let lines = lines_of(answer.header("x-request-id"));
            let line = lines.iter().find(|line| Line::is_access(line)).unwrap();
            assert_eq!([&line.fields["route"], &line.fields["status"]], ["other", "400"]);
        }
        let shown = Exposition::of(&app).await;
        let refused = r#"unicom_http_requests_total{method="POST",route="other",status="400"}"#;
        assert_eq!(shown.known(refused), 3.0);
        // Under its plain path, the same request is a login and is counted as one.
        guest.log_in("alice").await;
        let shown = Exposition::of(&app).await;
        let counted = r#"unicom_http_requests_total{method="POST",route="/unicom/auth/login",status="200"}"#;
        assert_eq!(shown.known(counted), 1.0);
    }

    async fn needlessly_encoded_paths_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let program = app.program().await;
        let watch = NoSideEffects::of(&app).await;
        for path in [
            "/%6detrics",
            "/health%7a",
            "/%72eadyz/",
            "/unicom/%61dmin/channels/",
            "/unicom/admin/channel%73",
            "/unicom/openapi%2ejson",
            "/unicom/openapi%2Ejson",
            "/unicom/webchat/button%2dclick/",
            "/unicom/webchat/%63hat/x/",
            "/unicom/webchat/chat/webchat%5Fuser%5f1/",
            "/unicom/%7euser",
            "/unicom/%2e%2e/metrics",
            "/unicom/%2E%2e%2fmetrics",
            "/unicom/%61%2f",
            "/nothing/%30",
            "/%41?x=%41",
        ] {
            for method in [Method::GET, Method::HEAD, Method::POST, Method::DELETE] {
                // Sent unchanged, because a client library may turn `%2e%2e` into `..`.
                let mut raw = RawConnection::to(&app);
                raw.write_head(&format!("{method} {path}"), &program, "");
                let status = if method == Method::HEAD { raw.status() } else { raw.answer().is(400, "invalid_path").status };
                assert_eq!(status, 400, "{method} {path}");
            }
        }
        watch.unchanged("a path in disguise").await;
    }

    async fn necessary_encoding_is_accepted(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        for name in ["größe 1+2.png", "50%.png", "a&b=c;d.png", "%6c.png", "日本.png", "~a-b_c.png"] {
            let sent = guest.send_file(name, PNG).await.ok();
            let url = sent["message"]["media_url"].as_str().unwrap().to_owned();
            assert_eq!(guest.get(&url).await.body, PNG, "{url}");
        }
        // An encoding that stands for no plain character, or an invalid one: these are other paths,
        // which do not exist.
        for path in [
            "/unicom/auth/%256cogin/",
            "/unicom/auth/%c1%aclogin/",
            "/unicom/auth/%e0%80%aelogin/",
            "/unicom/auth/%ff/",
            "/unicom/auth/%/",
            "/unicom/auth/%6/",
            "/unicom/auth/%zz/",
            "/unicom/auth%2flogin/",
        ] {
            let mut raw = RawConnection::to(&app);
            raw.get(path).is(404, "not_found");
        }
        // The query is not part of the path.
        guest.get("/unicom/webchat/%63hats/?name=%61").await.is(400, "invalid_path");
        guest.get("/unicom/webchat/chats/?name=%61").await.ok();
    }
}
