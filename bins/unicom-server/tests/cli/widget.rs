//! Tests of `unicom widget`: snippets, origins and keys of channels.

use std::process::Stdio;

use serde_json::{Value, json};
use unicom_db::queries::channels;
use unicom_testing::{TestDatabase, both_engines};

use crate::workspace::{Run, Workspace, has};

const PUBLIC: &str = "https://chat.example.com";

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn snippet_of_the_own_origin_needs_no_settings(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel().to_string();
        let run = home.run(&["widget", "snippet", "--channel", &id]);
        let line = format!(r#"<script async src="/unicom/widget.js" data-channel-id="{id}"></script>"#);
        has(&run.err, &[&format!("unicom widget allow --channel {id}"), "script-src 'self'; connect-src 'self';"]);
        assert_eq!(run.ok(), format!("{line}\n"));
        let run = home.json(&["widget", "snippet", "--channel", &id, "--base-path", "/chat"]);
        assert_eq!(run["html"], line.replace("/unicom", "/chat"));
        assert_eq!((&run["key"], &run["origins"]), (&Value::Null, &json!([])));
        assert_eq!(stored(&home, &id), Value::Null);
    }

    fn snippet_for_other_sites_names_server_and_key(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel().to_string();
        allow(&home, &id, &["https://shop.example"]).ok();
        let snippet = ["widget", "snippet", "--channel", &id];
        has(&home.run(&snippet).wrong_use(), &["UNICOM_PUBLIC_ORIGIN", PUBLIC]);

        let key = stored(&home, &id)["key"].as_str().unwrap().to_owned();
        let snippet = [&snippet[..], &["--public-origin", PUBLIC]].concat();
        let run = home.run(&snippet);
        let policy = "script-src https://chat.example.com; connect-src https://chat.example.com \
                      wss://chat.example.com; img-src https://chat.example.com blob:; media-src \
                      https://chat.example.com blob:";
        has(&run.err, &["https://shop.example", policy]);
        let line = format!(
            r#"<script async src="{PUBLIC}/unicom/widget.js" data-channel="{key}"></script>"#
        );
        assert_eq!(run.ok(), format!("{line}\n"));
        let expected = json!({
            "channel": id.parse::<i64>().unwrap(),
            "key": key,
            "html": line,
            "origins": ["https://shop.example"],
            "content_security_policy": policy,
        });
        assert_eq!(home.json(&snippet), expected);

        home.run(&["widget", "disallow", "--channel", &id, "--origin", "https://shop.example"]).ok();
        has(&home.run(&snippet).err, &["no site may use", "unicom widget allow"]);
    }

    fn origins_are_added_and_removed(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.channel(r#"{"bot":"echo","new_chat":"always"}"#).to_string();
        let said = allow(&home, &id, &["https://Shop.example:443", "https://*.shop.example"]).ok();
        has(&said, &["may be used by https://shop.example, https://*.shop.example"]);
        let first = stored(&home, &id);
        assert_eq!(first["origins"], json!(["https://shop.example", "https://*.shop.example"]));
        assert!(first["key"].as_str().unwrap().starts_with("wk_"), "{first}");

        // What is allowed already changes nothing, and is not audited.
        let lines = home.audited().len();
        allow(&home, &id, &["https://shop.example", "https://shop.example"]).ok();
        assert_eq!((stored(&home, &id), home.audited().len()), (first.clone(), lines));
        allow(&home, &id, &["http://localhost:3000"]).ok();
        let disallow = |origin: &str| {
            home.run(&["widget", "disallow", "--channel", &id, "--origin", origin])
        };
        disallow("https://shop.example").ok();
        has(&disallow("https://shop.example").failure(), &["`https://shop.example` is not allowed", "http://localhost:3000"]);
        let last = stored(&home, &id);
        assert_eq!(last["origins"], json!(["https://*.shop.example", "http://localhost:3000"]));
        assert_eq!(last["key"], first["key"], "the key stays");
        let config = home.json(&["channel", "show", &id])["config"].clone();
        assert_eq!((&config["bot"], &config["new_chat"]), (&json!("echo"), &json!("always")));

        disallow("https://*.shop.example").ok();
        has(&disallow("http://localhost:3000").ok(), &["no other site may use channel"]);
        has(&disallow("http://localhost:3000").failure(), &["the channel allows none"]);
        let newest = home.json(&["audit", "list"])[0].clone();
        assert_eq!((&newest["action"], &newest["actor"]), (&json!("channel.update"), &json!("cli")));
        assert_eq!(newest["details"], json!({ "config_keys": ["bot", "new_chat", "web"] }));
    }

    fn invalid_origins_are_refused(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel().to_string();
        for (origin, said) in [
            ("http://shop.example", "http is for localhost"),
            ("shop.example", "expected `https://shop.example`"),
            ("https://shop.example/page", "expected `https://shop.example`"),
            ("https://*", "`*` stands only for the whole first label"),
            ("https://*.example", "must name a domain"),
            ("null", "invalid origin `null`"),
            ("*", "invalid origin `*`"),
        ] {
            has(&allow(&home, &id, &[origin]).wrong_use(), &[said]);
        }
        let many: Vec<String> = (0..101).map(|n| format!("https://s{n}.example")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        has(&allow(&home, &id, &many).wrong_use(), &["`web.origins` must have at most 100"]);
        assert_eq!(stored(&home, &id), Value::Null);
    }

    fn key_is_replaced_after_a_question(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel().to_string();
        let new_key = ["widget", "new-key", "--channel", &id];
        let forced = [&new_key[..], &["--yes"]].concat();
        has(&home.run(&forced).failure(), &["is only for pages of this server", "unicom widget allow"]);
        allow(&home, &id, &["https://shop.example"]).ok();
        let before = stored(&home, &id);
        has(&home.run(&new_key).wrong_use(), &["--yes"]);
        assert_eq!(stored(&home, &id), before);
        let said = home.run(&forced).ok();
        let after = stored(&home, &id);
        has(&said, &["is now", after["key"].as_str().unwrap()]);
        assert_ne!(after["key"], before["key"]);
        assert_eq!(after["origins"], before["origins"]);
    }

    fn only_webchat_channels_are_changed(db: &TestDatabase) {
        let home = Workspace::on(db);
        let create = ["channel", "create", "--platform", "Internal", "--name", "Console"];
        let id = home.json(&create)["id"].to_string();
        has(&allow(&home, &id, &["https://shop.example"]).wrong_use(), &["belongs to Internal", "WebChat"]);
        has(&home.run(&["widget", "snippet", "--channel", &id]).wrong_use(), &["belongs to Internal"]);
        has(&allow(&home, "77", &["https://shop.example"]).failure(), &["channel `77` does not exist"]);
        has(&home.run(&["widget", "snippet", "--channel", "77"]).failure(), &["channel `77` does not exist"]);
    }

    fn inactive_channel_is_changed_and_stays_inactive(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel().to_string();
        home.run(&["channel", "update", &id, "--active", "false"]).ok();
        assert_eq!(home.json(&["widget", "allow", "--channel", &id, "--origin", "https://shop.example"])["active"], false);
        assert_eq!(stored(&home, &id)["origins"], json!(["https://shop.example"]));
    }

    fn parallel_changes_are_all_kept(db: &TestDatabase) {
        let home = Workspace::on(db);
        let id = home.echo_channel().to_string();
        allow(&home, &id, &["https://shop.example"]).ok();
        let origins: Vec<String> = (0..6).map(|n| format!("https://s{n}.example")).collect();
        let started: Vec<_> = origins
            .iter()
            .map(|origin| {
                let arguments = ["widget", "allow", "--channel", &id, "--origin", origin];
                home.command(&arguments).stdout(Stdio::null()).spawn().unwrap()
            })
            .collect();
        for mut one in started {
            assert!(one.wait().unwrap().success());
        }
        let channel = db.read(channels::list).remove(0);
        let stored = channel.config["web"]["origins"].to_string();
        assert!(origins.iter().all(|origin| stored.contains(origin)), "{stored}");
    }
}

fn allow(home: &Workspace, id: &str, origins: &[&str]) -> Run {
    let mut arguments = vec!["widget", "allow", "--channel", id];
    arguments.extend(origins.iter().flat_map(|origin| ["--origin", origin]));
    home.run(&arguments)
}

/// Returns the setting `web` of a channel.
pub fn stored(home: &Workspace, id: &str) -> Value {
    home.json(&["channel", "show", id])["config"]["web"].clone()
}
