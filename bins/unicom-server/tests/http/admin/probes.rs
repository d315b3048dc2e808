//! Tests of asking the provider before a channel is created or activated.

use reqwest::Method;
use serde_json::{Value, json};
use unicom_core::platform::PlatformContext;
use unicom_core::secrets::{CHANNEL_SECRETS, Secrets};
use unicom_db::{DbError, queries::channels};
use unicom_models::Channel;
use unicom_testing::{FakePlatform, FakeProbe, TestDatabase};

use super::{id, path};
use crate::app::{Setup, TestApp};
use crate::both;
use crate::client::Client;
use crate::no_side_effects::NoSideEffects;

/// Words of a provider that repeat the secrets of the channel.
const REFUSAL: &str =
    "401 for https://api.example/bot4711:secret/getMe\n(key from-the-environment)";

/// The words as admins get them.
const MASKED: &str = "the channel cannot work: 401 for https://api.example/bot***/getMe (key ***)";

async fn start(db: &TestDatabase, fake: &FakePlatform) -> TestApp {
    let look_up =
        |name: &str| (name == "UNICOM_CHANNEL_KEY").then(|| "from-the-environment".to_owned());
    let secrets = Secrets::new(CHANNEL_SECRETS, look_up);
    let platforms = unicom_server::platforms()
        .with(fake.clone())
        .with_context(PlatformContext::default().with_secrets(secrets));
    TestApp::with(
        db,
        Setup {
            platforms,
            ..Setup::default()
        },
    )
    .await
}

fn config() -> Value {
    json!({ "token": "4711:secret", "key_env": "UNICOM_CHANNEL_KEY" })
}

fn new() -> Value {
    json!({ "platform": FakePlatform::KIND, "name": "Fake", "config": config() })
}

fn refuse(fake: &FakePlatform) {
    fake.set_probe(FakeProbe::Refuse(REFUSAL.to_owned()));
}

async fn create(admin: &Client, query: &str) -> Value {
    let made = admin.post(&path(&format!("channels/{query}")), new()).await;
    made.ok()["channel"].clone()
}

async fn stored(app: &TestApp) -> Channel {
    let found = app
        .database()
        .read(|db| -> Result<_, DbError> { Ok(channels::list(db)?.pop()) });
    found.await.unwrap().unwrap()
}

both! {
    async fn channel_is_created_after_its_provider_was_asked(db: &TestDatabase) {
        let fake = FakePlatform::default();
        let app = start(db, &fake).await;
        let admin = app.program().await;
        let made = create(&admin, "").await;
        assert_eq!((&made["active"], &made["error"]), (&json!(true), &json!(null)));
        let asked = fake.probed();
        assert_eq!(asked.len(), 1);
        let channel = stored(&app).await;
        assert_eq!((asked[0].id, &asked[0].config), (channel.id, &channel.config));
        let url = format!("https://chat.example.com/hooks/fake/{}/", channel.id);
        assert_eq!(made["confirmed_webhook_url"], url);
        app.audited("channel.create", &format!("channel:{}", channel.id)).await;
    }

    async fn refused_channel_is_not_stored(db: &TestDatabase) {
        let fake = FakePlatform::default();
        let app = start(db, &fake).await;
        let admin = app.program().await;
        let watch = NoSideEffects::of(&app).await;
        let create = || admin.request(Method::POST, &path("channels/")).json(&new());
        refuse(&fake);
        let refused = watch.refused("create", create(), (400, "invalid_body")).await;
        assert_eq!(refused.json["error"], MASKED);
        fake.set_probe(FakeProbe::Panic);
        let refused = watch.refused("a panic", create(), (400, "invalid_body")).await;
        refused.names("the check of platform `Fake` failed");
        // An invalid channel is refused without asking.
        let asked = fake.probed().len();
        let wrong = json!({ "platform": "Fake", "name": "x", "config": { "token": 7 } });
        for query in ["", "?probe=false"] {
            let request = admin.request(Method::POST, &path(&format!("channels/{query}")));
            watch.refused("invalid", request.json(&wrong), (400, "invalid_body")).await;
        }
        let request = admin.request(Method::POST, &path("channels/?probe=perhaps")).json(&new());
        let refused = watch.refused("no flag", request, (400, "invalid_parameter")).await;
        refused.names("`probe`");
        assert_eq!(fake.probed().len(), asked);
    }

    async fn channel_is_stored_inactive_without_asking(db: &TestDatabase) {
        let fake = FakePlatform::default();
        let app = start(db, &fake).await;
        let admin = app.program().await;
        refuse(&fake);
        let made = create(&admin, "?probe=false").await;
        assert_eq!(made["active"], false);
        assert!(fake.probed().is_empty());

        let one = path(&format!("channels/{}/", id(&made)));
        let watch = NoSideEffects::of(&app).await;
        let activate = || admin.request(Method::PATCH, &one).json(&json!({ "active": true }));
        let refused = watch.refused("activate", activate(), (400, "invalid_body")).await;
        assert_eq!(refused.json["error"], MASKED);
        // An inactive channel is changed without asking.
        admin.patch(&one, json!({ "name": "Faked", "config": { "token": "***" } })).await.ok();
        admin.patch(&one, json!({ "config": config() })).await.ok();
        assert_eq!(fake.probed().len(), 1);

        // The result of a validation is stored.
        let validated = admin.post(&format!("{one}validate/"), json!({})).await.ok();
        let validated = &validated["channel"];
        assert_eq!((&validated["active"], &validated["error"]), (&json!(false), &json!(MASKED)));
        assert_eq!(stored(&app).await.error.as_deref(), Some(MASKED));

        fake.set_probe(FakeProbe::Accept);
        let changed = admin.patch(&one, json!({ "active": true })).await.ok();
        let changed = &changed["channel"];
        assert_eq!((&changed["active"], &changed["error"]), (&json!(true), &json!(null)));
        assert!(changed["confirmed_webhook_url"].is_string());
    }

    async fn active_channel_is_asked_about_what_may_matter(db: &TestDatabase) {
        let fake = FakePlatform::default();
        let app = start(db, &fake).await;
        let admin = app.program().await;
        let one = path(&format!("channels/{}/", id(&create(&admin, "").await)));
        refuse(&fake);
        admin.patch(&one, json!({ "name": "Faked" })).await.ok();
        assert_eq!(fake.probed().len(), 1);
        let watch = NoSideEffects::of(&app).await;
        let change = json!({ "config": { "token": "4711:secret2" } });
        let request = admin.request(Method::PATCH, &one).json(&change);
        watch.refused("another token", request, (400, "invalid_body")).await;
        assert_eq!(fake.probed()[1].config, change["config"]);

        let validated = admin.post(&format!("{one}validate/"), json!({})).await.ok();
        assert_eq!(validated["channel"]["active"], false);
        fake.set_probe(FakeProbe::Accept);
        let validated = admin.post(&format!("{one}validate/"), json!({})).await.ok();
        let validated = &validated["channel"];
        assert_eq!((&validated["active"], &validated["error"]), (&json!(true), &json!(null)));
    }
}
