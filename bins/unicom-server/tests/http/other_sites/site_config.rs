//! Tests of what a channel tells pages before a visitor writes.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use unicom_models::UtcTime;
use unicom_testing::{TestClock, TestDatabase};

use super::shop::{channel, from};
use super::{KEY, ORIGIN, Shop};
use crate::app::{Setup, TestApp};
use crate::both;
use crate::client::Client;
use crate::two_processes;

const CONFIG: &str = "/unicom/webchat/config/";

fn time(text: &str) -> UtcTime {
    serde_json::from_value(json!(text)).unwrap()
}

/// Returns the hours of the examples: Mondays from 9 to 17 in Prague.
fn hours() -> Value {
    json!({
        "time_zone": "Europe/Prague", "week": { "mon": [["09:00", "17:00"]] },
        "closed": ["2026-12-24"], "message": "On Monday",
    })
}

both! {
    async fn config_tells_hours_and_fields(db: &TestDatabase) {
        let fields = json!([
            { "name": "email", "label": "Your e-mail", "type": "email", "required": true },
            { "name": "note", "label": "Note" },
        ]);
        let clock = TestClock::new();
        // A Monday, ten seconds before the end of the hours.
        clock.advance(time("2040-01-02T15:59:50Z").since(clock.now()));
        let setup = Setup {
            channel: json!({ "hours": hours(), "pre_chat": fields }),
            clock: Some(clock.clone()),
            ..Setup::default()
        };
        let app = TestApp::with(db, setup).await;
        let visitor = Client::new(app.base());
        let answer = visitor.get(CONFIG).await;
        let max_age = answer.header("cache-control").rsplit('=').next().unwrap().to_owned();
        assert!(max_age.parse::<u32>().unwrap() <= 10, "{max_age}");
        let tag = answer.header("etag").to_owned();
        let config = answer.ok();
        assert_eq!(config["channel_id"], json!(app.channel_id()));
        assert_eq!(config["channel"], Value::Null);
        assert_eq!((&config["guests"], &config["identity"]), (&json!(true), &json!("off")));
        let shown = &config["hours"];
        assert_eq!((&shown["is_open"], &shown["next_change_at"]), (&json!(true), &json!("2040-01-02T16:00:00.000000Z")));
        for (name, value) in hours().as_object().unwrap() {
            if name == "week" {
                assert_eq!(shown["week"]["mon"], value["mon"]);
                assert_eq!(shown["week"]["tue"], json!([]));
            } else {
                assert_eq!(shown[name], *value, "{name}");
            }
        }
        assert_eq!(config["pre_chat"], json!([
            { "name": "email", "label": "Your e-mail", "type": "email", "required": true, "options": [] },
            { "name": "note", "label": "Note", "type": "text", "required": false, "options": [] },
        ]));

        clock.advance(Duration::from_secs(60));
        let later = visitor.request(Method::GET, CONFIG).header("if-none-match", &tag).send().await.ok();
        let shown = &later["hours"];
        assert_eq!((&shown["is_open"], &shown["next_change_at"]), (&json!(false), &json!("2040-01-09T08:00:00.000000Z")));
    }

    async fn config_is_found_by_key_by_id_or_by_default(db: &TestDatabase) {
        let shop = Shop::start(db, json!({})).await;
        let other = shop.app.channel(json!({})).await;
        let client = Client::new(shop.app.base());
        let by_key = client.get(&format!("{CONFIG}?channel={KEY}")).await.ok();
        assert_eq!(client.get(CONFIG).await.ok(), by_key);
        let by_id = format!("{CONFIG}?channel_id={}", shop.app.channel_id());
        assert_eq!(client.get(&by_id).await.ok(), by_key);
        let config = client.get(&format!("{CONFIG}?channel_id={other}")).await.ok();
        assert_eq!((&config["channel_id"], &config["channel"]), (&json!(other), &Value::Null));
        for (query, status, code) in [
            (format!("channel={KEY}&channel_id={other}"), 400, "invalid_parameter"),
            ("channel_id=x".to_owned(), 400, "invalid_parameter"),
            ("channel_id=999".to_owned(), 404, "no_channel"),
            ("channel=wk_x".to_owned(), 404, "no_channel"),
        ] {
            client.get(&format!("{CONFIG}?{query}")).await.is(status, code);
        }
        // Pages of other sites see what a channel allows them only.
        let asked = async |origin: &str, query: &str| {
            from(origin, client.request(Method::GET, &format!("{CONFIG}?{query}"))).send().await
        };
        asked(ORIGIN, "").await.ok();
        asked("https://evil.example", "").await.is(403, "origin_not_allowed");
        asked(ORIGIN, &format!("channel_id={other}")).await.is(403, "origin_not_allowed");
    }

    async fn invalid_hours_and_fields_are_refused(db: &TestDatabase) {
        let app = TestApp::with_options(db, two_processes::options()).await;
        let root = app.program().await;
        for (setting, value, named) in [
            ("hours", json!({ "time_zone": "Prague", "week": {} }), "time_zone"),
            ("hours", json!({ "time_zone": "UTC", "week": { "fri": [["17:00", "09:00"]] } }), "week.fri"),
            ("hours", json!({ "time_zone": "UTC", "week": { "fri": [["9", "17:00"]] } }), "fri"),
            ("hours", json!({ "time_zone": "UTC", "week": {}, "closed": ["2026-02-30"] }), "closed"),
            ("pre_chat", json!([{ "name": "a", "label": "A" }, { "name": "a", "label": "B" }]), "two fields"),
            ("pre_chat", json!([{ "name": "a", "label": "A", "type": "select" }]), "options"),
            ("pre_chat", json!([{ "name": "a", "label": "A", "options": ["x"] }]), "options"),
        ] {
            let mut config = channel(KEY, json!({}));
            config[setting] = value;
            let path = format!("/unicom/admin/channels/{}/", app.channel_id());
            let answer = root.patch(&path, json!({ "config": config })).await;
            let sentence = answer.is(400, "invalid_body").json["error"].as_str().unwrap().to_owned();
            assert!(sentence.contains(named), "{named}: {sentence}");
        }
    }
}
