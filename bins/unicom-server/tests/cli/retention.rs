//! Tests of `unicom retention`.

use std::time::Duration;

use serde_json::json;
use unicom_db::queries::queue;
use unicom_models::{RequestStatus, UtcTime};
use unicom_testing::{TestClock, TestDatabase, both_engines};
use unicom_webchat::{NewMessage, Visitor, WebChatError, save_webchat_message_on};

use crate::server::Server;
use crate::workspace::{Workspace, has};

/// Stores a message that a guest sent 99 days ago, and a reply.
fn wrote_long_ago(db: &TestDatabase, guest: &'static str) {
    let clock = TestClock::new();
    let past = clock.now().minus(Duration::from_secs(99 * 86_400));
    let options = unicom_db::DatabaseOptions {
        clock: unicom_db::Clock::new(move || past),
        ..clock.options()
    };
    let written = db.connect_with(options).write(move |tx| {
        let visitor = Visitor::guest(guest);
        let saved = save_webchat_message_on(tx, None, &visitor, NewMessage::text("An old story"))?;
        let lease = queue::claim(tx, 1, Duration::from_secs(60))?.remove(0);
        let mut claim = queue::begin_attempt(tx, lease)?.ok_or(WebChatError::NotFound)?;
        claim
            .request
            .reach(RequestStatus::Completed, UtcTime::now());
        queue::finish(tx, &claim.request, Some(&claim.lease))?;
        Ok::<_, WebChatError>(saved.message.id)
    });
    written.wait().unwrap();
}

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn run_deletes_what_the_dry_run_reported(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel().to_string();
        assert_eq!(home.json(&["retention", "run", "--yes"]), json!([]));
        wrote_long_ago(db, "g");
        let config = r#"{"bot":"echo","retention_days":30}"#;
        home.run(&["channel", "update", &id, "--config", config]).ok();
        let expected = json!([{
            "channel_id": id.parse::<i64>().unwrap(), "days": 30, "messages": 1, "files": 0, "chats": 1, "accounts": 1,
        }]);
        assert_eq!(home.json(&["retention", "run", "--dry-run"]), expected);
        assert_eq!(home.json(&["account", "list"]).as_array().unwrap().len(), 1);
        assert_eq!(home.json(&["retention", "run", "--yes"]), expected);
        assert_eq!(home.json(&["account", "list"]), json!([]));
        has(&home.run(&["retention", "run", "--yes"]).ok(), &["CHANNEL", "30"]);
    }

    fn invalid_retention_setting_is_rejected(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel().to_string();
        for wrong in ["0", "-3", "36501", "1.5", "\"90\"", "true"] {
            let config = format!(r#"{{"retention_days":{wrong}}}"#);
            // The value is refused even if the channel is inactive.
            for active in ["true", "false"] {
                let run = home.run(&["channel", "update", &id, "--config", &config, "--active", active]);
                has(&run.wrong_use(), &["`retention_days` must be an integer number of days from 1 to 36500"]);
            }
        }
    }

    fn server_applies_retention(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel().to_string();
        wrote_long_ago(db, "g");
        home.run(&["channel", "update", &id, "--config", r#"{"retention_days":30}"#]).ok();
        let server = Server::serve(&home);
        let since = std::time::Instant::now();
        while home.json(&["account", "list"]) != json!([]) {
            assert!(since.elapsed() < Duration::from_secs(60), "{}", server.err());
            std::thread::sleep(Duration::from_millis(100));
        }
        has(&server.err(), &["deleted what is older than 30 days: 1 messages"]);
    }
}
