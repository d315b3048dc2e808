//! Tests of the calls that providers make.

use log::Level;
use reqwest::Method;
use serde_json::{Value, json};
use unicom_core::admin::{Actor, Extensions, NewChannel, create_channel};
use unicom_core::platform::PlatformContext;
use unicom_models::ChannelId;
use unicom_server::{Options, RateLimit, RateOptions};
use unicom_testing::{FakePlatform, TestDatabase};

use crate::app::{Setup, TestApp};
use crate::both;
use crate::client::{Client, Request};
use crate::log::tells;
use crate::no_side_effects::NoSideEffects;
use crate::security_log::events::left;

const TOKEN: &str = "the provider's token";

/// A server with a channel of the fake platform.
struct Site {
    app: TestApp,
    id: ChannelId,
    provider: Client,
}

impl Site {
    async fn start(db: &TestDatabase, options: Options) -> Self {
        let platforms = unicom_server::platforms().with(FakePlatform::default());
        let extensions = Extensions::default().with_platforms(platforms.clone());
        let setup = Setup {
            platforms,
            options,
            ..Setup::default()
        };
        let app = TestApp::with(db, setup).await;
        let new =
            NewChannel::new(FakePlatform::KIND, "Fake").with_config(json!({ "token": TOKEN }));
        let made = app
            .database()
            .write(move |tx| create_channel(tx, &Actor::COMMAND_LINE, &extensions, new));
        let id = made.await.unwrap().id;
        let provider = Client::new(app.base());
        Self { app, id, provider }
    }

    fn path(&self) -> String {
        format!("/unicom/hooks/fake/{}/", self.id)
    }

    /// Returns a call without a proof.
    fn unproven(&self, path: &str, body: &Value) -> Request<'_> {
        self.provider.request(Method::POST, path).json(body)
    }

    /// Returns a call with a valid proof.
    fn call(&self, body: &Value) -> Request<'_> {
        self.unproven(&self.path(), body)
            .header("X-Fake-Token", TOKEN)
    }

    /// Sends a call with a valid proof that is answered with a server error. Returns its status,
    /// the time after which to try again, and the body.
    async fn fails(&self, body: impl Into<reqwest::Body>) -> (u16, String, Value) {
        let url = format!("{}{}", self.app.base(), self.path());
        let call = reqwest::Client::new()
            .post(url)
            .header("X-Fake-Token", TOKEN)
            .body(body);
        let answer = call.send().await.unwrap();
        let retry_after = answer.headers().get("retry-after");
        let retry_after = retry_after
            .map_or("", |value| value.to_str().unwrap())
            .to_owned();
        let status = answer.status().as_u16();
        let body = answer.text().await.unwrap();
        (status, retry_after, serde_json::from_str(&body).unwrap())
    }

    async fn messages(&self) -> usize {
        self.app.count("unicom_messages").await
    }
}

fn said(id: &str, text: &str) -> Value {
    json!({ "id": id, "from": "4917", "text": text })
}

both! {
    async fn events_of_a_call_are_stored_once(db: &TestDatabase) {
        let site = Site::start(db, Options::default()).await;
        let both = json!({ "messages": [said("1", "Hello!"), said("2", "Anybody?")] });
        for _ in 0..2 {
            let answer = site.call(&both).send().await;
            assert_eq!((answer.status, answer.text().as_str()), (200, ""));
            assert_eq!(site.messages().await, 2);
        }
        // A path without the slash, and a further message in a repeated call.
        let path = site.path();
        let more = json!({ "messages": [said("2", "Anybody?"), said("3", "Bye")], "answer": { "ok": 1 } });
        let call = site.unproven(path.trim_end_matches('/'), &more).header("X-Fake-Token", TOKEN);
        let answer = call.send().await;
        assert_eq!((answer.status, &answer.json), (200, &json!({ "ok": 1 })));
        assert_eq!(site.messages().await, 3);
        // Nothing is set in a browser.
        assert!(answer.headers.get("set-cookie").is_none());
    }

    async fn call_without_events_is_answered(db: &TestDatabase) {
        let site = Site::start(db, Options::default()).await;
        let watch = NoSideEffects::of(&site.app).await;
        let answer = site.call(&json!({ "messages": [] })).send().await;
        assert_eq!(answer.status, 200);
        let path = format!("{}?challenge=a%26b&token=the%20provider%27s%20token", site.path());
        let answer = site.provider.get(&path).await;
        assert_eq!((answer.status, answer.text().as_str()), (200, "a&b"));
        assert!(answer.header("content-type").starts_with("text/plain"));
        watch.unchanged("a call without events").await;
    }

    async fn admins_see_the_address_of_a_webhook(db: &TestDatabase) {
        let context = PlatformContext::default().with_base_url("https://chat.example.com/unicom");
        let platforms = unicom_server::platforms().with(FakePlatform::default()).with_context(context);
        let app = TestApp::with(db, Setup { platforms, ..Setup::default() }).await;
        let admin = app.program().await;
        let new = json!({ "platform": FakePlatform::KIND, "name": "Fake", "config": { "token": TOKEN } });
        let made = admin.post("/unicom/admin/channels/", new).await.ok()["channel"].clone();
        let id = &made["id"];
        assert_eq!(made["webhook_url"], format!("https://chat.example.com/unicom/hooks/fake/{id}/"));
        let shown = async |id: &str| admin.get(&format!("/unicom/admin/channels/{id}/")).await.ok()["channel"].clone();
        assert_eq!(shown(&id.to_string()).await, made);
        let listed = admin.get("/unicom/admin/channels/").await.ok()["channels"].clone();
        assert!(listed.as_array().unwrap().contains(&made));
        let webchat = shown(&app.channel_id().to_string()).await;
        assert_eq!(webchat["webhook_url"], Value::Null, "WebChat has no webhook");
    }

    async fn unproven_and_unknown_look_the_same(db: &TestDatabase) {
        let site = Site::start(db, Options::default()).await;
        let watch = NoSideEffects::of(&site.app).await;
        let (body, id) = (json!({ "messages": [said("1", "Hello!")] }), site.id);
        let webchat = site.app.channel_id();
        let of = |path: &str| site.unproven(path, &body);
        let with = |path: &str| of(path).header("X-Fake-Token", TOKEN);
        let unproven = of(&site.path()).send().await;
        let channel = id.to_string();
        left(&unproven, Level::Warn, "webhook.unproven", &[("channel_id", &channel)]);
        let mut bodies = Vec::new();
        for request in [
            of(&site.path()),
            of(&site.path()).header("X-Fake-Token", "wrong"),
            site.unproven(&site.path(), &json!("no object")),
            site.provider.request(Method::GET, &site.path()),
            with("/unicom/hooks/fake/4711/"),
            with("/unicom/hooks/fake/x/"),
            with("/unicom/hooks/fake/-1/"),
            with("/unicom/hooks/fake/%00/"),
            with(&format!("/unicom/hooks/fake/{webchat}/")),
            with(&format!("/unicom/hooks/webchat/{webchat}/")),
            with(&format!("/unicom/hooks/pigeon/{id}/")),
            with(&format!("/unicom/hooks/Fake/{id}/")),
        ] {
            let path = request.path.clone();
            bodies.push(watch.refused(&path, request, (404, "not_found")).await.body);
        }
        bodies.dedup();
        assert_eq!(bodies.len(), 1);
    }

    async fn invalid_calls_change_nothing(db: &TestDatabase) {
        let site = Site::start(db, Options::default()).await;
        let watch = NoSideEffects::of(&site.app).await;
        for body in [json!("a secret text"), json!({ "messages": [{ "id": "a secret text" }] })] {
            let refused = watch.refused("malformed", site.call(&body), (400, "invalid_body")).await;
            assert!(!refused.text().contains("secret"), "{}", refused.text());
        }
        // A body with the token is not quoted in the log.
        let body = json!({ "messages": TOKEN });
        let refused = watch.refused("a token", site.call(&body), (400, "invalid_body")).await;
        let id = refused.header("x-request-id");
        assert!(tells(id, "invalid type: string") && !tells(id, TOKEN));
        let large = "x".repeat(FakePlatform::BODY_LIMIT + 1);
        let large = site.provider.request(Method::POST, &site.path()).body("text/plain", large);
        watch.refused("large", large.header("X-Fake-Token", TOKEN), (413, "too_large")).await;
        let (status, _, body) = site.fails("panic").await;
        assert_eq!((status, &body["code"]), (500, &json!("internal")));
        watch.unchanged("a panic").await;
        for method in [Method::PUT, Method::DELETE, Method::PATCH] {
            let request = site.provider.request(method, &site.path()).header("X-Fake-Token", TOKEN);
            watch.refused("a method", request, (405, "method_not_allowed")).await;
        }
        // One event that cannot be stored: none of the call is.
        let mixed = json!({ "messages": [said("1", "Hello!"), said("", "no id")] });
        let answer = site.call(&mixed).send().await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        watch.unchanged("a call that cannot be stored").await;

        let answer = site.call(&json!({ "messages": [said("1", "Hello!")] })).send().await;
        assert_eq!(answer.status, 200);
        assert_eq!(site.messages().await, 1);
    }

    async fn inactive_channel_is_called_later(db: &TestDatabase) {
        let site = Site::start(db, Options::default()).await;
        site.app.switch_off(site.id).await;
        let watch = NoSideEffects::of(&site.app).await;
        let body = json!({ "messages": [said("1", "Hello!")] });
        let (status, retry_after, said) = site.fails(body.to_string()).await;
        assert_eq!((status, retry_after.as_str(), &said["code"]), (503, "600", &json!("busy")));
        watch.unchanged("a call of an inactive channel").await;
        let unproven = site.unproven(&site.path(), &body);
        watch.refused("unproven", unproven, (404, "not_found")).await;
    }

    async fn rate_is_limited_by_channel(db: &TestDatabase) {
        let options = Options {
            rate_limit: Some(RateLimit::On),
            rate: RateOptions { webhooks: Some("1:3".parse().unwrap()), ..RateOptions::default() },
            ..Options::default()
        };
        let site = Site::start(db, options).await;
        let empty = json!({ "messages": [] });
        // Others cannot use up the rate.
        for _ in 0..5 {
            site.unproven(&site.path(), &empty).send().await.is(404, "not_found");
        }
        for _ in 0..3 {
            assert_eq!(site.call(&empty).send().await.status, 200);
        }
        let refused = site.call(&empty).send().await;
        refused.is(429, "rate_limited").names("this channel");
        assert_ne!(refused.header("retry-after"), "");
    }
}
