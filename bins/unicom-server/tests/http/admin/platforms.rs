//! Tests of the description of platforms.

use jsonschema::draft202012;
use serde_json::{Value, json};
use unicom_core::Platform;
use unicom_core::platform::common_settings;
use unicom_testing::{FakePlatform, TestDatabase};
use unicom_webchat::WebChat;

use super::path;
use crate::app::{Setup, TestApp};
use crate::both;

both! {
    async fn platforms_are_described_to_admins(db: &TestDatabase) {
        let platforms = unicom_server::platforms().with(FakePlatform::default());
        let app = TestApp::with(db, Setup { platforms, ..Setup::default() }).await;
        let admin = app.program().await;
        let found = admin.get(&path("platforms/")).await.ok();
        let found = found["platforms"].as_array().unwrap();
        let of_all = |name: &str| found.iter().map(|one| one[name].clone()).collect::<Vec<_>>();
        assert_eq!(of_all("platform"), ["Fake", "Internal", "WebChat"]);
        let local = [false, true, true].map(|local| json!({ "local": local }));
        assert_eq!(of_all("capabilities"), local);
        for schema in of_all("config_schema") {
            assert!(draft202012::meta::is_valid(&schema), "{schema}");
            for (name, common) in common_settings() {
                assert_eq!(schema["properties"][name], common, "{schema}");
            }
        }
        assert_eq!(found[0]["config_schema"]["properties"]["token"]["type"], "string");

        let refused = admin.get(&path("platforms/?platform=Fake")).await;
        refused.is(400, "unknown_filter");
        app.guest().await.get(&path("platforms/")).await.is(401, "login_required");
        let user = app.user("ada").await;
        user.get(&path("platforms/")).await.is(403, "staff_only");
    }
}

#[test]
fn schema_of_webchat_accepts_what_the_platform_accepts() {
    let described = unicom_server::platforms().describe();
    let schema = &described[1].config_schema;
    let check = |config: Value, is_valid: bool| {
        assert_eq!(
            WebChat.validate_channel(&config).is_ok(),
            is_valid,
            "{config}"
        );
        assert_eq!(draft202012::is_valid(schema, &config), is_valid, "{config}");
    };
    for config in [
        json!({}),
        json!({ "new_chat": "default" }),
        json!({ "edit_minutes": 0 }),
        json!({ "edit_minutes": 527_040 }),
        json!({ "edit_minutes": null }),
        json!({ "new_chat": "always", "bot": "echo", "bot_name": "Robo", "retention_days": 7 }),
        json!({ "bot": { "kind": "llm", "model": "x" } }),
        json!({ "hours": { "time_zone": "Europe/Prague", "week": {} } }),
        json!({ "hours": { "time_zone": "UTC", "week": { "mon": [["00:00", "12:30"], ["12:30", "24:00"]], "sun": [] },
            "closed": ["2026-12-24"], "message": "Tomorrow" } }),
        json!({ "hours": null, "pre_chat": null }),
        json!({ "pre_chat": [{ "name": "email", "label": "E-mail", "type": "email", "required": true },
            { "name": "topic_2", "label": "Topic", "type": "select", "options": ["An order"] }] }),
        json!({ "failure_message": "Please call us." }),
        json!({ "failure_message": "ž".repeat(1000) }),
        json!({ "failure_message": false }),
        json!({ "failure_message": null }),
        json!({ "new_chat": null, "bot": null, "bot_name": null, "retention_days": null }),
    ] {
        for name in config.as_object().unwrap().keys() {
            assert!(
                schema["properties"][name]["description"].is_string(),
                "{name}"
            );
        }
        check(config, true);
    }
    for config in [
        json!({ "new_chat": "never" }),
        json!({ "edit_minutes": -1 }),
        json!({ "edit_minutes": 527_041 }),
        json!({ "edit_minutes": 1.5 }),
        json!({ "edit_minutes": "15" }),
        json!({ "new_chat": true }),
        json!({ "bot_name": 7 }),
        json!({ "hours": {} }),
        json!({ "hours": { "time_zone": "UTC" } }),
        json!({ "hours": { "time_zone": "UTC", "week": { "monday": [] } } }),
        json!({ "hours": { "time_zone": "UTC", "week": { "mon": [["9:00", "17:00"]] } } }),
        json!({ "hours": { "time_zone": "UTC", "week": { "mon": [["09:00"]] } } }),
        json!({ "hours": { "time_zone": "UTC", "week": { "mon": [["09:00", "10:00", "11:00"]] } } }),
        json!({ "hours": { "time_zone": "UTC", "week": {}, "closed": ["24.12."] } }),
        json!({ "hours": { "time_zone": "UTC", "week": {}, "message": "x".repeat(501) } }),
        json!({ "pre_chat": {} }),
        json!({ "pre_chat": [{ "name": "email" }] }),
        json!({ "pre_chat": [{ "name": "E-mail", "label": "E-mail" }] }),
        json!({ "pre_chat": [{ "name": "a", "label": "" }] }),
        json!({ "pre_chat": [{ "name": "a", "label": "A", "type": "number" }] }),
        json!({ "pre_chat": [{ "name": "a", "label": "A", "hint": "x" }] }),
        json!({ "failure_message": "" }),
        json!({ "failure_message": " \n" }),
        json!({ "failure_message": "x".repeat(1001) }),
        json!({ "failure_message": true }),
        json!({ "failure_message": 7 }),
        json!({ "failure_message": ["x"] }),
        json!({ "new_chats": "always" }),
        json!([]),
        json!("x"),
    ] {
        check(config, false);
    }
}
