//! Tests of the hosts that a request may name: a page whose domain resolves to this server's
//! address (DNS rebinding) gets no data.

use reqwest::Method;
use serde_json::json;
use unicom_server::Options;
use unicom_testing::TestDatabase;

use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::client::Client;
use crate::log::{Line, lines_of};
use crate::no_side_effects::NoSideEffects;
use crate::prometheus_text::Exposition;
use crate::raw_connection::{RawAnswer, RawConnection};
use crate::response::Response;

const SESSION: &str = "/unicom/auth/session/";

/// Returns the response to a request whose head consists of these lines.
fn ask(app: &TestApp, lines: &[&str]) -> RawAnswer {
    let mut raw = RawConnection::to(app);
    raw.write(format!("{}\r\n\r\n", lines.join("\r\n")));
    raw.answer()
}

/// Returns the response to a request with this host.
async fn under(app: &TestApp, host: &str) -> Response {
    let client = Client::new(app.base());
    client
        .request(Method::GET, SESSION)
        .header("host", host)
        .send()
        .await
}

#[track_caller]
fn is_misdirected(answer: &Response, host: &str) {
    assert_eq!(
        (answer.status, answer.code()),
        (421, "misdirected_request"),
        "{host}"
    );
    answer.names("allowed_hosts");
}

both! {
    async fn unknown_hosts_are_rejected_on_every_route(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let user = app.user("alice").await;
        user.log_out().await;
        let program = app.program().await;
        let watch = NoSideEffects::of(&app).await;
        for (method, path) in [
            (Method::GET, "/healthz"),
            (Method::GET, "/readyz"),
            (Method::GET, "/metrics"),
            (Method::GET, "/unicom/openapi.json"),
            (Method::GET, SESSION),
            (Method::GET, "/unicom/webchat/messages/"),
            (Method::GET, "/unicom/admin/channels/"),
            (Method::POST, "/unicom/admin/channels/"),
            (Method::POST, "/unicom/webchat/send/"),
            (Method::POST, "/unicom/requests/01890000-0000-7000-8000-000000000000/reply/"),
            (Method::GET, "/nothing"),
            (Method::OPTIONS, "/unicom/webchat/send/"),
        ] {
            for client in [&user, &program] {
                let request = client.request(method.clone(), path).header("host", "evil.example:80");
                let request = request.header("origin", "http://evil.example").json(&json!({ "text": "x" }));
                watch.refused(path, request, (421, "misdirected_request")).await;
            }
        }
        let login = json!({ "username": "alice", "password": PASSWORD });
        let login = user.request(Method::POST, "/unicom/auth/login/").json(&login);
        let login = login.header("host", "evil.example").header("origin", "http://evil.example");
        let refused = watch.refused("a login", login, (421, "misdirected_request")).await;
        assert!(refused.headers.get("set-cookie").is_none());
        let lines = lines_of(refused.header("x-request-id"));
        let line = lines.iter().find(|line| Line::is_access(line)).unwrap();
        assert_eq!([&line.fields["route"], &line.fields["status"]], ["/unicom/auth/login", "421"]);
        let shown = Exposition::of(&app).await;
        let counted = r#"unicom_http_requests_total{method="GET",route="/metrics",status="421"}"#;
        assert_eq!(shown.known(counted), 2.0);
    }

    async fn loopback_hosts_are_accepted(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        for host in ["localhost", "LOCALHOST:1", "localhost.", "x.localhost", "127.0.0.1", "127.1.2.3:80", "[::1]:80",
            "[::ffff:127.0.0.1]"] {
            under(&app, host).await.ok();
        }
        for host in ["localhost.evil.example", "evil-localhost", "127.0.0.1.evil.example", "user@localhost",
            "localhost@evil.example", "192.0.2.1", "[2001:db8::1]", "0.0.0.0", "127.1", "localhost:x", "[::1]evil"] {
            is_misdirected(&under(&app, host).await, host);
        }
    }

    async fn absolute_targets_are_checked_like_the_host_header(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let status = |lines: &[&str]| ask(&app, lines).status;
        for (lines, expected) in [
            (&["GET http://localhost/healthz HTTP/1.1", "host: localhost"][..], 200),
            (&["GET http://evil.example/healthz HTTP/1.1", "host: localhost"], 421),
            (&["GET http://localhost/healthz HTTP/1.1", "host: evil.example"], 421),
            (&["GET http://localhost@evil.example/healthz HTTP/1.1", "host: localhost"], 421),
            (&["GET /healthz HTTP/1.1", "host:"], 421),
            // Refused by the HTTP layer, before the host is checked.
            (&["GET /healthz HTTP/1.1"], 400),
            (&["GET /healthz HTTP/1.1", "host: localhost", "host: evil.example"], 400),
            (&["GET /healthz HTTP/1.1", "host: localhost", "host: localhost"], 400),
            // A browser always sends a host. A health check over HTTP/1.0 does not need to.
            (&["GET /healthz HTTP/1.0"], 200),
            (&["GET /healthz HTTP/1.0", "host: evil.example"], 421),
            (&["GET http://evil.example/healthz HTTP/1.0"], 421),
            (&["GET /healthz HTTP/1.1", "host: localhost", "x-forwarded-host: evil.example"], 200),
            (&["GET /healthz HTTP/1.1", "host: evil.example", "x-forwarded-host: localhost"], 421),
        ] {
            assert_eq!(status(lines), expected, "{lines:?}");
        }
    }

    async fn public_origin_and_configured_hosts_are_accepted(db: &TestDatabase) {
        let texts = |texts: &[&str]| Some(texts.iter().map(|&text| text.to_owned()).collect());
        let options = Options {
            public_origin: Some("https://Chat.example.com:8443/".to_owned()),
            trusted_origins: texts(&["https://shop.example.com"]),
            allowed_hosts: texts(&["unicom", " 192.0.2.7 ", ""]),
            ..Options::default()
        };
        let app = TestApp::with_options(db, options).await;
        for host in ["chat.example.com", "chat.example.com:8443", "CHAT.example.com.", "shop.example.com", "unicom:8080",
            "192.0.2.7", "localhost", "127.0.0.1:1"] {
            under(&app, host).await.ok();
        }
        for host in ["example.com", "evil.example", "chat.example.com.evil.example", "a.chat.example.com", "192.0.2.8"] {
            is_misdirected(&under(&app, host).await, host);
        }
        let metrics = Client::new(app.base());
        let metrics = metrics.request(Method::GET, "/metrics").header("host", "evil.example").send().await;
        is_misdirected(&metrics, "/metrics");
    }
}
