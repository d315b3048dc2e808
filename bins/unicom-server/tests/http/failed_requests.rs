//! What visitors are told if a request has failed for good.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use unicom_core::Bots;
use unicom_core::admin::{Actor, retry_request};
use unicom_core::bots::{BotContext, BotError, Outcome};
use unicom_db::queries::requests::{self, RequestFilters};
use unicom_models::{Request, RequestStatus};
use unicom_testing::TestDatabase;

use crate::app::{Setup, TestApp};
use crate::both;
use crate::live::socket::Socket;

const DEFAULT: &str =
    "Sorry, your message could not be answered automatically. We have received it.";

/// Returns bots that fail for good.
fn failing() -> Bots {
    Bots::default().with("echo", |_: BotContext| async {
        Err::<Outcome, _>(BotError::Permanent("the model is gone".to_owned()))
    })
}

async fn app(db: &TestDatabase, mut channel: Value) -> TestApp {
    channel["bot"] = "echo".into();
    let setup = Setup {
        channel,
        bots: failing(),
        ..Setup::default()
    };
    TestApp::with(db, setup).await
}

/// Returns the requests with this status, once there are `count` of them.
async fn requests_of(app: &TestApp, status: RequestStatus, count: usize) -> Vec<Request> {
    TestApp::wait_for("the requests end", async || {
        let filters = RequestFilters {
            status: Some(status),
            ..RequestFilters::default()
        };
        let found = app
            .database()
            .read(move |db| requests::list(db, &filters, 100));
        Some(found.await.unwrap()).filter(|found| found.len() == count)
    })
    .await
}

both! {
    async fn visitor_is_told_once_and_live(db: &TestDatabase) {
        let app = app(db, json!({ "bot_name": "Robin" })).await;
        let ann = app.user("ann").await;
        let created = ann.post("/unicom/webchat/chats/", json!({ "name": "Orders" })).await.ok();
        let chat_id = created["chat"]["id"].as_str().unwrap().to_owned();
        let (mut socket, _) = Socket::open(&ann).await;
        socket.subscribe(&chat_id, None).await;
        ann.send(json!({ "text": "Hello", "chat_id": chat_id })).await.ok();
        let failed = requests_of(&app, RequestStatus::Failed, 1).await.remove(0);
        assert_eq!(failed.error.as_deref(), Some("permanent: the model is gone"));
        let page = ann.messages(&format!("chat_id={chat_id}&order=asc")).await;
        let messages = page["messages"].as_array().unwrap();
        assert_eq!(messages.len(), 2);
        let told = &messages[1];
        assert_eq!(told["text"], DEFAULT);
        assert_eq!(told["reply_to_message_id"], messages[0]["id"]);
        let author = json!({ "kind": "system", "name": "Robin", "avatar_url": null, "is_self": false });
        assert_eq!(told["author"], author);
        assert_eq!((&told["is_outgoing"], page["total"].as_i64().unwrap_or(2)), (&json!(true), 2));
        loop {
            let event = socket.next().await.to_string();
            if event.contains(DEFAULT) {
                break;
            }
        }
        // It is no request, and is not told again after another attempt.
        let id = failed.id;
        let retried = app.database().write(move |tx| retry_request(tx, &Actor::COMMAND_LINE, id));
        retried.await.unwrap();
        TestApp::wait_for("the second attempt fails", async || {
            let found = app.database().read(move |db| requests::get(db, id)).await.unwrap();
            found.filter(|request| request.attempts == 2 && request.status == RequestStatus::Failed)
        })
        .await;
        let page = ann.messages(&format!("chat_id={chat_id}")).await;
        assert_eq!(page["messages"].as_array().unwrap().len(), 2);
        assert_eq!(app.count("unicom_requests").await, 1);
    }

    async fn channel_sets_the_sentence(db: &TestDatabase) {
        for (setting, expected) in [
            (json!("Please call us."), Some("Please call us.")),
            (json!(null), Some(DEFAULT)),
            (json!(false), None),
        ] {
            let app = app(db, json!({ "failure_message": setting })).await;
            let before = app.count("unicom_requests").await;
            let guest = app.guest().await;
            let channel = app.channel_id().0;
            guest.send(json!({ "text": "Hello", "channel_id": channel })).await.ok();
            requests_of(&app, RequestStatus::Failed, before + 1).await;
            let page = guest.messages(&format!("order=asc&channel_id={channel}")).await;
            let texts: Vec<&str> = page["messages"].as_array().unwrap().iter()
                .map(|message| message["text"].as_str().unwrap()).collect();
            let all: Vec<&str> = std::iter::once("Hello").chain(expected).collect();
            assert_eq!(texts, all);
        }
    }

    async fn only_the_last_attempt_is_told(db: &TestDatabase) {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let bots = Bots::default().with("echo", move |_: BotContext| {
            let call = counted.fetch_add(1, Ordering::SeqCst);
            async move {
                match call {
                    0 => Err(BotError::Temporary("busy".to_owned())),
                    _ => Ok(Outcome::text("Hello, Ann")),
                }
            }
        });
        let setup = Setup { channel: json!({ "bot": "echo" }), bots, ..Setup::default() };
        let app = TestApp::with(db, setup).await;
        let guest = app.guest_who_wrote("Hello").await;
        requests_of(&app, RequestStatus::Completed, 1).await;
        assert_eq!(guest.texts().await.len(), 2);
        assert_eq!(calls.load(Ordering::SeqCst), 2);
    }
}
