//! Tests of `unicom migrate`.

use serde_json::json;
use unicom_testing::{TestDatabase, both_engines};

use crate::workspace::{Workspace, has};

both_engines! {
    migrations: [];

    fn repeated_migration_changes_nothing(db: &TestDatabase) {
        let home = Workspace::on(db);
        has(&home.run(&["migrate"]).ok(), &["up to date now", "migrations ran"]);
        assert!(!home.run(&["migrate"]).ok().contains("ran"));
        assert_eq!(home.json(&["migrate"]), json!({ "migrations": 0, "host_migrations": [] }));
        assert_eq!(home.json(&["user", "list"]), json!([]));
    }

    fn other_commands_report_migrations_once(db: &TestDatabase) {
        let home = Workspace::on(db);
        let first = home.run(&["user", "list", "--json"]);
        assert_eq!(first.out, "[]\n");
        assert_eq!(first.err.lines().count(), 1, "{}", first.err);
        has(&first.err, &["the database's tables were brought up to date", "migrations ran"]);
        for command in [&["user", "list"][..], &["channel", "list"], &["migrate"]] {
            let run = home.run(command);
            assert_eq!((run.code, &*run.err), (Some(0), ""), "{command:?}");
        }
    }

    fn concurrent_migrations_succeed(db: &TestDatabase) {
        let home = Workspace::on(db);
        let ran: i64 = std::thread::scope(|scope| {
            let runs = [(); 4].map(|()| scope.spawn(|| home.json(&["migrate"])));
            runs.map(|run| run.join().unwrap()["migrations"].as_i64().unwrap()).iter().sum()
        });
        assert!(ran >= 2);
        let alone = Workspace::with_url("sqlite://alone.db").json(&["migrate"]);
        assert_eq!(alone["migrations"], ran, "each ran once");
    }
}
