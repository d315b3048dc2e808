//! Staff manages configured bots.

use reqwest::Method;
use serde_json::{Map, Value, json};
use unicom_core::{Bot, BotError, Bots, Incoming, Outcome};
use unicom_testing::TestDatabase;

use super::{path, refused_bodies};
use crate::app::{Setup, TestApp};
use crate::both;
use crate::watch::Watch;

/// Says what its settings say.
struct Parrot;

impl Bot for Parrot {
    fn handle(
        &self,
        incoming: Incoming,
    ) -> futures_util::future::BoxFuture<'_, Result<Outcome, BotError>> {
        let says = incoming.config["says"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        Box::pin(async { Ok(Outcome::text(says)) })
    }

    fn validate(&self, config: &Map<String, Value>) -> Result<(), String> {
        match config.get("says") {
            Some(Value::String(_)) => Ok(()),
            _ => Err("`says` must be a text".to_owned()),
        }
    }
}

async fn start(db: &TestDatabase) -> TestApp {
    let bots = Bots::default().with("parrot", Parrot);
    let setup = Setup {
        bots,
        ..Setup::default()
    };
    TestApp::with(db, setup).await
}

both! {
    async fn a_bot_from_its_making_to_its_end(db: &TestDatabase) {
        let app = start(db).await;
        let staff = app.program().await;
        let body = json!({ "name": "polly", "kind": "parrot", "config": { "says": "hunter2" } });
        let made = staff.post(&path("bots/"), body).await;
        assert_eq!(made.status, 201);
        assert_eq!(made.ok()["bot"]["kind"], "parrot");
        let line = app.told("bot.create", "bot:polly").await;
        assert_eq!(
            line.details,
            json!({ "kind": "parrot", "config_keys": ["says"] })
        );

        let all = staff.get(&path("bots/")).await.ok();
        assert_eq!(all["bots"][0]["name"], "polly");
        assert_eq!(all["kinds"], json!(["parrot"]));

        // It works at once.
        let channel = path(&format!("channels/{}/", app.channel_id()));
        staff
            .patch(&channel, json!({ "config": { "bot": "polly" } }))
            .await
            .ok();
        let guest = app.guest_who_wrote("hi").await;
        TestApp::wait_for("an answer", async || {
            (guest.texts().await == ["hi", "hunter2"]).then_some(())
        })
        .await;

        let one = path("bots/polly/");
        let changed = staff
            .patch(&one, json!({ "config": { "says": "hello" } }))
            .await
            .ok();
        assert_eq!(changed["bot"]["config"], json!({ "says": "hello" }));
        let line = app.told("bot.update", "bot:polly").await;
        assert_eq!(line.details, json!({ "config_keys": ["says"] }));
        guest.say("again").await;
        TestApp::wait_for("another answer", async || {
            (guest.texts().await.last().unwrap() == "hello").then_some(())
        })
        .await;

        staff
            .delete(&one)
            .await
            .is(400, "invalid_body")
            .names("channel");
        staff.patch(&channel, json!({ "config": {} })).await.ok();
        staff.delete(&one).await.ok();
        app.told("bot.delete", "bot:polly").await;
        staff.get(&one).await.is(404, "not_found");
        let trail = app.rows().await["unicom_audit"].join("\n");
        assert!(!trail.contains("hunter2"), "{trail}");
    }

    async fn what_is_wrong_with_a_bot_is_named(db: &TestDatabase) {
        let app = start(db).await;
        let staff = app.program().await;
        let config = json!({ "says": "x" });
        let body = json!({ "name": "polly", "kind": "parrot", "config": config });
        staff.post(&path("bots/"), body).await.ok();
        let watch = Watch::of(&app).await;
        let wrong = "invalid_body";
        let cases = [
            (json!({}), wrong, "`name`"),
            (json!({ "name": "x" }), wrong, "`kind`"),
            (json!({ "name": 5, "kind": "parrot" }), wrong, "`name`"),
            (
                json!({ "name": "polly", "kind": "parrot", "config": config }),
                wrong,
                "`name`",
            ),
            (
                json!({ "name": "parrot", "kind": "parrot", "config": config }),
                wrong,
                "`name`",
            ),
            (
                json!({ "name": "Pol ly", "kind": "parrot", "config": config }),
                wrong,
                "`name`",
            ),
            (
                json!({ "name": "x\0", "kind": "parrot", "config": config }),
                wrong,
                "`name`",
            ),
            (
                json!({ "name": "x".repeat(65), "kind": "parrot", "config": config }),
                wrong,
                "`name`",
            ),
            (
                json!({ "name": "x", "kind": "gone", "config": config }),
                wrong,
                "`kind`",
            ),
            (json!({ "name": "x", "kind": "parrot" }), wrong, "`says`"),
            (
                json!({ "name": "x", "kind": "parrot", "config": [] }),
                wrong,
                "`config`",
            ),
            (
                json!({ "name": "x", "kind": "parrot", "config": { "says": "\0" } }),
                "invalid_text",
                "`config`",
            ),
        ];
        refused_bodies(
            &watch,
            || staff.request(Method::POST, &path("bots/")),
            &cases,
        )
        .await;
        let cases = [
            (json!({}), wrong, "`config`"),
            (json!({ "config": null }), wrong, "`config`"),
            (json!({ "config": "x" }), wrong, "`config`"),
            (json!({ "config": { "says": 5 } }), wrong, "`says`"),
        ];
        refused_bodies(
            &watch,
            || staff.request(Method::PATCH, &path("bots/polly/")),
            &cases,
        )
        .await;
        for gone in ["gone", "%00", "parrot", &"x".repeat(600)] {
            let one = path(&format!("bots/{gone}/"));
            for request in [
                staff.request(Method::GET, &one),
                staff
                    .request(Method::PATCH, &one)
                    .json(&json!({ "config": config })),
                staff.request(Method::DELETE, &one),
            ] {
                watch.refused(gone, request, (404, "not_found")).await;
            }
        }
    }
}
