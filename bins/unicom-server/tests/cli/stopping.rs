//! Tests of work in progress when `unicom serve` receives one or two stop signals.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use unicom_testing::{TestDatabase, both_engines};

use crate::server::Server;
use crate::visitor::Visitor;
use crate::webhook::{Hook, until};
use crate::workspace::Workspace;

/// Time limit for background work.
const PATIENCE: Duration = Duration::from_secs(60);

/// Far less than the 30 s that requests in progress are given, and long for a busy machine.
const AT_ONCE: Duration = Duration::from_secs(15);

/// What a server logs when it is told to stop.
const STOPPING: &str = "another signal stops immediately";

both_engines! {
    migrations: [];

    async fn shutdown_completes_requests_in_flight_and_accepts_no_new_ones(db: &TestDatabase) {
        let (home, server, visitor) = site(db).await;
        let mut half = Half::of_sending(&server, &visitor, "m1").await;
        let mut kept = connect(&server);
        kept.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        assert!(until(&mut kept, "\"takes_files\":true}").starts_with("HTTP/1.1 200"));

        server.signal();
        server.says(STOPPING);
        // A keep-alive connection without a request in progress is closed.
        let mut rest = String::new();
        match kept.read_to_string(&mut rest) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}"),
        }
        assert_eq!(rest, "");
        wait_until_closed(&server);

        let answer = half.finish();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("m1"), "{answer}");
        assert_eq!(server.ended(), Some(0));
        let server = Server::serve(&home);
        assert_eq!(visitor.at(&server).texts().await, ["m0", "m1"]);
    }

    async fn shutdown_ends_live_connections_which_are_told_to_come_again(db: &TestDatabase) {
        let (_home, server, visitor) = site(db).await;
        let open = |path: &str, headers: &str| {
            let mut connection = connect(&server);
            let cookie = visitor.cookie();
            let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\n{headers}\r\n");
            connection.write_all(head.as_bytes()).unwrap();
            connection
        };
        let mut stream = open("/unicom/webchat/events/", "accept: text/event-stream\r\n");
        assert!(until(&mut stream, "heartbeat_s").starts_with("HTTP/1.1 200"));
        let upgrade = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
            sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        let mut socket = open("/unicom/webchat/ws/", upgrade);
        assert!(until(&mut socket, "\r\n\r\n").starts_with("HTTP/1.1 101"));

        let since = Instant::now();
        server.signal();
        for (connection, told) in [(&mut stream, "retry: "), (&mut socket, "connect again in ")] {
            let mut rest = Vec::new();
            connection.read_to_end(&mut rest).unwrap();
            let rest = String::from_utf8_lossy(&rest);
            assert!(rest.contains(told), "{rest}");
        }
        assert_eq!(server.ended(), Some(0));
        assert!(since.elapsed() < AT_ONCE, "{:?}", since.elapsed());
    }

    async fn second_signal_stops_immediately_without_losing_acknowledged_messages(db: &TestDatabase) {
        let (home, server, visitor) = site(db).await;
        let half = Half::of_sending(&server, &visitor, "m1").await;
        server.signal();
        server.says(STOPPING);
        wait_until_closed(&server);
        let since = Instant::now();
        server.signal();
        assert_eq!(server.ended(), Some(1));
        let took = since.elapsed();
        assert!(took < AT_ONCE, "it took {took:?}");
        drop(half);
        let server = Server::serve(&home);
        assert_eq!(visitor.at(&server).texts().await, ["m0"]);
    }

    async fn running_bot_may_finish_during_shutdown(db: &TestDatabase) {
        let (home, mut hook, server, visitor) = stopping_at_work(db).await;
        wait_until_closed(&server);
        // Long enough to detect a server that does not wait for bots to finish.
        thread::sleep(Duration::from_secs(3));
        hook.answer("late, but there");
        assert_eq!(server.ended(), Some(0));
        let requests = home.json(&["request", "list", "--status", "COMPLETED"]);
        assert_eq!((requests.as_array().map(Vec::len), &requests[0]["attempts"]), (Some(1), &json!(1)));
        let server = Server::serve(&home);
        assert_eq!(visitor.at(&server).texts().await, ["m0", "late, but there"]);
    }

    async fn second_signal_leaves_a_running_bot_to_the_next_process(db: &TestDatabase) {
        let (home, mut hook, server, visitor) = stopping_at_work(db).await;
        let since = Instant::now();
        server.signal();
        assert_eq!(server.ended(), Some(1));
        let took = since.elapsed();
        assert!(took < AT_ONCE, "it took {took:?}");
        hook.answer("to nobody");

        let server = hook.serve(&home);
        hook.is_asked();
        hook.answer("asked anew");
        assert_eq!(visitor.at(&server).texts_once(2).await, ["m0", "asked anew"]);
        assert_eq!(server.terminate(), Some(0));
    }
}

/// Starts a server whose channel has no bot. Returns it with a visitor whose message `m0` is
/// acknowledged.
async fn site(db: &TestDatabase) -> (Workspace, Server, Visitor) {
    let home = Workspace::on(db);
    home.channel("{}");
    let server = Server::serve(&home);
    let visitor = Visitor::of(&server);
    visitor.send("m0").await;
    (home, server, visitor)
}

/// Starts a server and signals it to stop while its bot works on the visitor's message `m0`.
async fn stopping_at_work(db: &TestDatabase) -> (Workspace, Hook, Server, Visitor) {
    let mut hook = Hook::new();
    let home = Workspace::on(db);
    hook.channel(&home);
    let server = hook.serve(&home);
    let visitor = Visitor::of(&server);
    visitor.send("m0").await;
    hook.is_asked();
    server.signal();
    server.says(STOPPING);
    (home, hook, server, visitor)
}

/// A message whose first half the server has received.
struct Half {
    stream: TcpStream,
    rest: String,
}

impl Half {
    async fn of_sending(server: &Server, visitor: &Visitor, text: &str) -> Self {
        let body = json!({ "text": text }).to_string();
        let head = visitor
            .head_of_post("/unicom/webchat/send/", body.len())
            .await;
        let mut stream = connect(server);
        stream.write_all(head.as_bytes()).unwrap();
        // The request is in progress from here on.
        until(&mut stream, "100 Continue\r\n\r\n");
        let (first, rest) = body.split_at(body.len() / 2);
        stream.write_all(first.as_bytes()).unwrap();
        let rest = rest.to_owned();
        Self { stream, rest }
    }

    /// Sends the second half. Returns what the server answers until it closes the connection.
    fn finish(&mut self) -> String {
        self.stream.write_all(self.rest.as_bytes()).unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.origin.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Waits until new connections are refused.
fn wait_until_closed(server: &Server) {
    let since = Instant::now();
    while TcpStream::connect(server.origin.trim_start_matches("http://")).is_ok() {
        assert!(since.elapsed() < PATIENCE, "it still listens");
        thread::sleep(Duration::from_millis(10));
    }
}
