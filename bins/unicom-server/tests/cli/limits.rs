//! Tests of limits given as settings, and of what the server does with clients that exceed them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use unicom_testing::{TestDatabase, both_engines};

use crate::workspace::{Workspace, has};
use crate::{server::Server, visitor::Visitor};

/// Time limit for background work.
const PATIENCE: Duration = Duration::from_secs(60);

/// Returns the number of messages a visitor may send before one is refused. Sends at most `most`.
async fn sends(server: &Server, most: usize) -> usize {
    let visitor = Visitor::of(server);
    for sent in 0..most {
        let body = json!({ "text": "hi" });
        match visitor.post("/unicom/webchat/send/", body).await {
            (200, _) => {}
            (status, body) => {
                assert_eq!(
                    (status, &body["code"]),
                    (429, &json!("rate_limited")),
                    "{body}"
                );
                return sent;
            }
        }
    }
    most
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.origin.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Returns the number of files in the subfolders of `folder`. Each server has one subfolder.
fn files(folder: &Path) -> usize {
    let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten();
    entries(folder)
        .flatten()
        .map(|entry| entries(&entry.path()).count())
        .sum()
}

#[track_caller]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < PATIENCE, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    async fn rate_limits_are_configurable_and_can_be_disabled(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        home.write("unicom.toml", "[rate]\naddress_writes = 2\nnew_guests = \"off\"\n");
        let serve = ["serve", "--listen", "127.0.0.1:0"];
        let server = Server::start(home.command(&serve));
        assert_eq!(sends(&server, 10).await, 2);

        let mut command = home.command(&serve);
        command.env("UNICOM_RATE_ADDRESS_WRITES", "1:3");
        let server = Server::start(command);
        assert_eq!(sends(&server, 10).await, 3);

        let mut command = home.command(&[&serve[..], &["--rate-address-writes", "off"]].concat());
        command.env("UNICOM_RATE_ADDRESS_WRITES", "1:3");
        let server = Server::start(command);
        assert_eq!(sends(&server, 10).await, 10);

        for off in ["off", "OFF"] {
            let mut command = home.command(&serve);
            command.env("UNICOM_RATE_LIMIT", off);
            let server = Server::start(command);
            assert_eq!(sends(&server, 10).await, 10);
        }
        home.write("unicom.toml", "rate_limit = \"off\"\n[rate]\naddress_writes = 2\n");
        let server = Server::start(home.command(&serve));
        assert_eq!(sends(&server, 10).await, 10);
    }

    async fn interrupted_upload_leaves_no_temporary_file(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        let folder = home.path().join("data/uploads");
        let server = Server::start(home.command(&["serve", "--listen", "127.0.0.1:0", "--body-timeout", "1", "--data-dir", "data"]));
        let (_, session) = Visitor::of(&server).get("/unicom/auth/session/").await;
        let token = session["csrf_token"].as_str().unwrap();
        let begin = || {
            let mut stream = connect(&server);
            write!(
                stream,
                "POST /unicom/webchat/send/ HTTP/1.1\r\nhost: localhost\r\ncookie: csrftoken={token}\r\n\
                 x-csrftoken: {token}\r\ncontent-type: multipart/form-data; boundary=b\r\n\
                 content-length: 1000000\r\n\r\n--b\r\ncontent-disposition: form-data; name=\"media\"; \
                 filename=\"a.png\"\r\n\r\n\u{89}PNG"
            )
            .unwrap();
            wait_until("a temporary file", || files(&folder) == 1);
            stream
        };
        // A request that takes too long.
        let mut stream = begin();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("request_timeout"), "{answer}");
        wait_until("no temporary file", || files(&folder) == 0);
        // A request whose client disconnects.
        drop(begin());
        wait_until("no temporary file", || files(&folder) == 0);
    }
}

#[test]
fn unconfigured_proxy_is_reported_once() {
    let home = Workspace::new();
    let ask = |server: &Server| {
        let mut stream = connect(server);
        stream
            .write_all(
                b"GET /unicom/auth/session/ HTTP/1.1\r\nhost: localhost\r\nx-forwarded-for: 192.0.2.1\r\nconnection: close\r\n\r\n",
            )
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    };
    let server = Server::serve(&home);
    for _ in 0..3 {
        ask(&server);
    }
    wait_until("a warning", || server.err().contains("trusted_proxies"));
    ask(&server);
    assert_eq!(server.err().matches("trusted_proxies").count(), 1);

    // No warning if the proxy is trusted or if rates are not limited.
    for (name, value) in [
        ("UNICOM_TRUSTED_PROXIES", "10.0.0.0/8, 127.0.0.1"),
        ("UNICOM_RATE_LIMIT", "off"),
    ] {
        let mut command = home.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.env(name, value);
        let server = Server::start(command);
        ask(&server);
        assert!(
            !server.err().contains("trusted_proxies"),
            "{}",
            server.err()
        );
    }
}

#[test]
fn invalid_limit_is_reported() {
    let home = Workspace::new();
    for (text, parts) in [
        ("rate_limit = \"maybe\"", ["unicom.toml", "maybe", "off"]),
        (
            "[rate]\ncolour = 1",
            ["unicom.toml", "`colour`", "`login_name`"],
        ),
        (
            "[rate]\nlogin_name = \"fast\"",
            ["`fast`", "300:600", "off"],
        ),
        ("[rate]\nlogin_name = 0", ["`0`", "300:600", ""]),
        (
            "[rate]\nlogin_name = [1, 2]",
            ["unicom.toml", "expected a rate", ""],
        ),
        (
            "trusted_proxies = [\"proxy\"]",
            ["`proxy`", "10.0.0.0/8", ""],
        ),
        (
            "requests_at_once = 0",
            ["requests_at_once", "1 to 1000000", ""],
        ),
        (
            "max_connections = 0",
            ["max_connections", "1 to 1000000", ""],
        ),
        ("header_timeout = 301", ["header_timeout", "1 to 300", ""]),
        ("body_timeout = 0", ["body_timeout", "1 to 3600", ""]),
        ("keep_alive = 0", ["keep_alive", "1 to 3600", ""]),
    ] {
        home.write("unicom.toml", text);
        has(&home.run(&["migrate"]).wrong_use(), &parts);
    }
    home.write("unicom.toml", "");
    for (flag, value, part) in [
        ("--rate-limit", "maybe", "off"),
        ("--rate-session-writes", "5:0", "300:600"),
        ("--requests-at-once", "0", "1..=1000000"),
        ("--header-timeout", "0", "1..=300"),
    ] {
        has(
            &home.run(&["migrate", flag, value]).wrong_use(),
            &[flag, value, part],
        );
    }
    assert!(!home.path().join("unicom.db").exists());
}
