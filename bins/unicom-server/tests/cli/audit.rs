//! Tests of `unicom audit`.

use serde_json::json;
use unicom_core::admin::Actor;
use unicom_testing::{TestDatabase, both_engines};

use crate::workspace::{Workspace, has};

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn audit_log_is_listed_newest_first(db: &TestDatabase) {
        let home = Workspace::on(db);
        assert_eq!(home.json(&["audit", "list"]), json!([]));
        for (user, subject) in [(7, "request:a"), (8, "request:b"), (9, "request:c")] {
            db.write(move |tx| Actor::user(user).record(tx, "request.retry", subject, json!({ "times": 1 })));
        }
        has(&home.run(&["audit", "list"]).ok(), &["ACTOR", "user:7", "request.retry", "request:a", r#"{"times":1}"#]);
        let listed = home.json(&["audit", "list", "--limit", "2"]);
        let actors: Vec<_> = listed.as_array().unwrap().iter().map(|line| line["actor"].clone()).collect();
        assert_eq!(actors, ["user:9", "user:8"]);
        assert_eq!(listed[0]["details"], json!({ "times": 1 }));
        home.run(&["audit", "list", "--limit", "0"]).wrong_use();
    }

    fn read_commands_are_not_audited(db: &TestDatabase) {
        let home = Workspace::on(db);
        for what in ["channel", "user", "account", "member", "group", "category", "bot", "request", "delivery", "token"] {
            home.run(&[what, "list"]).ok();
        }
        home.run(&["bot", "kinds"]).ok();
        home.run(&["request", "retry", "--all-failed"]).ok();
        assert_eq!(home.audited(), [""; 0]);
    }
}
