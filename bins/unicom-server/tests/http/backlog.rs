//! Tests that a server that starts with a large backlog reads few of the waiting requests before it
//! starts to work.

use std::future::pending;

use serde_json::json;
use unicom_core::{Bots, bots::BotContext};
use unicom_db::queries::channels;
use unicom_server::Options;
use unicom_testing::TestDatabase;
use unicom_webchat::{NewMessage, Visitor, WebChatError, save_webchat_message};

use crate::app::TestApp;
use crate::both;
use crate::statements::{cost, recording_with};

/// Number of requests of each of ten visitors: far more than are processed at a time, and most of
/// them blocked by others.
const EACH: usize = 200;

/// Limit on statements until ten bots run and a new guest's message is acknowledged: some eight for
/// each of these, and some for housekeeping and for deferring blocked requests. Far fewer than one
/// for each waiting request.
const MOST: usize = 500;

impl TestApp {
    /// Has ten visitors write `EACH` messages each, on a second channel whose bot is `echo`.
    async fn leave_a_backlog(&self) {
        let channel_id = self.channel(json!({ "bot": "echo" })).await;
        for visitor in 0..10 {
            let written = self.database().write(move |tx| {
                let channel = channels::get(tx, channel_id)?.unwrap();
                for number in 0..EACH {
                    let new = NewMessage::text(number.to_string());
                    save_webchat_message(tx, &channel, &Visitor::guest(visitor.to_string()), new)?;
                }
                Ok::<_, WebChatError>(())
            });
            written.await.unwrap();
        }
    }
}

both! {
    async fn startup_reads_few_pending_requests(db: &TestDatabase) {
        let (mut app, recorded) = recording_with(db, Options::default()).await;
        app.leave_a_backlog().await;
        app.crash();
        // Bots that never finish, so requests stay in progress.
        let stuck = Bots::default().with("echo", |_: BotContext| pending());
        let start = async {
            app.run(Options::default(), stuck);
            app.guest_who_wrote("I am new here").await;
            let at_work = "SELECT count(*) AS number FROM unicom_requests WHERE status = 'PROCESSING'";
            TestApp::wait_for("bots at work", async || (app.number(at_work).await == 10).then_some(())).await;
        };
        let ((), statements) = cost(&recorded, start).await;
        assert!(statements.len() <= MOST, "{} statements:\n{}", statements.len(), statements.join("\n"));
    }
}
