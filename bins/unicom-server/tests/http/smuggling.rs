//! Tests of request smuggling (CWE-444): requests whose end is ambiguous, so that one parser reads
//! a body where another one reads the next request. Each gets one response, no second request is
//! answered, and nothing is left behind.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use unicom_testing::TestDatabase;

use crate::app::{PATIENCE, TestApp};
use crate::both;
use crate::no_side_effects::NoSideEffects;

/// The request to be smuggled, which would be answered with 404.
const SMUGGLED: &str = "GET /unicom/smuggled HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";

/// Headers about the body's length, and the body that precedes the smuggled request.
const FORMS: [(&str, &str); 28] = [
    (
        "content-length: 4\r\ntransfer-encoding: chunked\r\n",
        "0\r\n\r\n",
    ),
    (
        "transfer-encoding: chunked\r\ncontent-length: 4\r\n",
        "0\r\n\r\n",
    ),
    ("content-length: 0\r\ncontent-length: 5\r\n", ""),
    ("content-length: 5\r\ncontent-length: 0\r\n", ""),
    ("content-length: 0, 5\r\n", ""),
    ("content-length: +0\r\n", ""),
    ("content-length: -0\r\n", ""),
    ("content-length: 0x0\r\n", ""),
    ("content-length: 0 0\r\n", ""),
    ("content-length:\r\n", ""),
    ("content-length: 99999999999999999999\r\n", ""),
    ("content-length: 0\0\r\n", ""),
    ("content-length : 0\r\n", ""),
    ("transfer-encoding: chunked, identity\r\n", "0\r\n\r\n"),
    (
        "transfer-encoding: identity, chunked\r\ncontent-length: 5\r\n",
        "0\r\n\r\n",
    ),
    ("transfer-encoding: xchunked\r\n", "0\r\n\r\n"),
    ("transfer-encoding: \u{b}chunked\r\n", "0\r\n\r\n"),
    (
        "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
        "0\r\n\r\n",
    ),
    (
        "transfer-encoding: chunked\r\ntransfer-encoding: x\r\n",
        "0\r\n\r\n",
    ),
    ("transfer-encoding : chunked\r\n", "0\r\n\r\n"),
    ("x: y\r\n transfer-encoding: chunked\r\n", "0\r\n\r\n"),
    ("transfer-encoding:\r\n chunked\r\n", "0\r\n\r\n"),
    ("transfer-encoding: chunked\r\n", "fffffffffffffffff\r\n"),
    ("transfer-encoding: chunked\r\n", "-1\r\n\r\n"),
    ("transfer-encoding: chunked\r\n", "0x0\r\n\r\n"),
    ("transfer-encoding: chunked\r\n", "1\r\nxx0\r\n\r\n"),
    ("transfer-encoding: chunked\r\n", "0;a\n\r\n"),
    ("transfer-encoding: chunked\r\n", "\r\n0\r\n\r\n"),
];

/// Returns all responses to these bytes until the server closes the connection.
fn answers(app: &TestApp, bytes: &str) -> Vec<String> {
    let address = app.base().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // The server may refuse the head before everything has been sent.
    let _ = stream.write_all(bytes.as_bytes());
    let _ = stream.shutdown(Shutdown::Write);
    let mut answered = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answered) {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}");
    }
    let answered = String::from_utf8(answered).unwrap();
    let answers = answered.split("HTTP/1.1 ").skip(1);
    answers.map(str::to_owned).collect()
}

fn head(app: &TestApp, line: &str, headers: &str) -> String {
    let host = app.base().trim_start_matches("http://");
    format!("{line}\r\nhost: {host}\r\n{headers}\r\n")
}

both! {
    async fn ambiguous_lengths_do_not_smuggle_requests(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        for (headers, body) in FORMS {
            for path in ["/unicom/webchat/send/", "/unicom/auth/login/", "/nothing"] {
                let headers = format!("content-type: application/json\r\n{headers}");
                let head = head(&app, &format!("POST {path} HTTP/1.1"), &headers);
                let answers = answers(&app, &format!("{head}{body}{SMUGGLED}"));
                assert!(answers.len() <= 1, "{headers:?} {body:?}: {answers:?}");
                for answer in answers {
                    let status: u16 = answer[..3].parse().unwrap();
                    assert!((400..500).contains(&status), "{headers:?} {body:?}: {answer}");
                }
            }
        }
        watch.unchanged("a smuggled request").await;
        assert_eq!(answers(&app, SMUGGLED).len(), 1, "it would have been answered");
    }

    async fn malformed_heads_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let get = "GET /unicom/auth/session/ HTTP/1.1";
        for (what, bytes) in [
            ("a folded line", head(&app, get, "x: a\r\n b\r\n")),
            ("a space before the colon", head(&app, get, "x : a\r\n")),
            ("no colon", head(&app, get, "nothing\r\n")),
            ("a NUL", head(&app, get, "x: a\0b\r\n")),
            ("a lone CR", head(&app, get, "x: a\rb: c\r\n")),
            ("no host", format!("{get}\r\n\r\n")),
            ("two hosts", head(&app, get, "host: evil.example\r\n")),
            ("HTTP/0.9", "GET /unicom/auth/session/\r\n\r\n".to_owned()),
            ("HTTP/3.0", head(&app, "GET /unicom/auth/session/ HTTP/3.0", "")),
            ("a NUL in the path", head(&app, "GET /unicom/\0 HTTP/1.1", "")),
            ("a space in the path", head(&app, "GET /unicom/a b HTTP/1.1", "")),
        ] {
            let answers = answers(&app, &bytes);
            let statuses: Vec<&str> = answers.iter().map(|answer| &answer[..3]).collect();
            assert_eq!(statuses, ["400"], "{what}: {answers:?}");
        }
        let fine = answers(&app, &head(&app, get, "x: a\r\n"));
        assert_eq!(fine.iter().map(|answer| &answer[..3]).collect::<Vec<_>>(), ["200"]);
    }

    async fn protocol_upgrades_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let get = "GET /unicom/auth/session/ HTTP/1.1";
        let upgrades = [
            "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n",
            "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
        ];
        for upgrade in upgrades {
            let answers = answers(&app, &head(&app, get, upgrade));
            assert_eq!(answers.iter().map(|answer| &answer[..3]).collect::<Vec<_>>(), ["200"], "{upgrade}");
        }
        let preface = answers(&app, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        assert!(preface.iter().all(|answer| answer.starts_with('4')), "{preface:?}");
    }
}
