//! Tests of admins who take chats from bots and give them back.

use serde_json::{Value, json};
use unicom_auth::{Scope, tokens};
use unicom_core::Bots;
use unicom_core::bots::{BotContext, HandOver, Outcome};
use unicom_testing::TestDatabase;

use super::path;
use crate::app::{Setup, TestApp};
use crate::both;
use crate::client::Client;
use crate::live::socket::Socket;

/// Returns the only chat in a list.
async fn only_chat(client: &Client, list: &str) -> Value {
    client.get(list).await.ok()["chats"][0].clone()
}

const OWN: &str = "/unicom/webchat/chats/";

both! {
    async fn chat_is_taken_and_given_back(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let root = app.program().await;
        let other = app.program_of("other").await;
        let ann = app.user("ann").await;
        let chat_id = ann.say("Hello").await["chat_id"].as_str().unwrap().to_owned();
        app.settled().await;
        let (take, release) = (path(&format!("chats/{chat_id}/take/")), path(&format!("chats/{chat_id}/release/")));
        let by_bot = json!({ "kind": "bot", "name": "Site" });
        assert_eq!(only_chat(&ann, OWN).await["holder"], by_bot);
        let (mut socket, hello) = Socket::open(&ann).await;
        assert_eq!(hello["chats"][0]["holder"], by_bot);
        socket.subscribe(&chat_id, None).await;

        let taken = root.post(&take, Value::Null).await.ok()["chat"].clone();
        let holder = &taken["holder"];
        assert_eq!((&holder["kind"], &holder["name"]), (&json!("staff"), &json!("root the user")));
        assert_eq!(holder["user_id"], json!(app.user_called("root").await.id.to_string()));
        assert!(holder["since"].is_string());
        assert_eq!((&holder["reason"], &holder["summary"]), (&Value::Null, &Value::Null));
        app.audited("chat.take", &format!("chat:{chat_id}")).await;
        for list in [path("chats/"), path(&format!("chats/?channel_id={}", app.channel_id()))] {
            assert_eq!(only_chat(&root, &list).await, taken);
        }
        assert_eq!(root.get(&path(&format!("chats/{chat_id}/"))).await.ok()["chat"], taken);
        // Visitors are not told who it is by an id.
        let shown = json!({ "kind": "staff", "name": "root the user" });
        assert_eq!(only_chat(&ann, OWN).await["holder"], shown);
        assert_eq!(socket.next_of(&["chat"]).await["chat"]["holder"], shown);
        let told = socket.next_of(&["changes"]).await;
        assert_eq!(told["items"], json!([{ "kind": "holder", "holder": shown }]));

        other.post(&take, Value::Null).await.is(409, "chat_taken");
        other.post(&release, Value::Null).await.is(409, "chat_taken");
        root.post(&format!("{take}?force=perhaps"), Value::Null).await.is(400, "invalid_parameter");
        root.post(&path("chats/nowhere/take/"), Value::Null).await.is(404, "chat_not_found");
        ann.say("Anyone?").await;
        app.settled().await;
        assert_eq!(ann.texts().await, ["Hello", "Echo: Hello", "Anyone?"]);

        let forced = other.post(&format!("{take}?force=true"), Value::Null).await.ok();
        assert_eq!(forced["chat"]["holder"]["name"], "other the user");
        let released = other.post(&release, Value::Null).await.ok();
        assert_eq!((&released["chat"]["holder"]["kind"], &released["chat"]["is_held"]), (&json!("bot"), &json!(false)));
        app.audited("chat.release", &format!("chat:{chat_id}")).await;
        // No person has answered.
        app.settled().await;
        assert_eq!(ann.texts().await[3], "Echo: Anyone?");
    }

    async fn bot_hands_a_chat_over(db: &TestDatabase) {
        let bots = Bots::default().with("echo", |_: BotContext| async {
            let hand_over = HandOver { reason: "a refund".to_owned(), summary: "Order 17".to_owned() };
            Ok(Outcome { hand_over: Some(hand_over), ..Outcome::text("One moment") })
        });
        let setup = Setup { channel: json!({ "bot": "echo" }), bots, ..Setup::default() };
        let app = TestApp::with(db, setup).await;
        let root = app.program().await;
        let ann = app.user("ann").await;
        ann.say("My money!").await;
        app.settled().await;
        assert_eq!(only_chat(&ann, OWN).await["holder"], json!({ "kind": "staff", "name": null }));
        let holder = only_chat(&root, &path("chats/")).await["holder"].clone();
        assert_eq!(
            (&holder["kind"], &holder["name"], &holder["reason"], &holder["summary"]),
            (&json!("waiting"), &Value::Null, &json!("a refund"), &json!("Order 17")),
        );
        let requests = root.get(&path("requests/?status=QUEUED")).await.ok();
        assert_eq!(requests["requests"].as_array().unwrap().len(), 1);
    }

    async fn taking_a_chat_needs_the_scope_for_conversations(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("Hello").await;
        let chat_id = guest.account_id().await;
        let root = app.new_user("root", true).await;
        for (scope, is_allowed) in [(Scope::Read, false), (Scope::Write, true)] {
            let id = root.id;
            let made = app.database().write(move |tx| tokens::create(tx, id, "a test", scope, None));
            let program = Client::new(app.base()).with_bearer(&made.await.unwrap().1);
            for verb in ["take", "release"] {
                let done = program.post(&path(&format!("chats/{chat_id}/{verb}/")), Value::Null).await;
                match is_allowed {
                    true => drop(done.ok()),
                    false => drop(done.is(403, "insufficient_scope")),
                }
            }
        }
    }
}
