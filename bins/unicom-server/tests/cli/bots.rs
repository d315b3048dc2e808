//! Tests of `unicom bot`.

use serde_json::json;
use unicom_testing::{TestDatabase, both_engines};

use crate::workspace::{Run, Workspace, has};

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn bot_lifecycle(db: &TestDatabase) {
        let home = Workspace::on(db);
        has(&home.run(&["bot", "kinds"]).ok(), &["echo"]);
        assert!(home.json(&["bot", "kinds"]).as_array().unwrap().contains(&json!("echo")));

        let settings = |model: &str| json!({ "base_url": "https://model.example.org/v1", "model": model });
        let (small, large) = (settings("small").to_string(), settings("large").to_string());
        let made = home.run(&["bot", "create", "parrot", "--kind", "llm", "--config", &small]);
        has(&made.ok(), &["bot `parrot` is created"]);
        has(&home.run(&["bot", "list"]).ok(), &["parrot", "llm"]);
        let listed = home.json(&["bot", "list"]);
        assert_eq!((&listed[0]["name"], &listed[0]["kind"]), (&json!("parrot"), &json!("llm")));
        assert_eq!(listed[0].get("config"), None, "settings are shown on request only");
        assert_eq!(home.json(&["bot", "show", "parrot"])["config"], settings("small"));
        has(&home.run(&["bot", "show", "parrot"]).ok(), &[r#""model":"small""#]);

        let changed = home.json(&["bot", "update", "parrot", "--config", &large]);
        assert_eq!((&changed["name"], changed.get("config")), (&json!("parrot"), None));
        assert_eq!(home.json(&["bot", "show", "parrot"])["config"], settings("large"));
        has(&home.run(&["bot", "delete", "parrot", "--yes"]).ok(), &["bot `parrot` is deleted"]);
        assert_eq!(home.json(&["bot", "list"]), json!([]));
        let of = |action: &str| format!("cli {action} bot:parrot");
        assert_eq!(home.audited(), ["bot.delete", "bot.update", "bot.create"].map(of));
    }

    fn audit_log_omits_setting_values(db: &TestDatabase) {
        let home = Workspace::on(db);
        let mut settings = json!({
            "base_url": "https://model.example.org/v1", "model": "small", "system_prompt": "trade secret",
        });
        let config = settings.to_string();
        home.run(&["bot", "create", "parrot", "--kind", "llm", "--config", &config]).ok();
        home.run(&["bot", "update", "parrot", "--config", &config]).ok();
        settings["kind"] = json!("llm");
        home.run(&["category", "create", "Sales", "--bot", &settings.to_string()]).ok();
        let channel = json!({ "bot": settings }).to_string();
        let create = ["channel", "create", "--platform", "WebChat", "--name", "Site", "--config", &channel];
        home.run(&create).ok();
        let trail = home.run(&["audit", "list"]).ok();
        has(&trail, &[r#""system_prompt""#, r#""kind":"llm""#, "category.create", "channel.create"]);
        assert!(!trail.contains("trade secret"), "{trail}");
    }

    fn audit_log_names_only_the_hosts_of_bots(db: &TestDatabase) {
        let home = Workspace::on(db);
        let llm = |base_url: &str| json!({ "base_url": base_url, "model": "small" }).to_string();
        let first = llm("https://Models.Example/v1?key=hunter2");
        home.run(&["bot", "create", "parrot", "--kind", "llm", "--config", &first]).ok();
        let details = |home: &Workspace| home.json(&["audit", "list"])[0]["details"].clone();
        let keys = json!(["base_url", "model"]);
        assert_eq!(
            details(&home),
            json!({ "kind": "llm", "config_keys": keys, "hosts": { "base_url": "models.example" } })
        );
        // Only the address changes.
        home.run(&["bot", "update", "parrot", "--config", &llm("https://evil.example:8443/hunter2")]).ok();
        assert_eq!(
            details(&home),
            json!({ "config_keys": keys, "hosts": { "base_url": "evil.example:8443" } })
        );
        let bot = json!({ "kind": "llm", "base_url": "https://evil.example/hunter2", "model": "small" });
        let described = json!({
            "kind": "llm", "config_keys": ["base_url", "kind", "model"], "hosts": { "base_url": "evil.example" },
        });
        home.run(&["category", "create", "Sales", "--bot", &bot.to_string()]).ok();
        assert_eq!(details(&home)["bot"], described);
        let channel = home.channel(&json!({ "bot": bot }).to_string()).to_string();
        assert_eq!(details(&home)["bot"], described);
        home.run(&["channel", "update", &channel, "--config", &json!({ "bot": bot }).to_string()]).ok();
        assert_eq!(details(&home), json!({ "config_keys": ["bot"], "bot": described }));
        let trail = home.run(&["audit", "list"]).ok();
        assert!(!trail.contains("hunter2"), "{trail}");
    }

    fn key_is_read_only_from_bot_variables_bound_to_the_host(db: &TestDatabase) {
        let home = Workspace::on(db);
        let create = |variable: &str, hosts: Option<(&str, &str)>| {
            let config = json!({
                "base_url": "https://api.openai.com/v1", "model": "small", "api_key_env": variable,
            });
            let config = config.to_string();
            let mut command =
                home.command(&["bot", "create", "parrot", "--kind", "llm", "--config", &config]);
            command.env("OPENAI_API_KEY", "sk-1").env("UNICOM_BOT_KEY", "sk-1").envs(hosts);
            Run::of(command.output().unwrap())
        };
        has(
            &create("OPENAI_API_KEY", None).wrong_use(),
            &["set `UNICOM_BOT_OPENAI_API_KEY` to the key, and `UNICOM_BOT_OPENAI_API_KEY_HOSTS=api.openai.com`"],
        );
        has(&create("UNICOM_SECRET_KEY", None).wrong_use(), &["of the form `UNICOM_BOT_[A-Z0-9_]+`"]);
        let hint = "as in `UNICOM_BOT_KEY_HOSTS=api.openai.com`";
        has(&create("UNICOM_BOT_KEY", None).wrong_use(), &[hint]);
        let hosts = |hosts| Some(("UNICOM_BOT_KEY_HOSTS", hosts));
        has(&create("UNICOM_BOT_KEY", hosts("openai.com")).wrong_use(), &[hint]);
        create("UNICOM_BOT_KEY", hosts("localhost, api.openai.com")).ok();
    }

    fn bot_in_use_is_not_deleted(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.run(&["bot", "create", "parrot", "--kind", "echo"]).ok();
        let create = ["channel", "create", "--platform", "WebChat", "--name", "Site", "--config"];
        let channel = home.json(&[create.as_slice(), &[r#"{"bot":"parrot"}"#]].concat())["id"].to_string();
        let said = home.run(&["bot", "delete", "parrot", "--yes"]).failure();
        has(&said, &["bot `parrot` is the bot of channel", &channel]);
        home.run(&["channel", "delete", &channel, "--yes"]).ok();

        let category = home.json(&["category", "create", "Sales", "--bot", "parrot"]);
        let category = category["id"].as_str().unwrap();
        has(&home.run(&["bot", "delete", "parrot", "--yes"]).failure(), &["is the bot of category", category]);
        home.run(&["category", "update", category, "--no-bot"]).ok();
        home.run(&["bot", "delete", "parrot", "--yes"]).ok();
    }

    fn invalid_bot_is_not_created(db: &TestDatabase) {
        let home = Workspace::on(db);
        let create = |name: &str, kind: &str, config: &str| {
            home.run(&["bot", "create", name, "--kind", kind, "--config", config]).wrong_use()
        };
        has(&create("Parrot!", "echo", "{}"), &["`name` must have 1 to 64 characters of a-z"]);
        has(&create("echo", "echo", "{}"), &["`name` is the name of a bot kind"]);
        has(&create("parrot", "nobody", "{}"), &["`kind`", "`nobody`", "expected one of", "echo"]);
        for config in ["{", "[]", "7", ""] {
            has(&create("parrot", "echo", config), &["--config", "expected a JSON object"]);
        }
        has(&home.run(&["bot", "create", "parrot"]).wrong_use(), &["--kind"]);
        home.run(&["bot", "create", "parrot", "--kind", "echo"]).ok();
        has(&create("parrot", "echo", "{}"), &["`name` belongs to another bot"]);
        has(&home.run(&["bot", "update", "parrot"]).wrong_use(), &["--config"]);
        assert_eq!(home.audited().len(), 1);
    }

    fn unknown_bot_is_reported(db: &TestDatabase) {
        let home = Workspace::on(db);
        for command in [&["show", "eve"][..], &["update", "eve", "--config", "{}"], &["delete", "eve", "--yes"]] {
            has(&home.run(&[&["bot"], command].concat()).failure(), &["bot `eve` does not exist"]);
        }
    }
}
