//! Tests of `unicom channel`.

use serde_json::json;
use unicom_db::{DbError, queries::channels};
use unicom_testing::{TestDatabase, both_engines};

use crate::workspace::{Run, Workspace, has};
use crate::{server::Server, visitor::Visitor};

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn channel_lifecycle(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel().to_string();
        let id = id.as_str();
        has(&home.run(&["channel", "list"]).ok(), &["WebChat", "true", "Site"]);
        has(&home.run(&["channel", "show", id]).ok(), &["name: Site", r#"config: {"bot":"echo"}"#]);
        has(&home.run(&["channel", "validate", id]).ok(), &["is active"]);

        let changes = ["--name", "Shop", "--config", r#"{"new_chat":"always"}"#, "--active", "false"];
        home.run(&[&["channel", "update", id], changes.as_slice()].concat()).ok();
        let shown = home.json(&["channel", "show", id]);
        assert_eq!(shown["name"], "Shop");
        assert_eq!(shown["config"], json!({ "new_chat": "always" }));
        assert_eq!(shown["active"], false);
        assert_eq!(home.json(&["channel", "list"]), json!([shown]));

        assert_eq!(home.json(&["channel", "validate", id])["active"], true);
        home.run(&["channel", "delete", id, "--yes"]).ok();
        assert_eq!(home.json(&["channel", "list"]), json!([]));
        let of = |action: &str| format!("cli {action} channel:{id}");
        let expected =
            ["channel.delete", "channel.validate", "channel.update", "channel.validate", "channel.create"];
        assert_eq!(home.audited(), expected.map(of));
        let details = home.json(&["audit", "list"])[2]["details"].clone();
        assert_eq!(details, json!({ "name": "Shop", "config_keys": ["new_chat"], "active": false }));

        for command in [&["show"][..], &["validate"], &["update", "--name", "Site"], &["delete", "--yes"]] {
            let said = home.run(&[&["channel"], command, &[id]].concat()).failure();
            has(&said, &["channel", id, "does not exist"]);
        }
        has(&home.run(&["channel", "update", id]).wrong_use(), &["nothing to change"]);
    }

    fn invalid_channel_is_not_created(db: &TestDatabase) {
        let home = Workspace::on(db);
        has(&create(&home, "Pigeon", "{}").wrong_use(), &["'Pigeon'", "possible values: Internal, WebChat"]);
        has(&create(&home, "WebChat", r#"{"bot":"nobody"}"#).wrong_use(), &["`nobody`", "expected one of echo"]);
        has(&create(&home, "WebChat", r#"{"new_chat":"x"}"#).wrong_use(), &["`new_chat`", "`default` or `always`"]);
        has(&create(&home, "WebChat", r#"{"new_chats":"always"}"#).wrong_use(), &["`new_chats`", "`new_chat`", "`retention_days`"]);
        for config in ["{", "[]", "7", r#""echo""#] {
            has(&create(&home, "WebChat", config).wrong_use(), &["expected a JSON object"]);
        }
        assert_eq!(home.json(&["channel", "list"]), json!([]));
    }

    fn invalid_update_leaves_the_channel_unchanged(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel().to_string();
        let update = ["channel", "update", &id, "--config", r#"{"bot":"nobody"}"#];
        has(&home.run(&update).wrong_use(), &["`nobody`", "expected one of echo"]);
        assert_eq!(home.json(&["channel", "show", &id])["config"], json!({ "bot": "echo" }));
    }

    fn invalid_channel_can_be_found_fixed_and_deactivated(db: &TestDatabase) {
        let home = Workspace::on(db);
        let broken = db.write(|tx| -> Result<_, DbError> {
            channels::insert(tx, &"WebChat".into(), "Site", &json!({ "bot": "nobody" }))
        });
        let id = broken.id.to_string();
        has(&home.run(&["channel", "validate", &id]).failure(), &["is not active", "`nobody`"]);
        has(&home.run(&["channel", "list"]).ok(), &["expected one of echo"]);
        home.run(&["channel", "update", &id, "--config", "{}", "--active", "true"]).ok();
        let shown = home.json(&["channel", "show", &id]);
        assert_eq!((&shown["active"], &shown["error"]), (&json!(true), &json!(null)));

        let unknown = db.write(|tx| -> Result<_, DbError> {
            channels::insert(tx, &"Pigeon".into(), "Loft", &json!({}))
        });
        home.run(&["channel", "update", &unknown.id.to_string(), "--active", "false"]).ok();
    }

    fn settings_of_unknown_platforms_are_masked_and_kept(db: &TestDatabase) {
        let home = Workspace::on(db);
        let stored = || db.read(channels::list).remove(0);
        let loft = db.write(|tx| -> Result<_, DbError> {
            let config = json!({ "token": "4711:secret", "bot_name": "Robo" });
            channels::insert(tx, &"Pigeon".into(), "Loft", &config)
        });
        let (id, shown) = (loft.id.to_string(), json!({ "token": "***", "bot_name": "Robo" }));
        assert_eq!(home.json(&["channel", "show", &id])["config"], shown);
        assert_eq!(home.json(&["channel", "list"])[0]["config"], shown);
        has(&home.run(&["channel", "show", &id]).ok(), &[r#""token":"***""#]);

        let (kept, config) = (stored().config, r#"{"token":"***","bot_name":"Rob"}"#);
        let update = ["channel", "update", &id, "--active", "false", "--config", config];
        assert_eq!(home.json(&update)["config"]["token"], "***");
        assert_eq!((&stored().config["token"], &stored().config["bot_name"]), (&kept["token"], &json!("Rob")));
        let update = ["channel", "update", &id, "--config", r#"{"key":"***"}"#];
        has(&home.run(&update).wrong_use(), &["`key`", "no value is stored"]);
        let details = home.json(&["audit", "list"]).to_string();
        assert!(!details.contains("secret"), "{details}");
        let exported = home.run(&["export"]).ok();
        assert!(exported.contains("4711:secret"), "an export is complete: {exported}");
    }

    async fn channel_in_use_is_not_deleted(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel().to_string();
        let server = Server::serve(&home);
        let visitor = Visitor::of(&server);
        visitor.send("Hello!").await;
        let said = home.run(&["channel", "delete", &id, "--yes"]).failure();
        has(&said, &[&format!("channel `{id}` has accounts or chats"), "`active`"]);

        home.run(&["channel", "update", &id, "--active", "false"]).ok();
        let (status, body) = visitor.post("/unicom/webchat/send/", json!({ "text": "Still there?" })).await;
        assert_eq!((status, &body["code"]), (404, &json!("no_channel")));
    }
}

fn create(home: &Workspace, platform: &str, config: &str) -> Run {
    home.run(&[
        "channel",
        "create",
        "--platform",
        platform,
        "--name",
        "Site",
        "--config",
        config,
    ])
}
