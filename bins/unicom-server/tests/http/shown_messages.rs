//! Tests of who wrote a message, what has become of it and what its file is, as visitors see it.

use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use crate::admin::path;
use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::sample_images::png_of_size;

/// Returns the newest message of the default chat once its text begins like this.
async fn newest(client: &Client, beginning: &str) -> Value {
    TestApp::wait_for(beginning, async || {
        let newest = client.messages("limit=1").await["messages"][0].clone();
        let text = newest["text"].as_str().unwrap().to_owned();
        text.starts_with(beginning).then_some(newest)
    })
    .await
}

fn author(kind: &str, name: &str, is_self: bool) -> Value {
    json!({ "kind": kind, "name": name, "avatar_url": null, "is_self": is_self })
}

both! {
    async fn authors_are_who_wrote(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        app.new_user("chief", true).await;
        let staff = app.guest().await;
        staff.log_in("chief").await;
        let ann = app.user("ann").await;
        let sent = ann.say("Hello").await;
        assert_eq!(sent["author"], author("visitor", "ann", true));
        let answer = newest(&ann, "Echo: Hello").await;
        assert_eq!(answer["author"]["kind"], "bot");
        assert_eq!(answer["author"]["name"], answer["sender_name"]);
        let messages = path(&format!("chats/{}/messages/", ann.account_id().await));
        staff.post(&messages, json!({ "text": "It is me" })).await.ok();
        let of_staff = newest(&ann, "It is me").await;
        assert_eq!(of_staff["author"], author("staff", "chief the user", false));
        // A program writes for the user to whom its token belongs.
        let program = app.program().await;
        program.post(&messages, json!({ "text": "Automatic" })).await.ok();
        assert_eq!(newest(&ann, "Automatic").await["author"]["kind"], "bot");
        for name in ["Sales", "Support"] {
            let new = json!({ "name": name, "public": true, "matcher": { "kind": "keywords", "any": ["x"] } });
            program.post(&path("categories/"), new).await.ok();
        }
        ann.say("Hm").await;
        let list = TestApp::wait_for("the list", async || {
            let newest = ann.messages("limit=1").await["messages"][0].clone();
            (newest["is_outgoing"] == true && newest["text"].as_str()?.contains("Sales")).then_some(newest)
        })
        .await;
        assert_eq!(list["author"]["kind"], "system", "{list}");
    }

    async fn files_are_described_everywhere(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let ann = app.user("ann").await;
        let image = png_of_size(640, 480);
        let sent = ann.send_file("cat.png", &image).await.ok()["message"].clone();
        let media = json!({ "name": "cat.png", "content_type": "image/png", "size": image.len(),
            "width": 640, "height": 480, "duration_ms": null });
        assert_eq!(sent["media"], media);
        let page = ann.messages("").await;
        assert_eq!(page["messages"][0], sent);
        let chat_id = sent["chat_id"].as_str().unwrap();
        let told = ann.get(&format!("/unicom/webchat/events/?chat_id={chat_id}")).await.ok();
        let cursor = told["cursor"].as_str().unwrap();
        let again = ann.send_file("dog.png", &image).await.ok()["message"].clone();
        let told = ann.get(&format!("/unicom/webchat/events/?chat_id={chat_id}&cursor={cursor}")).await.ok();
        assert_eq!(told["items"][0]["message"], again);
        assert_eq!(ann.say("no file").await["media"], Value::Null);
    }

    async fn response_to_a_repeated_send_has_the_present_status(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let ann = app.user("ann").await;
        let body = json!({ "text": "Hello", "client_message_id": "m1" });
        assert_eq!(ann.send(body.clone()).await.ok()["message"]["status"], "sent");
        newest(&ann, "Echo: Hello").await;
        let repeated = ann.send(body).await.ok()["message"].clone();
        assert_eq!(repeated["status"], "seen");
        assert_eq!(ann.messages("order=asc").await["messages"][0], repeated);
        let path = format!("/unicom/webchat/message/{}/", repeated["id"].as_str().unwrap());
        let edited = ann.patch(&path, json!({ "text": "Hallo" })).await.ok()["message"].clone();
        assert_eq!((&edited["status"], &edited["text"]), (&json!("seen"), &json!("Hallo")));
    }

    async fn pages_change_their_tag_with_a_position(db: &TestDatabase) {
        let app = TestApp::with_echo(db).await;
        let ann = app.user("ann").await;
        let chat_id = ann.say("Hello").await["chat_id"].as_str().unwrap().to_owned();
        newest(&ann, "Echo: Hello").await;
        app.settled().await;
        let before = ann.get("/unicom/webchat/messages/").await;
        assert_eq!(before.json["messages"][0]["status"], "sent");
        assert_eq!(before.json["participants"], json!([]));
        ann.post(&format!("/unicom/webchat/chat/{chat_id}/read/"), json!({})).await.ok();
        let after = ann.get("/unicom/webchat/messages/").await;
        assert_ne!(before.header("etag"), after.header("etag"));
        assert_eq!(after.json["messages"][0]["status"], "seen");
        let newest_at = &after.json["messages"][0]["timestamp"];
        assert_eq!(after.json["participants"], json!([{ "is_self": true, "name": "ann",
            "delivered_up_to": newest_at, "read_up_to": newest_at }]));
    }
}
