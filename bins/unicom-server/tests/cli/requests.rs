//! Tests of `unicom request`.

use std::time::Duration;

use serde_json::json;
use unicom_db::DbError;
use unicom_db::queries::queue;
use unicom_db::queries::requests::{self, RequestFilters};
use unicom_testing::{TestDatabase, both_engines};

use crate::unclaimed_messages::{self, Inbox};
use crate::workspace::{UNKNOWN_ID, Workspace, has};
use crate::{server::Server, visitor::Visitor};

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    async fn failed_request_can_be_retried(db: &TestDatabase) {
        let home = Workspace::on(db);
        // The channel has no bot yet.
        let made = home.json(&["channel", "create", "--platform", "WebChat", "--name", "Site"]);
        let server = Server::serve(&home);
        let visitor = Visitor::of(&server);
        visitor.send("Hello!").await;
        server.kill();

        let id = fail_all(db).await;
        let failed = home.json(&["request", "list", "--status", "FAILED"]);
        assert_eq!((&failed[0]["id"], &failed[0]["error"]), (&json!(id), &json!("no luck")));
        has(&home.run(&["request", "list"]).ok(), &[&id, "FAILED", "Hello!", "no luck"]);
        assert_eq!(home.json(&["request", "show", &id])["status"], "FAILED");
        has(&home.run(&["request", "show", &id]).ok(), &["status: FAILED"]);

        let channel = made["id"].to_string();
        home.run(&["channel", "update", &channel, "--config", r#"{"bot":"echo"}"#]).ok();
        has(&home.run(&["request", "retry", &id]).ok(), &["is in the queue again"]);
        has(&home.run(&["request", "retry", &id]).failure(), &["only one that is FAILED"]);
        let server = Server::serve(&home);
        assert_eq!(visitor.at(&server).texts_once(2).await, ["Hello!", "Echo: Hello!"]);
        assert_eq!(home.json(&["request", "list", "--status", "FAILED"]), json!([]));
    }

    fn all_failed_requests_can_be_retried(db: &TestDatabase) {
        let home = Workspace::on(db);
        has(&home.run(&["request", "retry", "--all-failed"]).ok(), &["0 requests are"]);
        // More requests than one batch holds.
        let count = 1001;
        let ids: Vec<String> = db.write(move |tx| {
            let inbox = Inbox::new(tx)?;
            for i in 0..count {
                inbox.take(tx, &format!("ada{}", i % 7), "Hello!")?;
            }
            unclaimed_messages::fail_all(tx)?;
            let all = requests::list(tx, &RequestFilters::default(), 2000)?;
            Ok::<_, unicom_core::CoreError>(all.iter().map(|request| request.id.to_string()).collect())
        });
        assert_eq!(home.json(&["request", "retry", "--all-failed"]), json!({ "retried": count }));
        let queued = home.json(&["request", "list", "--status", "QUEUED", "--limit", "2000"]);
        assert_eq!(queued.as_array().map(Vec::len), Some(ids.len()));
        let trail = home.json(&["audit", "list", "--limit", "2000"]);
        let subjects: Vec<_> = trail.as_array().unwrap().iter().map(|line| line["subject"].clone()).collect();
        let expected: Vec<_> = ids.iter().map(|id| json!(format!("request:{id}"))).collect();
        assert_eq!(subjects, expected, "the oldest first, and each once");
        assert_eq!(home.json(&["request", "retry", "--all-failed"]), json!({ "retried": 0 }));
        home.run(&["request", "retry", &ids[0], "--all-failed"]).wrong_use();
        home.run(&["request", "retry"]).wrong_use();
    }

    fn requests_can_be_filtered(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = |arguments: &[&str]| home.json(arguments)["id"].as_str().unwrap().to_owned();
        let member = id(&["member", "create", "Ada"]);
        let category = id(&["category", "create", "Sales"]);
        let (of_member, of_category) = (member.parse().unwrap(), category.parse().unwrap());
        db.write(move |tx| {
            let inbox = Inbox::new(tx)?;
            inbox.take(tx, "ada", "Hello!")?;
            inbox.take(tx, "eve", "\u{1b}[2JGood\nmorning")?;
            for lease in queue::claim(tx, 2, Duration::from_secs(10))? {
                let request = queue::begin_attempt(tx, lease)?.unwrap().request;
                match request.chat_id.as_str() {
                    "pigeon_loft_ada" => queue::set_member(tx, request.id, Some(of_member))?,
                    _ => queue::set_category(tx, &request, of_category)?,
                }
            }
            Ok::<_, unicom_core::CoreError>(())
        });
        let list = |arguments: &[&str]| -> Vec<String> {
            let found = home.json(&[&["request", "list"], arguments].concat());
            let text = |one: &serde_json::Value| one["account_id"].as_str().unwrap().to_owned();
            found.as_array().unwrap().iter().map(text).collect()
        };
        assert_eq!(list(&[]), ["pigeon_eve", "pigeon_ada"]);
        assert_eq!(list(&["--account", "pigeon_ada"]), ["pigeon_ada"]);
        assert_eq!(list(&["--chat", "pigeon_loft_eve"]), ["pigeon_eve"]);
        assert_eq!(list(&["--member", &member]), ["pigeon_ada"]);
        assert_eq!(list(&["--category", &category]), ["pigeon_eve"]);
        assert_eq!(list(&["--category", &category, "--member", &member]), [""; 0]);
        assert_eq!(list(&["--account", "nobody"]), [""; 0]);
        home.run(&["request", "list", "--category", "Sales"]).wrong_use();
        home.run(&["request", "list", "--member", "Ada"]).wrong_use();

        let found = home.json(&["request", "list", "--account", "pigeon_eve"]);
        let shown = home.run(&["request", "show", found[0]["id"].as_str().unwrap()]).ok();
        has(&shown, &["chat_id: pigeon_loft_eve", "attempts: 1", &format!("category_id: {category}"), "llm_tokens: 0"]);
        assert!(!shown.contains('\u{1b}'), "what visitors write must not act in a terminal: {shown}");
    }

    fn unknown_request_is_reported(db: &TestDatabase) {
        let home = Workspace::on(db);
        for command in ["show", "retry"] {
            let said = home.run(&["request", command, UNKNOWN_ID]).failure();
            has(&said, &["request", UNKNOWN_ID, "does not exist"]);
            home.run(&["request", command, "7"]).wrong_use();
        }
        let said = home.run(&["request", "list", "--status", "LOST"]).wrong_use();
        has(&said, &["LOST", "PENDING", "COMPLETED", "FAILED"]);
        assert_eq!(home.json(&["request", "list"]), json!([]));
    }
}

/// Marks every request as failed, as the pipeline does after the last attempt. Returns the id of
/// one.
async fn fail_all(db: &TestDatabase) -> String {
    let failed = db.database().write(|tx| -> Result<_, DbError> {
        unclaimed_messages::fail_all(tx)?;
        requests::list(tx, &RequestFilters::default(), 1)
    });
    failed.await.unwrap()[0].id.to_string()
}
