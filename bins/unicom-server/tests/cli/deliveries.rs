//! Tests of `unicom delivery`.

use std::time::Duration;

use serde_json::json;
use unicom_core::{CoreError, OutgoingMessage, outbound::append_outgoing};
use unicom_db::Tx;
use unicom_db::queries::{chats, deliveries};
use unicom_testing::{TestDatabase, both_engines};

use crate::unclaimed_messages::Inbox;
use crate::workspace::{UNKNOWN_ID, Workspace, has};

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn dead_delivery_can_be_retried(db: &TestDatabase) {
        let home = Workspace::on(db);
        let (dead, queued) = (outgoing(db, "ada"), outgoing(db, "eve"));
        db.write(|tx| -> Result<(), CoreError> {
            give_up(tx, 1, "no\tluck")
        });
        has(&home.run(&["delivery", "list"]).ok(), &[&dead, "dead", "no\\tluck", &queued, "queued"]);
        let list = |arguments: &[&str]| home.json(&[&["delivery", "list"], arguments].concat());
        assert_eq!(list(&["--limit", "1"])[0]["message_id"], json!(dead), "the latest change first");
        let found = list(&["--status", "dead"]);
        assert_eq!((&found[0]["attempts"], &found[0]["error"]), (&json!(1), &json!("no\tluck")));
        assert_eq!(list(&["--status", "queued"])[0]["message_id"], json!(queued));
        assert_eq!(list(&["--status", "sent"]), json!([]));

        has(&home.run(&["delivery", "retry", &dead]).ok(), &["is in the queue again"]);
        let said = home.run(&["delivery", "retry", &dead]).failure();
        has(&said, &["is queued: only a dead one can be tried again"]);
        assert_eq!(list(&["--status", "queued"]).as_array().map(Vec::len), Some(2));
        assert_eq!(home.audited(), [format!("cli delivery.retry message:{dead}")]);

        db.write(|tx| give_up(tx, 10, "no luck"));
        assert_eq!(home.json(&["delivery", "retry", &queued]), json!({ "message_id": queued }));
    }

    fn unknown_delivery_is_reported(db: &TestDatabase) {
        let home = Workspace::on(db);
        let said = home.run(&["delivery", "retry", UNKNOWN_ID]).failure();
        has(&said, &[&format!("delivery `{UNKNOWN_ID}` does not exist")]);
        home.run(&["delivery", "retry", "7"]).wrong_use();
        home.run(&["delivery", "retry"]).wrong_use();
        let said = home.run(&["delivery", "list", "--status", "lost"]).wrong_use();
        has(&said, &["lost", "queued, sent, dead"]);
        home.run(&["delivery", "list", "--limit", "0"]).wrong_use();
        assert_eq!(home.json(&["delivery", "list"]), json!([]));
    }
}

/// Marks the due deliveries of up to `limit` chats as dead.
fn give_up(tx: &mut Tx<'_>, limit: i64, error: &str) -> Result<(), CoreError> {
    for lease in deliveries::claim(tx, limit, Duration::from_secs(10))? {
        if let Some(claimed) = deliveries::begin_attempt(tx, lease)? {
            let chat = chats::lock(tx, &claimed.message.chat_id)?.unwrap();
            deliveries::dead(tx, &chat, &claimed, error)?;
        }
    }
    Ok(())
}

/// Queues a message for delivery to `who`. Returns its id.
fn outgoing(db: &TestDatabase, who: &'static str) -> String {
    db.write(move |tx| -> Result<String, CoreError> {
        let inbox = Inbox::new(tx)?;
        let chat = inbox.take(tx, who, "Hello!")?.chat_id;
        let message = append_outgoing(tx, &inbox.0, &chat, OutgoingMessage::text("Hi!"), None)?;
        let chat = chats::lock(tx, &chat)?.unwrap();
        deliveries::queue(tx, &chat, &message)?;
        Ok(message.id.to_string())
    })
}
