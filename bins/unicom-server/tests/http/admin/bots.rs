//! Tests of admins who manage configured bots.

use reqwest::Method;
use serde_json::{Map, Value, json};
use unicom_bots::Llm;
use unicom_core::{
    Bot, Bots,
    bots::{BotContext, BotError, Outcome},
};
use unicom_outbound::{Outbound, OutboundOptions};
use unicom_testing::TestDatabase;

use super::{id, path, refused_bodies};
use crate::app::{Setup, TestApp};
use crate::both;
use crate::no_side_effects::NoSideEffects;

/// A bot that replies with the text in its configuration.
struct Parrot;

impl Bot for Parrot {
    fn handle(
        &self,
        context: BotContext,
    ) -> futures_util::future::BoxFuture<'_, Result<Outcome, BotError>> {
        let says = context.config["says"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        Box::pin(async { Ok(Outcome::text(says)) })
    }

    fn validate(&self, config: &Map<String, Value>) -> Result<(), String> {
        match config.get("says") {
            Some(Value::String(_)) => Ok(()),
            _ => Err("`says` must be a string".to_owned()),
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
    async fn bot_lifecycle(db: &TestDatabase) {
        let app = start(db).await;
        let admin = app.program().await;
        let body = json!({ "name": "polly", "kind": "parrot", "config": { "says": "hunter2" } });
        let made = admin.post(&path("bots/"), body).await;
        assert_eq!(made.status, 201);
        assert_eq!(made.ok()["bot"]["kind"], "parrot");
        let line = app.audited("bot.create", "bot:polly").await;
        assert_eq!(
            line.details,
            json!({ "kind": "parrot", "config_keys": ["says"] })
        );

        let all = admin.get(&path("bots/")).await.ok();
        assert_eq!(all["bots"][0]["name"], "polly");
        assert_eq!(all["kinds"], json!(["parrot"]));

        // The bot works immediately.
        let channel = path(&format!("channels/{}/", app.channel_id()));
        admin
            .patch(&channel, json!({ "config": { "bot": "polly" } }))
            .await
            .ok();
        let guest = app.guest_who_wrote("hi").await;
        TestApp::wait_for("an answer", async || {
            (guest.texts().await == ["hi", "hunter2"]).then_some(())
        })
        .await;

        let one = path("bots/polly/");
        let changed = admin
            .patch(&one, json!({ "config": { "says": "hello" } }))
            .await
            .ok();
        assert_eq!(changed["bot"]["config"], json!({ "says": "hello" }));
        let line = app.audited("bot.update", "bot:polly").await;
        assert_eq!(line.details, json!({ "config_keys": ["says"] }));
        guest.say("again").await;
        TestApp::wait_for("another answer", async || {
            (guest.texts().await.last().unwrap() == "hello").then_some(())
        })
        .await;

        admin
            .delete(&one)
            .await
            .is(400, "invalid_body")
            .names("channel");
        admin.patch(&channel, json!({ "config": {} })).await.ok();
        admin.delete(&one).await.ok();
        app.audited("bot.delete", "bot:polly").await;
        admin.get(&one).await.is(404, "not_found");
        let trail = app.rows().await["unicom_audit"].join("\n");
        assert!(!trail.contains("hunter2"), "{trail}");
    }

    async fn bot_uses_only_its_own_secrets_for_its_own_hosts(db: &TestDatabase) {
        let environment = |name: &str| match name {
            "UNICOM_BOT_KEY_HOSTS" => Some("api.openai.com".to_owned()),
            "STRIPE_API_KEY" | "UNICOM_SECRET_KEY" | "UNICOM_BOT_KEY" | "UNICOM_BOT_UNBOUND" => {
                Some("sk_live".to_owned())
            }
            _ => None,
        };
        let llm = Llm::new(db.database().clone(), Outbound::new(OutboundOptions::default()));
        let bots = Bots::default().with("llm", llm.with_environment(environment));
        let setup = Setup { bots, ..Setup::default() };
        let app = TestApp::with(db, setup).await;
        let admin = app.program().await;
        let config = |base_url: &str, variable: &str| {
            json!({ "base_url": base_url, "model": "m", "api_key_env": variable })
        };
        let good = config("https://API.openai.com:443/v1", "UNICOM_BOT_KEY");
        let body = json!({ "name": "polly", "kind": "llm", "config": good });
        admin.post(&path("bots/"), body).await.ok();
        let line = app.audited("bot.create", "bot:polly").await;
        assert_eq!(line.details["hosts"], json!({ "base_url": "api.openai.com" }));

        let watch = NoSideEffects::of(&app).await;
        let wrong = "invalid_body";
        let evil = "https://evil.example/v1";
        let cases: Vec<Value> = [
            ("https://api.openai.com", "STRIPE_API_KEY"),
            ("https://api.openai.com", "UNICOM_SECRET_KEY"),
            ("https://api.openai.com", "UNICOM_BOT_"),
            ("https://api.openai.com", "UNICOM_BOT_KEY_HOSTS"),
            ("https://api.openai.com", "unicom_bot_key"),
            ("https://api.openai.com", "UNICOM_BOT_UNBOUND"),
            (evil, "STRIPE_API_KEY"),
            (evil, "UNICOM_BOT_KEY"),
            (evil, "UNICOM_BOT_UNBOUND"),
            ("http://api.openai.com", "UNICOM_BOT_KEY"),
            ("https://api.openai.com:8443", "UNICOM_BOT_KEY"),
            ("https://api.openai.com.", "UNICOM_BOT_KEY"),
            ("https://evil.example\\@api.openai.com", "UNICOM_BOT_KEY"),
            ("https://\u{430}pi.openai.com", "UNICOM_BOT_KEY"),
        ]
        .map(|(url, variable)| config(url, variable))
        .into();
        // A new bot, an existing bot, and bots in the configuration of a channel or a category.
        let channel = path(&format!("channels/{}/", app.channel_id()));
        for config in cases {
            let mut bot = config.clone();
            bot["kind"] = json!("llm");
            let name = bot["api_key_env"].as_str().unwrap().to_owned();
            let post = |to: &str| admin.request(Method::POST, &path(to));
            let tried = [
                (post("bots/"), json!({ "name": "x", "kind": "llm", "config": config })),
                (admin.request(Method::PATCH, &path("bots/polly/")), json!({ "config": config })),
                (post("channels/"), json!({ "platform": "WebChat", "name": "x", "config": { "bot": bot } })),
                (admin.request(Method::PATCH, &channel), json!({ "config": { "bot": bot } })),
                (post("categories/"), json!({ "name": "x", "bot": bot })),
            ];
            for (request, body) in tried {
                let what = format!("{name} {body}");
                let answer = watch.refused(&what, request.json(&body), (400, wrong)).await;
                answer.names("`api_key_env`");
            }
        }
        // The response does not reveal whether a variable is set.
        let said = async |variable: &str| {
            let body = json!({ "name": "x", "kind": "llm", "config": config(evil, variable) });
            let answer = admin.post(&path("bots/"), body).await;
            answer.json["error"].as_str().unwrap().replace(variable, "X")
        };
        let gone = said("UNICOM_BOT_GONE").await;
        assert_eq!(said("UNICOM_BOT_KEY").await, gone);
        assert_eq!(said("UNICOM_BOT_UNBOUND").await, gone);
        assert!(gone.contains("`X_HOSTS=evil.example`"), "{gone}");
    }

    async fn audit_log_names_the_hosts_of_bots(db: &TestDatabase) {
        let llm = Llm::new(db.database().clone(), Outbound::new(OutboundOptions::default()));
        let setup = Setup { bots: Bots::default().with("llm", llm), ..Setup::default() };
        let app = TestApp::with(db, setup).await;
        let admin = app.program().await;
        let config = |base_url: &str| json!({ "base_url": base_url, "model": "m" });
        let body = json!({ "name": "polly", "kind": "llm", "config": config("https://a.example/v1?key=hunter2") });
        admin.post(&path("bots/"), body).await.ok();
        let hosts = |line: &Value| line["hosts"].clone();
        let line = app.audited("bot.create", "bot:polly").await;
        assert_eq!(hosts(&line.details), json!({ "base_url": "a.example" }));
        let body = json!({ "config": config("http://evil.example:8080/hunter2") });
        admin.patch(&path("bots/polly/"), body).await.ok();
        let line = app.audited("bot.update", "bot:polly").await;
        assert_eq!(hosts(&line.details), json!({ "base_url": "evil.example:8080" }));

        let mut bot = config("https://b.example/hunter2");
        bot["kind"] = json!("llm");
        let body = json!({ "platform": "WebChat", "name": "x", "config": { "bot": bot } });
        let made = admin.post(&path("channels/"), body).await.ok()["channel"].clone();
        let subject = format!("channel:{}", made["id"]);
        let line = app.audited("channel.create", &subject).await;
        assert_eq!(hosts(&line.details["bot"]), json!({ "base_url": "b.example" }));
        bot["base_url"] = json!("https://c.example/hunter2");
        let one = path(&format!("channels/{}/", made["id"]));
        admin.patch(&one, json!({ "config": { "bot": bot } })).await.ok();
        let line = app.audited("channel.update", &subject).await;
        assert_eq!(hosts(&line.details["bot"]), json!({ "base_url": "c.example" }));
        let made = admin.post(&path("categories/"), json!({ "name": "x", "bot": bot })).await.ok();
        let subject = format!("category:{}", id(&made["category"]));
        let line = app.audited("category.create", &subject).await;
        assert_eq!(hosts(&line.details["bot"]), json!({ "base_url": "c.example" }));
        let trail = app.rows().await["unicom_audit"].join("\n");
        assert!(!trail.contains("hunter2"), "{trail}");
    }

    async fn invalid_bots_are_rejected_with_a_reason(db: &TestDatabase) {
        let app = start(db).await;
        let admin = app.program().await;
        let config = json!({ "says": "x" });
        let body = json!({ "name": "polly", "kind": "parrot", "config": config });
        admin.post(&path("bots/"), body).await.ok();
        let watch = NoSideEffects::of(&app).await;
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
            || admin.request(Method::POST, &path("bots/")),
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
            || admin.request(Method::PATCH, &path("bots/polly/")),
            &cases,
        )
        .await;
        for gone in ["gone", "%00", "parrot", &"x".repeat(600)] {
            let one = path(&format!("bots/{gone}/"));
            for request in [
                admin.request(Method::GET, &one),
                admin
                    .request(Method::PATCH, &one)
                    .json(&json!({ "config": config })),
                admin.request(Method::DELETE, &one),
            ] {
                watch.refused(gone, request, (404, "not_found")).await;
            }
        }
    }
}
