//! `unicom request`.

use diesel::RunQueryDsl;
use serde_json::json;
use unicom_db::{DbError, on_engine, queries::requests};
use unicom_testing::{TestDatabase, both_engines};

use crate::home::{Home, has};
use crate::{server::Server, visitor::Visitor};

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    async fn a_failed_request_can_be_tried_again(db: &TestDatabase) {
        let home = Home::on(db);
        // Nobody answers yet.
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
        has(&home.run(&["request", "retry", &id]).failure(), &["only a FAILED one"]);
        let server = Server::serve(&home);
        assert_eq!(visitor.at(&server).texts_once(2).await, ["Hello!", "Echo: Hello!"]);
        assert_eq!(home.json(&["request", "list", "--status", "FAILED"]), json!([]));
    }

    fn an_unknown_request_is_named(db: &TestDatabase) {
        let home = Home::on(db);
        let id = "01900000-0000-7000-8000-000000000000";
        for command in ["show", "retry"] {
            let said = home.run(&["request", command, id]).failure();
            has(&said, &["request", id, "does not exist"]);
            home.run(&["request", command, "7"]).wrong_use();
        }
        let said = home.run(&["request", "list", "--status", "LOST"]).wrong_use();
        has(&said, &["LOST", "PENDING", "COMPLETED", "FAILED"]);
        assert_eq!(home.json(&["request", "list"]), json!([]));
    }
}

/// Gives every request up, as a pipeline does after its last attempt; the id of one.
async fn fail_all(db: &TestDatabase) -> String {
    let given_up = "UPDATE unicom_requests SET status = 'FAILED', error = 'no luck', due_at = NULL";
    let failed = db.database().write(move |tx| -> Result<_, DbError> {
        on_engine!(&mut **tx, conn => diesel::sql_query(given_up).execute(conn))?;
        requests::list(tx, None, 1)
    });
    failed.await.unwrap()[0].id.to_string()
}
