//! Tests of admins who manage channels.

use reqwest::Method;
use serde_json::json;
use unicom_db::queries::channels;
use unicom_models::ChannelId;
use unicom_testing::{FakePlatform, TestDatabase};

use super::{NOTHING, id, path, refused_bodies};
use crate::app::{Setup, TestApp};
use crate::both;
use crate::no_side_effects::NoSideEffects;

both! {
    async fn channel_lifecycle(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let body = json!({ "platform": "WebChat", "name": "Shop", "config": { "bot": "echo" } });
        let made = admin.post(&path("channels/"), body).await;
        assert_eq!(made.status, 201);
        let made = made.ok()["channel"].clone();
        assert_eq!(made["active"], true);
        assert_eq!(made["platform"], "WebChat");
        let (id, subject) = (id(&made), format!("channel:{}", made["id"]));
        let line = app.audited("channel.create", &subject).await;
        assert_eq!(line.details["config_keys"], json!(["bot"]));

        let one = path(&format!("channels/{id}/"));
        let changed = admin
            .patch(
                &one,
                json!({ "active": false, "config": { "bot": "gone" } }),
            )
            .await
            .ok();
        assert_eq!(changed["channel"]["active"], false);
        assert_eq!(changed["channel"]["name"], "Shop");
        let line = app.audited("channel.update", &subject).await;
        assert_eq!(
            line.details,
            json!({ "active": false, "config_keys": ["bot"] })
        );

        let found = admin
            .post(&path(&format!("channels/{id}/validate/")), json!({}))
            .await
            .ok();
        assert_eq!(found["channel"]["active"], false);
        assert!(found["channel"]["error"].as_str().unwrap().contains("gone"));
        app.audited("channel.validate", &subject).await;

        let body = json!({ "active": true, "config": { "bot": "echo" } });
        let changed = admin.patch(&one, body).await.ok();
        assert_eq!(changed["channel"]["active"], true);
        assert!(changed["channel"]["error"].is_null());
        assert_eq!(admin.get(&one).await.ok()["channel"], changed["channel"]);
        let all = admin.get(&path("channels/")).await.ok();
        assert_eq!(all["channels"].as_array().unwrap().len(), 2);

        admin.delete(&one).await.ok();
        app.audited("channel.delete", &subject).await;
        admin.get(&one).await.is(404, "not_found");
    }

    async fn secret_settings_are_masked_and_kept(db: &TestDatabase) {
        let fake = FakePlatform::default();
        let platforms = unicom_server::platforms().with(fake);
        let app = TestApp::with(db, Setup { platforms, ..Setup::default() }).await;
        let admin = app.program().await;
        let stored = async |id: &str| {
            let id = ChannelId(id.parse().unwrap());
            let found = app.database().read(move |db| channels::get(db, id)).await;
            found.unwrap().unwrap().config
        };
        let sent = json!({ "token": "4711:secret", "from": "x", "api_url": "https://a.example" });
        let shown = json!({ "token": "***", "from": "x", "api_url": "https://a.example" });
        let body = json!({ "platform": FakePlatform::KIND, "name": "Fake", "config": sent });
        let made = admin.post(&path("channels/"), body).await.ok()["channel"].clone();
        assert_eq!(made["config"], shown);
        let id = id(&made);
        assert_eq!(stored(&id).await, sent);

        let one = path(&format!("channels/{id}/"));
        let all = admin.get(&path("channels/")).await.ok();
        assert_eq!(all["channels"][1]["config"], shown);
        assert_eq!(admin.get(&one).await.ok()["channel"]["config"], shown);
        let valid = admin.post(&format!("{one}validate/"), json!({})).await.ok();
        assert_eq!(valid["channel"]["config"], shown);

        // What is shown can be sent back with changes.
        let change = json!({ "token": "***", "from": "y", "api_url": "https://a.example" });
        let changed = admin.patch(&one, json!({ "config": change })).await.ok();
        assert_eq!(changed["channel"]["config"], change);
        let kept = json!({ "token": "4711:secret", "from": "y", "api_url": "https://a.example" });
        assert_eq!(stored(&id).await, kept);
        let refused = [
            (json!({ "token": "***", "api_url": "https://evil.example" }), "an address has changed"),
            (json!({ "token": { "a": "***" } }), "`token` must be a string"),
        ];
        for (config, reason) in refused {
            let refused = admin.request(Method::PATCH, &one).json(&json!({ "config": config }));
            refused.send().await.is(400, "invalid_body").names(reason);
            assert_eq!(stored(&id).await, kept);
        }
        let body = json!({ "platform": FakePlatform::KIND, "name": "Fake", "config": { "token": "***" } });
        admin.post(&path("channels/"), body).await.is(400, "invalid_body").names("no value is stored");
        let change = json!({ "token": "new-secret", "api_url": "https://b.example" });
        admin.patch(&one, json!({ "config": change })).await.ok();
        assert_eq!(stored(&id).await, change);

        let audited = admin.get(&path("audit/")).await.ok().to_string();
        assert!(audited.contains("api_url") && !audited.contains("secret"), "{audited}");
    }

    async fn invalid_channels_are_rejected_with_a_reason(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        let watch = NoSideEffects::of(&app).await;
        let new = || admin.request(Method::POST, &path("channels/"));
        let wrong = "invalid_body";
        refused_bodies(
            &watch,
            new,
            &[
                (json!({}), wrong, "`platform`"),
                (json!({ "platform": "WebChat" }), wrong, "`name`"),
                (
                    json!({ "platform": null, "name": "x" }),
                    wrong,
                    "`platform`",
                ),
                (json!({ "platform": 5, "name": "x" }), wrong, "`platform`"),
                (
                    json!({ "platform": "Carrier pigeon", "name": "x" }),
                    wrong,
                    "WebChat",
                ),
                (
                    json!({ "platform": "Web\0Chat", "name": "x" }),
                    wrong,
                    "`platform`",
                ),
                (
                    json!({ "platform": "WebChat", "name": " " }),
                    wrong,
                    "`name`",
                ),
                (
                    json!({ "platform": "WebChat", "name": "a\0" }),
                    wrong,
                    "`name`",
                ),
                (
                    json!({ "platform": "WebChat", "name": ["x"] }),
                    wrong,
                    "`name`",
                ),
                (
                    json!({ "platform": "WebChat", "name": "x", "config": [] }),
                    wrong,
                    "`config`",
                ),
                (
                    json!({ "platform": "WebChat", "name": "x", "config": { "a": "\0" } }),
                    wrong,
                    "`config`",
                ),
                (
                    json!({ "platform": "WebChat", "name": "x", "config": { "bot": "gone" } }),
                    wrong,
                    "gone",
                ),
                (
                    json!({ "platform": "WebChat", "name": "x", "config": { "bot": 5 } }),
                    wrong,
                    "`bot`",
                ),
                (
                    json!({ "platform": "WebChat", "name": "x", "config": { "new_chat": "x" } }),
                    wrong,
                    "`new_chat`",
                ),
                (
                    json!({ "platform": "WebChat", "name": "x", "config": { "new_chats": "always" } }),
                    wrong,
                    "`new_chats`",
                ),
                (json!([]), wrong, "object"),
            ],
        )
        .await;
        let one = path(&format!("channels/{}/", app.channel_id()));
        let change = || admin.request(Method::PATCH, &one);
        refused_bodies(
            &watch,
            change,
            &[
                (json!({ "name": "" }), wrong, "`name`"),
                (json!({ "config": "x" }), wrong, "`config`"),
                (json!({ "config": { "bot": "gone" } }), wrong, "gone"),
                (json!({ "active": "yes" }), wrong, "`active`"),
            ],
        )
        .await;
        let text = new().body("text/plain", "x");
        watch
            .refused("text", text, (415, "unsupported_media_type"))
            .await;
        let broken = new().body("application/json", "{");
        watch
            .refused("no JSON", broken, (400, "invalid_json"))
            .await;
        let large = json!({ "platform": "WebChat", "name": "x".repeat(300_000) });
        watch
            .refused("large", new().json(&large), (413, "too_large"))
            .await;
    }

    async fn unknown_channels_and_channels_in_use_are_rejected(db: &TestDatabase) {
        let app = TestApp::start(db).await;
        let admin = app.program().await;
        app.guest_who_wrote("hi").await;
        let watch = NoSideEffects::of(&app).await;
        for gone in [
            "4711",
            "0",
            "-1",
            "x",
            NOTHING,
            "9999999999999999999999",
            "%00",
        ] {
            let one = path(&format!("channels/{gone}/"));
            let mut bytes = Vec::new();
            for request in [
                admin.request(Method::GET, &one),
                admin
                    .request(Method::PATCH, &one)
                    .json(&json!({ "name": "x" })),
                admin.request(Method::DELETE, &one),
                admin.request(Method::POST, &format!("{one}validate/")),
            ] {
                bytes.push(watch.refused(gone, request, (404, "not_found")).await.body);
            }
            bytes.dedup();
            assert_eq!(bytes.len(), 1);
        }
        let used = path(&format!("channels/{}/", app.channel_id()));
        let request = admin.request(Method::DELETE, &used);
        watch
            .refused("a used channel", request, (409, "conflict"))
            .await
            .names("`active`");
        let asked = path("channels/?active=true");
        watch
            .refused(
                "a filter",
                admin.request(Method::GET, &asked),
                (400, "unknown_filter"),
            )
            .await;
    }
}
