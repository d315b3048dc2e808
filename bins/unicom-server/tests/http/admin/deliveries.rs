//! Tests of admins who list failed deliveries and retry them.

use reqwest::Method;
use serde_json::json;
use unicom_core::{
    IncomingMessage, Platforms,
    inbound::{PlatformEvent, Sender, receive},
    platform::DeliveryError,
};
use unicom_db::queries::channels;
use unicom_models::ChannelId;
use unicom_testing::{FakePlatform, TestDatabase};

use super::{NOTHING, id, path};
use crate::app::{Setup, TestApp};
use crate::both;
use crate::no_side_effects::NoSideEffects;

const CHAT: &str = "fake_49170";

/// The secret setting of the channel.
const TOKEN: &str = "4711:secret";

/// Starts a server with a platform on the network, through which a message has arrived.
async fn start(db: &TestDatabase, fake: &FakePlatform) -> TestApp {
    let platforms = unicom_server::platforms().with(fake.clone());
    let app = TestApp::with(
        db,
        Setup {
            platforms: Platforms::clone(&platforms),
            ..Setup::default()
        },
    )
    .await;
    let admin = app.program().await;
    let body =
        json!({ "platform": FakePlatform::KIND, "name": "Hotline", "config": { "token": TOKEN } });
    let channel = admin.post(&path("channels/"), body).await.ok();
    let channel = ChannelId(channel["channel"]["id"].as_i64().unwrap());
    let wrote = app.database().write(move |tx| {
        let channel = channels::get(tx, channel)?.unwrap();
        let (account, chat) = (Sender::new("49170", "Ada"), FakePlatform::chat("49170"));
        let message = IncomingMessage {
            text: "Hello!".to_owned(),
            ..IncomingMessage::default()
        };
        receive(tx, &channel, PlatformEvent::message(account, chat, message))
    });
    wrote.await.unwrap();
    app
}

both! {
    async fn admins_send_to_any_platform_and_see_the_delivery_status(db: &TestDatabase) {
        let fake = FakePlatform::default();
        let app = start(db, &fake).await;
        let chief = app.new_user("chief", true).await;
        let admin = crate::client::Client::new(app.base()).with_bearer(&app.token(&chief).await);
        // As an HTTP client reports it: with the whole address.
        let failure = format!("no such number: https://gateway.example/bot{TOKEN}/send");
        fake.fail_next(DeliveryError::rejected("unknown_number", failure));
        let messages = path(&format!("chats/{CHAT}/messages/"));
        let sent = admin
            .post(&messages, json!({ "text": "Good morning" }))
            .await
            .ok();
        let message = id(&sent["message"]);
        let dead = path("deliveries/?status=dead");
        let found = TestApp::wait_for("a dead delivery", async || {
            let found = admin.get(&dead).await.ok()["deliveries"].clone();
            (found != json!([])).then_some(found)
        })
        .await;
        assert_eq!(found[0]["message_id"], message);
        assert_eq!(
            found[0]["error"],
            "rejected (unknown_number): no such number: https://gateway.example/bot***/send"
        );
        assert!(fake.delivered().is_empty());

        let retry = path(&format!("deliveries/{message}/retry/"));
        let retried = admin.post(&retry, json!({})).await.ok();
        assert_eq!(retried["delivery"]["status"], "queued");
        app.audited("delivery.retry", &format!("message:{message}"))
            .await;
        TestApp::wait_for("the delivery", async || {
            (fake.delivered().len() == 1).then_some(())
        })
        .await;
        assert_eq!(fake.delivered()[0].message.text, "Good morning");
        TestApp::wait_for("its note", async || {
            let all = admin
                .get(&path("deliveries/?status=sent&limit=5"))
                .await
                .ok();
            (all["deliveries"].as_array().unwrap().len() == 1).then_some(())
        })
        .await;
        let read = admin.get(&messages).await.ok();
        let read = read["messages"].as_array().unwrap();
        let sent = read.iter().find(|one| one["id"] == message).unwrap();
        assert!(sent["sent_at"].is_string());
        let provider_id = sent["provider_message_id"].as_str().unwrap();
        assert!(provider_id.starts_with("fake-"));
        let note = read.iter().find(|one| one["direction"] == "internal");
        let expected = "A message was not delivered: no such number: https://gateway.example/bot***/send";
        assert_eq!(note.unwrap()["text"], expected);

        let watch = NoSideEffects::of(&app).await;
        let again = admin.request(Method::POST, &retry);
        watch
            .refused("a sent one", again, (409, "conflict"))
            .await
            .names("sent");
        for gone in [NOTHING, "x"] {
            let request = admin.request(Method::POST, &path(&format!("deliveries/{gone}/retry/")));
            watch.refused(gone, request, (404, "not_found")).await;
        }
        for (query, code, word) in [
            ("status=lost", "invalid_parameter", "dead"),
            ("limit=0", "invalid_parameter", "`limit`"),
            ("cursor=x", "unknown_filter", "`status`"),
        ] {
            let request = admin.request(Method::GET, &path(&format!("deliveries/?{query}")));
            watch.refused(query, request, (400, code)).await.names(word);
        }
    }
}
