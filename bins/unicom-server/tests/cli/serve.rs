//! Tests of `unicom serve`: it starts and stops, and no accepted message is lost or answered twice.

use serde_json::json;
use std::time::Duration;

use unicom_testing::{TestDatabase, both_engines};

use crate::server::Server;
use crate::visitor::Visitor;
use crate::workspace::{Workspace, has};

both_engines! {
    migrations: [];

    async fn server_reports_health_and_stops_on_a_signal(db: &TestDatabase) {
        let server = Server::serve(&Workspace::on(db));
        let visitor = Visitor::of(&server);
        let alive = json!({ "success": true });
        let ready = json!({ "success": true, "takes_files": true });
        assert_eq!(visitor.get("/healthz").await, (200, alive));
        assert_eq!(visitor.get("/readyz").await, (200, ready));
        assert_eq!(server.out(), "");
        assert_eq!(server.terminate(), Some(0));
    }

    async fn messages_accepted_before_a_crash_are_answered_after_it(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        let server = Server::serve(&home);
        let visitor = Visitor::of(&server);
        for i in 0..20 {
            visitor.send(&format!("m{i}")).await;
        }
        server.kill();

        let server = Server::serve(&home);
        let visitor = visitor.at(&server);
        assert_answered_once(&visitor, 20).await;
        assert_eq!(server.terminate(), Some(0));
    }

    async fn two_processes_share_one_database(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        let servers = [Server::serve(&home), Server::serve(&home)];
        let mut visitors = Vec::new();
        for i in 0..6 {
            visitors.push(Visitor::of(&servers[i % 2]));
        }
        for text in ["m0", "m1", "m2", "m3"] {
            for visitor in &visitors {
                visitor.send(text).await;
            }
        }
        // Each visitor reads from the other process.
        for (i, visitor) in visitors.into_iter().enumerate() {
            assert_answered_once(&visitor.at(&servers[(i + 1) % 2]), 4).await;
        }
        let requests = home.json(&["request", "list", "--status", "COMPLETED"]);
        assert_eq!(requests.as_array().map(Vec::len), Some(24));
        for server in servers {
            assert_eq!(server.terminate(), Some(0));
        }
    }
}

#[test]
fn address_in_use_is_reported() {
    let home = Workspace::new();
    let server = Server::serve(&home);
    let address = server.origin.trim_start_matches("http://");
    let said = home.run(&["serve", "--listen", address]).fails(1);
    has(&said, &["unicom: cannot listen on", address]);
}

/// Asserts that the visitor's `count` messages `m0`, `m1`, … have one reply each and get no more.
async fn assert_answered_once(visitor: &Visitor, count: usize) {
    let mut expected: Vec<String> = (0..count)
        .flat_map(|i| [format!("Echo: m{i}"), format!("m{i}")])
        .collect();
    expected.sort();
    visitor.texts_once(2 * count).await;
    std::thread::sleep(Duration::from_millis(300));
    let mut texts = visitor.texts().await;
    texts.sort();
    assert_eq!(texts, expected);
}

#[cfg(unix)]
#[tokio::test]
async fn database_files_are_readable_only_by_their_owner() {
    use std::os::unix::fs::PermissionsExt;

    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    let server = Server::serve(&home);
    Visitor::of(&server).send("a secret").await;
    for name in ["unicom.db", "unicom.db-wal", "unicom.db-shm"] {
        let mode = home
            .path()
            .join(name)
            .metadata()
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    // Permissions that the operator has widened are kept.
    let database = home.path().join("unicom.db");
    std::fs::set_permissions(&database, std::fs::Permissions::from_mode(0o640)).unwrap();
    home.run(&["check"]);
    assert_eq!(
        database.metadata().unwrap().permissions().mode() & 0o777,
        0o640
    );
}
