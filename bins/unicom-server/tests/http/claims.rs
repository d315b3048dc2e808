//! Tests of what visitors say about themselves.

use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use crate::app::TestApp;
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;
use crate::other_sites::Shop;

const CLAIMS: &str = "/unicom/webchat/visitor/claims/";

fn ada() -> Value {
    json!({ "name": "Ada", "email": "ada@example.org", "phone": "0170 1234567", "fields": { "topic": "An order" } })
}

/// Returns the data about the account in whose chat the message was written, as admins see it.
async fn raw(root: &Client, message: &Value) -> Value {
    let chat = format!(
        "/unicom/admin/chats/{}/",
        message["chat_id"].as_str().unwrap()
    );
    let chat = root.get(&chat).await.ok();
    let account = &chat["participants"][0];
    assert_eq!(
        (&account["name"], &account["member_id"]),
        (&json!("Guest"), &Value::Null)
    );
    account["raw"].clone()
}

/// Says something before the first message, with it and afterwards.
async fn says_who_they_are(app: &TestApp, guest: &Client) {
    // The address is that of a member, who is not found by it.
    let root = app.program().await;
    let known = json!({ "name": "Ada", "email": "ada@example.org", "email_verified": true });
    root.post("/unicom/admin/members/", known).await.ok();
    let nothing = NoSideEffects::of(app).await;
    assert_eq!(guest.put(CLAIMS, ada()).await.ok()["stored"], false);
    nothing.unchanged("claims before the first message").await;

    let sent = guest
        .send(json!({ "text": "Hello", "claims": ada() }))
        .await
        .ok();
    let message = &sent["message"];
    assert_eq!(message["sender_name"], "Guest");
    assert_eq!(raw(&root, message).await["claims"], ada());
    let other = json!({ "name": " Eve ", "email": "", "phone": null });
    assert_eq!(guest.put(CLAIMS, other).await.ok()["stored"], true);
    assert_eq!(
        raw(&root, message).await["claims"],
        json!({ "name": "Eve" })
    );
    guest.say("A message without claims").await;
    assert_eq!(
        raw(&root, message).await["claims"],
        json!({ "name": "Eve" })
    );
    guest.put(CLAIMS, json!({})).await.ok();
    assert_eq!(raw(&root, message).await, json!({}));
}

both! {
    async fn guest_says_who_they_are(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        says_who_they_are(&app, &app.guest().await).await;
    }

    async fn guest_of_another_site_says_who_they_are(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let guest = shop.guest().await;
        says_who_they_are(&shop.app, &guest).await;
    }

    async fn claims_stay_beside_what_a_site_says(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let guest = shop.guest().await;
        guest.send(json!({ "text": "Hello", "claims": ada() })).await.ok();
        let said = json!({ "sub": "ann", "name": "Ann", "email": "ann@shop.example" });
        let identified = shop.identify(&guest, said.clone()).await.ok();
        assert_eq!(identified["merged"], true);
        let ann = shop.with_token(&identified);
        let path = format!("/unicom/admin/accounts/{}/", identified["account_id"].as_str().unwrap());
        let root = shop.app.program().await;
        let account = async || root.get(&path).await.ok()["account"].clone();
        let now = account().await;
        assert_eq!((&now["name"], &now["raw"]["email"]), (&json!("Ann"), &json!("ann@shop.example")));
        assert_eq!(now["raw"]["claims"], ada());

        ann.put(CLAIMS, json!({ "email": "eve@example.org" })).await.ok();
        shop.identify(&ann, said).await.ok();
        let now = account().await;
        assert_eq!((&now["name"], &now["raw"]["email"]), (&json!("Ann"), &json!("ann@shop.example")));
        assert_eq!(now["raw"]["claims"], json!({ "email": "eve@example.org" }));
    }

    async fn claims_come_with_forms_and_logins(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest().await;
        let form = "text=Hello&claims=%7B%22name%22%3A%22Ada%22%7D";
        let sent = guest.request(reqwest::Method::POST, "/unicom/webchat/send/");
        sent.body("application/x-www-form-urlencoded", form).send().await.ok();
        guest.register("ann").await;
        let path = format!("/unicom/admin/accounts/{}/", guest.account_id().await);
        let account = app.program().await.get(&path).await.ok()["account"].clone();
        assert_eq!((&account["name"], &account["raw"]["claims"]["name"]), (&json!("ann"), &json!("Ada")));
    }

    async fn invalid_claims_are_refused(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let guest = app.guest_who_wrote("Hello").await;
        let nothing = NoSideEffects::of(&app).await;
        let many: Value = (0..21).map(|number| (format!("f{number}"), json!("x"))).collect();
        for (claims, code, named) in [
            (json!({ "name": 7 }), "invalid_body", "name"),
            (json!({ "name": "a\u{7}b" }), "invalid_body", "name"),
            (json!({ "name": "x".repeat(256) }), "invalid_body", "name"),
            (json!({ "email": "ada" }), "invalid_body", "email"),
            (json!({ "phone": "call me" }), "invalid_body", "phone"),
            (json!({ "phone": "1".repeat(33) }), "invalid_body", "phone"),
            (json!({ "fields": { "a": 1 } }), "invalid_body", "fields"),
            (json!({ "fields": { "A b": "x" } }), "invalid_body", "fields"),
            (json!({ "fields": { "a": "x".repeat(2001) } }), "invalid_body", "fields"),
            (json!({ "fields": { "a": "\0" } }), "invalid_text", "fields"),
            (json!({ "fields": many }), "invalid_body", "fields"),
        ] {
            guest.put(CLAIMS, claims.clone()).await.is(400, code).names(named);
            let sent = guest.send(json!({ "text": "Hello", "claims": claims })).await;
            sent.is(400, code);
            assert!(sent.text().contains(named), "{}", sent.text());
        }
        nothing.unchanged("invalid claims").await;
    }
}
