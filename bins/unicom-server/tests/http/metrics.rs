//! Tests of `GET /metrics`: it counts, it stays small, and only some clients may read it.

use std::io::Write;
use std::net::TcpStream;
use std::sync::mpsc;

use diesel::connection::SimpleConnection;
use reqwest::Method;
use serde_json::json;
use unicom_db::{Database, Db, DbError, Engine, on_engine};
use unicom_server::Options;
use unicom_testing::TestDatabase;

use crate::app::{PASSWORD, TestApp};
use crate::both;
use crate::client::Client;
use crate::prometheus_text::Exposition;

const MESSAGES: &str = "/unicom/webchat/messages/";

/// Starts a server that runs no bots.
async fn without_bots(db: &TestDatabase) -> TestApp {
    let options = Options {
        bots_at_once: Some(0),
        ..Options::default()
    };
    TestApp::with_options(db, options).await
}

/// Blocks a reader thread of the database until the sender is dropped.
fn hold_a_reader(database: &Database) -> mpsc::Sender<()> {
    let (release, held) = mpsc::channel::<()>();
    let reply = database.read(move |_| -> Result<(), DbError> {
        // An error means that the sender was dropped.
        let _ = held.recv();
        Ok(())
    });
    drop(reply);
    release
}

/// Returns `true` if a client with this header gets the same response from a server with these
/// options as for an unknown path.
async fn is_hidden(db: &TestDatabase, options: Options, header: &str) -> bool {
    let app = TestApp::with_options(db, options).await;
    let client = Client::new(app.base());
    let ask = |path| {
        client
            .request(Method::GET, path)
            .header(header, "203.0.113.7")
            .send()
    };
    let (metrics, nothing) = (ask("/metrics").await, ask("/nothing").await);
    metrics.status == 404 && metrics.body == nothing.body
}

both! {
    async fn requests_are_counted_by_route_and_status(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        guest.say("hi").await;
        let page = guest.get(MESSAGES).await;
        let poll = guest.request(Method::GET, MESSAGES);
        let poll = poll.header("If-None-Match", page.header("etag")).send().await;
        assert_eq!(poll.status, 304);
        guest.get("/unicom/nothing/").await.is(404, "not_found");
        let wrong = json!({ "username": "nobody", "password": PASSWORD });
        guest.post("/unicom/auth/login/", wrong).await.is(401, "invalid_credentials");
        let stranger = Client::new(app.base()).with_bearer("uct_wrong");
        stranger.get(MESSAGES).await.is(401, "invalid_credentials");

        let shown = Exposition::of(&app).await;
        let total = |labels: &str| shown.known(&format!("unicom_http_requests_total{{{labels}}}"));
        for (labels, number) in [
            (r#"method="POST",route="/unicom/webchat/send",status="200""#, 1.0),
            (r#"method="GET",route="/unicom/webchat/messages",status="200""#, 1.0),
            (r#"method="GET",route="/unicom/webchat/messages",status="304""#, 1.0),
            (r#"method="GET",route="/unicom/webchat/messages",status="401""#, 1.0),
            (r#"method="GET",route="other",status="404""#, 1.0),
            (r#"method="POST",route="/unicom/auth/login",status="401""#, 1.0),
            (r#"method="GET",route="/unicom/auth/session",status="200""#, 1.0),
        ] {
            assert_eq!(total(labels), number, "{labels}");
        }
        let took = "unicom_http_request_duration_seconds";
        let messages = r#"method="GET",route="/unicom/webchat/messages""#;
        assert_eq!(shown.known(&format!("{took}_count{{{messages}}}")), 3.0);
        assert!(shown.known(&format!("{took}_sum{{{messages}}}")) > 0.0);
        assert_eq!(shown.beginning(&format!("{took}_bucket{{{messages},")).len(), 15);
        // The request for the metrics itself.
        assert_eq!(shown.known("unicom_http_requests_in_flight"), 1.0);
    }

    async fn label_cardinality_is_bounded(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let ask = async |number: usize| {
            let brew = Method::from_bytes(format!("BREW{number}").as_bytes()).unwrap();
            guest.get(&format!("/{number}/{number}")).await;
            guest.get(&format!("/unicom/media/{number}/{number}.png")).await;
            guest.get(&format!("/unicom/webchat/nothing/{number}/")).await;
            guest.delete(&format!("/unicom/webchat/chat/{number}/")).await;
            guest.request(brew, &format!("/unicom/{number}")).send().await;
        };
        ask(0).await;
        let before = Exposition::of(&app).await;
        for number in 1..200 {
            ask(number).await;
        }
        let after = Exposition::of(&app).await;
        let now = after.values_of("route");
        // `/metrics` itself was counted in between.
        let known = before.values_of("route").into_iter().chain(["/metrics"]).collect();
        assert_eq!(now, known);
        let methods = after.values_of("method");
        assert!(methods.is_subset(&["GET", "DELETE", "other"].into()), "{methods:?}");
        let of_metrics = after.beginning("unicom_http").iter().filter(|(name, _)| name.contains("/metrics")).count();
        assert_eq!(after.len(), before.len() + of_metrics);
    }

    async fn database_metrics_are_reported(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let before = Exposition::of(&app).await;
        let guest = app.guest().await;
        for _ in 0..5 {
            guest.say("hi").await;
        }
        let missing = json!({ "text": "hi", "chat_id": "nobodys" });
        guest.send(missing).await.is(404, "chat_not_found");
        guest.get("/unicom/webchat/chats/").await.ok();
        let after = Exposition::of(&app).await;
        let more = |name: &str| after.known(name) - before.known(name);
        assert!(more(r#"unicom_database_writes_total{outcome="committed"}"#) >= 5.0);
        assert!(more(r#"unicom_database_writes_total{outcome="rolled_back"}"#) >= 1.0);
        assert_eq!(after.known(r#"unicom_database_writes_total{outcome="lost"}"#), 0.0);
        assert_eq!(more(r#"unicom_messages_total{direction="incoming"}"#), 5.0);
        let batches = more("unicom_database_batch_writes_count");
        assert!(batches >= 6.0);
        assert!(more("unicom_database_batch_writes_sum") >= batches);
        assert_eq!(more("unicom_database_transaction_seconds_count"), batches);
        assert!(more("unicom_database_transaction_seconds_sum") > 0.0);
        assert!(more("unicom_database_connection_wait_seconds_count") >= batches);
        assert!(more(r#"unicom_database_job_wait_seconds_count{lane="write"}"#) >= 6.0);
        assert!(after.known(r#"unicom_database_connections{state="idle"}"#) >= 1.0);
        for lane in ["read", "write", "write_later"] {
            for reason in ["full", "late", "no_connection"] {
                let name = format!(r#"unicom_database_jobs_refused_total{{lane="{lane}",reason="{reason}"}}"#);
                assert_eq!(after.known(&name), 0.0, "{name}");
            }
            after.known(&format!(r#"unicom_database_jobs_waiting{{lane="{lane}"}}"#));
            after.known(&format!(r#"unicom_database_oldest_job_age_seconds{{lane="{lane}"}}"#));
        }
        let (engine, has_brief_reads) = match db.engine() {
            Engine::Sqlite => ("sqlite", true),
            Engine::Postgres => ("postgresql", false),
        };
        assert_eq!(more("unicom_database_brief_reads_total") > 0.0, has_brief_reads);
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(after.known(&format!(r#"unicom_info{{database="{engine}",version="{version}"}}"#)), 1.0);
    }

    async fn pending_requests_are_reported(db: &TestDatabase) {
        let app = without_bots(db).await;
        for text in ["one", "two", "three"] {
            app.guest_who_wrote(text).await;
        }
        let shown = Exposition::of(&app).await;
        assert_eq!(shown.known("unicom_work_known"), 1.0);
        assert_eq!(shown.known(r#"unicom_requests{status="PENDING"}"#), 3.0);
        assert_eq!(shown.known(r#"unicom_requests{status="COMPLETED"}"#), 0.0);
        assert_eq!(shown.beginning("unicom_requests{").len(), 8);
        assert!(shown.known("unicom_request_overdue_seconds") > 0.0);
        assert_eq!(shown.beginning("unicom_deliveries{").len(), 3);
        assert_eq!(shown.known("unicom_delivery_overdue_seconds"), 0.0);
    }

    async fn other_metrics_are_shown_if_the_database_fails(db: &TestDatabase) {
        let app = without_bots(db).await;
        let broken = app.database().write(|tx| -> Result<(), DbError> {
            let db: &mut Db = tx;
            Ok(on_engine!(db, conn => conn.batch_execute("ALTER TABLE unicom_deliveries RENAME TO gone"))?)
        });
        broken.await.unwrap();
        let shown = Exposition::of(&app).await;
        assert_eq!(shown.known("unicom_work_known"), 0.0);
        assert!(shown.beginning("unicom_requests{").is_empty());
        assert!(shown.known(r#"unicom_database_writes_total{outcome="committed"}"#) >= 1.0);
    }

    async fn busy_database_does_not_delay_metrics(db: &TestDatabase) {
        let app = without_bots(db).await;
        app.guest_who_wrote("hi").await;
        // More than there are reader threads.
        let releases: Vec<_> = (0..20).map(|_| hold_a_reader(app.database())).collect();
        let shown = Exposition::of(&app).await;
        assert_eq!(shown.known("unicom_work_known"), 0.0);
        assert!(shown.known(r#"unicom_database_jobs_waiting{lane="read"}"#) > 0.0);
        drop(releases);
        let shown = TestApp::wait_for("the number of requests", async || {
            let shown = Exposition::of(&app).await;
            (shown.known("unicom_work_known") == 1.0).then_some(shown)
        })
        .await;
        assert_eq!(shown.known(r#"unicom_requests{status="PENDING"}"#), 1.0);
    }

    async fn cancelled_request_is_counted(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let token = guest.cookie("csrftoken").unwrap();
        let mut stream = TcpStream::connect(app.base().trim_start_matches("http://")).unwrap();
        let head = format!(
            "POST /unicom/webchat/send/ HTTP/1.1\r\nHost: localhost\r\nCookie: csrftoken={token}\r\nX-CSRFToken: {token}\r\n\
             Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let until_there_are = async |number: f64| {
            TestApp::wait_for("so many requests", async || {
                let shown = Exposition::of(&app).await;
                (shown.known("unicom_http_requests_in_flight") == number).then_some(shown)
            })
            .await
        };
        // The open request, and the request for the metrics.
        until_there_are(2.0).await;
        drop(stream);
        let shown = until_there_are(1.0).await;
        let counted = shown.beginning(r#"unicom_http_requests_total{method="POST",route="/unicom/webchat/send""#);
        assert_eq!(counted.iter().map(|(_, number)| number).sum::<f64>(), 1.0, "{counted:?}");
    }

    async fn metrics_route_accepts_reads_only(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let client = Client::new(app.base());
        let shown = client.get("/metrics").await;
        assert_eq!(shown.header("cache-control"), "no-store");
        assert!(shown.headers.get("set-cookie").is_none());
        let head = client.head("/metrics").await;
        assert_eq!((head.status, head.body.len()), (200, 0));
        assert_eq!(client.get("/metrics/").await.status, 200);
        client.post("/metrics", json!({})).await.is(405, "method_not_allowed");
    }

    async fn metrics_are_limited_to_configured_networks(db: &TestDatabase) {
        let networks = |networks: &[&str]| Options {
            metrics_networks: Some(networks.iter().map(|&text| text.to_owned()).collect()),
            ..Options::default()
        };
        assert!(!is_hidden(db, Options::default(), "x-other").await);
        assert!(!is_hidden(db, networks(&["10.0.0.0/8", "127.0.0.1"]), "x-other").await);
        assert!(is_hidden(db, networks(&["10.0.0.0/8"]), "x-other").await);
        assert!(is_hidden(db, networks(&[]), "x-other").await);
        assert!(is_hidden(db, networks(&[""]), "x-other").await);
        // Requests from any address, through a proxy on this machine.
        for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"] {
            assert!(is_hidden(db, Options::default(), header).await, "{header}");
        }
    }

    async fn process_metrics_are_reported(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let shown = Exposition::of(&app).await;
        assert!(shown.known("process_start_time_seconds") > 1.7e9);
        if cfg!(unix) {
            assert!(shown.known("process_cpu_seconds_total") > 0.0);
        }
        if cfg!(target_os = "linux") {
            assert!(shown.known("process_resident_memory_bytes") > 1e6);
            assert!(shown.known("process_open_fds") > 3.0);
        }
    }
}
