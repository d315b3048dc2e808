//! Tests of the log: text or JSON, one line per record, and never a secret.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;

use reqwest::{Client, Method};
use serde_json::{Value, json};
use unicom_testing::{TestDatabase, both_engines};

use crate::server::Server;
use crate::visitor::Visitor;
use crate::workspace::{Workspace, has};

/// Starts a server that logs everything from unicom's crates in this format.
fn talkative(home: &Workspace, format: &str, variables: &[(&str, &str)]) -> Server {
    let mut command = home.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("UNICOM_LOG", "info,unicom=trace");
    command.env("UNICOM_LOG_FORMAT", format);
    command.envs(variables.iter().copied());
    Server::start(command)
}

/// Parses every line that a server printed. Each must be a JSON object.
#[track_caller]
fn objects(said: &str) -> Vec<Value> {
    let read = |line: &str| {
        let object: Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert!(object.is_object(), "{line}");
        object
    };
    said.lines().map(read).collect()
}

/// Waits until `server` has logged `part`. Returns the whole log.
fn said(server: &Server, part: &str) -> String {
    let since = std::time::Instant::now();
    loop {
        let said = server.err();
        if said.contains(part) {
            return said;
        }
        assert!(since.elapsed().as_secs() < 30, "no `{part}` in {said}");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

/// Sends a request with this method and these headers. Returns the request id of the response.
async fn ask(server: &Server, method: &str, path: &str, headers: &[(&str, &str)]) -> String {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = Client::new().request(method, format!("{}{path}", server.origin));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    answer.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned()
}

both_engines! {
    migrations: [];

    async fn json_log_lines_are_structured(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        let server = talkative(&home, "json", &[]);
        let visitor = Visitor::of(&server);
        visitor.send("hi").await;
        let id = ask(&server, "GET", "/unicom/webchat/chats/?cursor=x", &[]).await;
        let lines = objects(&said(&server, &id));
        for line in &lines {
            let keys: BTreeSet<&str> = line.as_object().unwrap().keys().map(String::as_str).collect();
            assert!(keys.is_superset(&["time", "level", "target", "message"].into()), "{line}");
            let time = line["time"].as_str().unwrap();
            assert!(time.len() == "2025-10-23T12:00:00.000000Z".len() && time.ends_with('Z'), "{time}");
        }
        let of_request = |line: &&Value| line["request_id"] == id.as_str();
        let access: Vec<&Value> = lines.iter().filter(of_request).filter(|line| line["target"] == "unicom::access").collect();
        let [line] = access[..] else { panic!("{access:?}") };
        assert_eq!(line["level"], "INFO");
        assert_eq!(
            [&line["method"], &line["route"], &line["status"]],
            [&json!("GET"), &json!("/unicom/webchat/chats"), &json!(400)]
        );
        assert!(line["duration_us"].is_u64() && line["bytes"].is_u64(), "{line}");
        assert_eq!(server.terminate(), Some(0));
    }

    async fn requests_cannot_forge_log_lines(db: &TestDatabase) {
        for format in ["text", "json"] {
            let home = Workspace::on(db);
            let server = talkative(&home, format, &[("UNICOM_TRUSTED_PROXIES", "127.0.0.1")]);
            let path = "/unicom/%0A%5Bforged%5D%0D%1B%5B31m%E2%80%AE";
            let id = ask(&server, "GET", path, &[("X-Request-Id", "a\tb"), ("User-Agent", "forged\tagent")]).await;
            let log = said(&server, &id);
            assert!(!log.contains("forged") && !log.contains(['\u{1b}', '\r', '\u{202e}']), "{log:?}");
            for line in log.lines() {
                let begins = if format == "json" { "{\"time\":\"20" } else { "[20" };
                assert!(line.starts_with(begins), "{line}");
            }
            server.kill();
        }
    }

    /// Holds even if an operator has all libraries log everything.
    async fn sessions_and_tokens_are_not_logged_at_trace_level(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        let create = ["user", "create", "root", "--password-stdin", "--staff"];
        home.run_with_input(&create, "correct horse battery").ok();
        let made = home.json(&["token", "create", "root", "--name", "a test"]);
        let token = made["secret"].as_str().unwrap().to_owned();
        let mut command = home.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.env("UNICOM_LOG", "trace");
        let server = Server::start(command);
        let visitor = Visitor::of(&server);
        visitor.send("hi").await;
        let mut secrets = visitor.cookie_values();
        assert_eq!(visitor.log_in("root", "correct horse battery").await, 200);
        visitor.send("hi again").await;
        secrets.extend(visitor.cookie_values());
        let bearer = format!("Bearer {token}");
        let last = ask(&server, "GET", "/unicom/admin/requests/", &[("Authorization", bearer.as_str())]).await;
        secrets.extend([token, "correct horse battery".to_owned()]);
        let log = said(&server, &last);
        assert!(log.contains("TRACE") || log.contains("DEBUG"), "{log}");
        for secret in secrets.iter().filter(|secret| secret.len() > 3) {
            assert!(!log.contains(secret.as_str()), "`{secret}` in the log");
        }
        server.kill();
    }

    async fn secrets_are_never_logged(db: &TestDatabase) {
        const SECRET_KEY: &str = "the-secret-key-of-this-installation-0123456789";
        const PASSWORD: &str = "battery staple horse";
        const TEXT: &str = "my diagnosis is a secret";
        for format in ["text", "json"] {
            let home = Workspace::on(db);
            if format == "text" {
                home.echo_channel();
                let create = ["user", "create", "root", "--password-stdin", "--staff"];
                home.run_with_input(&create, "correct horse battery").ok();
            }
            let made = home.json(&["token", "create", "root", "--name", "a test"]);
            let token = made["secret"].as_str().unwrap().to_owned();
            let server = talkative(&home, format, &[("UNICOM_SECRET_KEY", SECRET_KEY)]);
            let visitor = Visitor::of(&server);
            let mut secrets = vec![SECRET_KEY.to_owned(), PASSWORD.to_owned(), TEXT.to_owned(), token.clone()];
            let chat = visitor.send(TEXT).await;
            secrets.extend(visitor.cookie_values());
            let name = format!("ada-{format}");
            let body = json!({ "username": name, "password": PASSWORD, "email": "ada@example.com" });
            assert_eq!(visitor.post("/unicom/auth/register/", body).await.0, 201);
            secrets.extend(visitor.cookie_values());
            assert_eq!(visitor.log_in(&name, "a wrong password").await, 401);
            assert_eq!(visitor.log_in(&name, PASSWORD).await, 200);
            secrets.extend(visitor.cookie_values());
            visitor.send(TEXT).await;
            // Invalid requests, with secrets in places where they do not belong.
            let query = format!("/unicom/webchat/messages/?limit=x&token={token}&text=diagnosis");
            assert_eq!(visitor.get(&query).await.0, 400);
            assert_eq!(visitor.get(&format!("/unicom/{chat}/diagnosis.png")).await.0, 404);
            let wrong = json!({ "text": TEXT, "chat_id": "nobodys", "reply_to_message_id": TEXT });
            assert!(visitor.post("/unicom/webchat/send/", wrong).await.0 >= 400);
            let bearer = format!("Bearer {token}");
            ask(&server, "GET", "/unicom/admin/requests/", &[("Authorization", bearer.as_str())]).await;
            ask(&server, "GET", "/unicom/admin/requests/", &[("Authorization", "Bearer uct_wrong-diagnosis")]).await;
            let last = ask(&server, "POST", "/unicom/requests/x/reply/", &[("Authorization", "Bearer urq_wrong-diagnosis")]).await;
            let log = said(&server, &last);
            secrets.extend(["diagnosis", "a wrong password", "ada@example.com", &chat, &name].map(str::to_owned));
            if let Some((_, rest)) = db.url().split_once("://")
                && let Some((user, _)) = rest.rsplit_once('@')
                && let Some((_, password)) = user.split_once(':')
            {
                secrets.push(password.to_owned());
            }
            assert!(secrets.len() >= 10 && log.lines().count() >= 15, "{log}");
            for secret in secrets.iter().filter(|secret| secret.len() > 3) {
                assert!(!log.contains(secret.as_str()), "`{secret}` in {log}");
            }
            server.kill();
        }
    }
}

/// Returns the events in the lines of a JSON log.
#[track_caller]
fn events(log: &str) -> Vec<Value> {
    let lines = objects(log).into_iter();
    lines
        .filter(|line| line["target"] == "unicom::security")
        .collect()
}

/// Fails to log in and requests a route for admins. Returns the request id of the last response.
async fn be_refused(server: &Server) -> String {
    let visitor = Visitor::of(server);
    assert_eq!(visitor.log_in("nobody", "a wrong password").await, 401);
    ask(server, "GET", "/unicom/admin/audit/", &[]).await
}

#[track_caller]
fn has_both_refusals(events: &[Value], id: &str) {
    let [login, route] = events else {
        panic!("{events:?}")
    };
    assert_eq!(
        [&login["event"], &login["reason"], &login["level"]],
        ["auth.login_failed", "unknown_name", "WARN"]
    );
    assert_eq!(
        [&route["event"], &route["code"], &route["request_id"]],
        ["access.refused", "login_required", id]
    );
    assert!(login["request_id"].is_string() && login["source"] == route["source"]);
}

#[tokio::test]
async fn security_log_is_independent_of_the_log_filter() {
    for filter in [
        "info",
        "off",
        "error,unicom=off",
        "unicom::security=off",
        "info/some words",
        "off/some words",
    ] {
        let home = Workspace::new();
        let mut command = home.command(&["serve", "--log-format", "json"]);
        command.env("UNICOM_LOG", filter);
        let server = Server::start_silently(command);
        let id = be_refused(&server).await;
        has_both_refusals(&events(&said(&server, &id)), &id);
        server.kill();
    }
}

#[tokio::test]
async fn security_log_can_be_written_to_a_file_or_disabled() {
    let home = Workspace::new();
    let path = home.path().join("security.jsonl");
    let mut command = home.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("UNICOM_SECURITY_LOG", &path);
    let server = Server::start(command);
    let id = be_refused(&server).await;
    has_both_refusals(&events(&std::fs::read_to_string(&path).unwrap()), &id);
    // Log rotation moves the file away. The next line creates it again.
    std::fs::rename(&path, home.path().join("security.jsonl.1")).unwrap();
    let id = be_refused(&server).await;
    has_both_refusals(&events(&std::fs::read_to_string(&path).unwrap()), &id);
    #[cfg(unix)]
    {
        let mode = std::fs::metadata(&path).unwrap().permissions();
        assert_eq!(
            std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777,
            0o600
        );
    }
    // No line is lost if the file cannot be written.
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    let before = server.err();
    assert!(!before.contains("unicom::security"), "{before}");
    let id = be_refused(&server).await;
    let err = said(&server, &format!("request_id={id}"));
    has(
        &err,
        &[
            "cannot be written, its lines go here",
            "event=auth.login_failed",
            "event=access.refused",
        ],
    );
    assert_eq!(err.matches("cannot be written").count(), 1, "{err}");
    server.kill();
    let run = home.run(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--security-log",
        "security.jsonl",
    ]);
    has(&run.failure(), &["cannot write `security.jsonl`"]);

    home.write("unicom.toml", "security_log = \"off\"\n");
    let server = Server::serve(&home);
    let id = be_refused(&server).await;
    let err = said(&server, &id);
    assert!(!err.contains("unicom::security"), "{err}");
    assert!(!home.path().join("off").exists());
    server.kill();
}

#[tokio::test]
async fn security_log_contains_addresses_only_if_configured() {
    for (setting, is_told) in [
        (None, false),
        (Some("hashed"), false),
        (Some("plain"), true),
    ] {
        let home = Workspace::new();
        let mut command =
            home.command(&["serve", "--listen", "127.0.0.1:0", "--log-format", "json"]);
        command.envs(setting.map(|setting| ("UNICOM_SECURITY_LOG_ADDRESSES", setting)));
        let server = Server::start(command);
        let id = be_refused(&server).await;
        for event in events(&said(&server, &id)) {
            assert_eq!(event["source"] == "127.0.0.1", is_told, "{event}");
        }
        server.kill();
    }
    let said = Workspace::new()
        .run(&["serve", "--security-log-addresses", "maybe"])
        .wrong_use();
    has(&said, &["maybe", "hashed", "plain"]);
}

#[test]
fn invalid_log_settings_are_reported() {
    let home = Workspace::new();
    has(
        &home.run(&["serve", "--log-format", "xml"]).wrong_use(),
        &["xml", "text", "json"],
    );
    has(
        &home.run(&["serve", "--access-log", "maybe"]).wrong_use(),
        &["maybe", "on", "off"],
    );
    has(
        &home
            .run(&["serve", "--metrics-networks", "here"])
            .wrong_use(),
        &["`here`", "network"],
    );
    home.write("unicom.toml", "log_format = \"xml\"\n");
    has(
        &home.run(&["serve"]).wrong_use(),
        &["unicom.toml", "xml", "`text`", "`json`"],
    );
    // Errors on standard error are plain sentences even if the log format is JSON.
    home.write("unicom.toml", "log_format = \"json\"\nworkers = 0\n");
    let said = home.run(&["serve"]).wrong_use();
    assert!(said.starts_with("unicom: `workers` is 0"), "{said}");
}

#[test]
fn access_log_can_be_disabled() {
    let home = Workspace::new();
    home.write(
        "unicom.toml",
        "access_log = \"off\"\nlog_format = \"json\"\n",
    );
    let server = Server::serve(&home);
    let mut stream = TcpStream::connect(server.origin.trim_start_matches("http://")).unwrap();
    let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let said = server.err();
    assert_eq!(server.terminate(), Some(0));
    assert!(said.contains("listening on"), "{said}");
    assert!(!said.contains("unicom::access"), "{said}");
}
