//! Tests of `unicom token`.

use serde_json::json;
use unicom_auth::tokens;
use unicom_models::UtcTime;
use unicom_testing::{TestDatabase, both_engines};

use crate::workspace::{Workspace, has};

const PASSWORD: &str = "open-sesame";

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn secret_is_shown_once(db: &TestDatabase) {
        let home = Workspace::on(db);
        admin(&home, "ada");
        let made = home.run(&["token", "create", "ada", "--name", "nightly export"]);
        assert!(!made.err.contains("not staff"), "{made:?}");
        let secret = made.out.trim_end().to_owned();
        assert_eq!(made.out, format!("{secret}\n"), "nothing else on standard output");
        assert!(secret.starts_with(tokens::PREFIX) && made.err.contains("shown this once"), "{made:?}");
        assert_eq!(owner(db, &secret).as_deref(), Some("ada"));

        for arguments in [&["token", "list"][..], &["token", "list", "--json"], &["audit", "list"]] {
            let said = home.run(arguments).ok();
            has(&said, &["nightly export"]);
            assert!(!said.contains(secret.trim_start_matches(tokens::PREFIX)), "{said}");
        }
        let listed = home.json(&["token", "list"]);
        assert_eq!(listed[0]["scope"], "read");
        let id = listed[0]["id"].to_string();
        has(&home.run(&["token", "revoke", &id, "--yes"]).ok(), &["is revoked"]);
        assert_eq!(owner(db, &secret), None);
        has(&home.run(&["token", "revoke", &id, "--yes"]).failure(), &[&format!("token `{id}` does not exist")]);
        assert_eq!(home.json(&["token", "list"]), json!([]));
        let expected = [format!("cli token.revoke token:{id}"), format!("cli token.create token:{id}")];
        assert_eq!(home.audited()[..2], expected);
    }

    fn token_expires(db: &TestDatabase) {
        let home = Workspace::on(db);
        admin(&home, "ada");
        let made = home.json(&["token", "create", "ADA", "--name", "export", "--expires-in-days", "30"]);
        assert_eq!(owner(db, made["secret"].as_str().unwrap()).as_deref(), Some("ada"));
        let time = |field: &str| serde_json::from_value::<UtcTime>(made[field].clone()).unwrap();
        assert_eq!(time("expires_at").since(time("created_at")).as_secs(), 30 * 24 * 60 * 60);
        has(&home.run(&["token", "list"]).ok(), &["export", &time("expires_at").to_string()]);
        let id = made["id"].clone();
        assert_eq!(home.json(&["token", "revoke", &id.to_string(), "--yes"]), json!({ "id": id }));
    }

    fn default_token_is_read_only_for_ninety_days(db: &TestDatabase) {
        let home = Workspace::on(db);
        admin(&home, "ada");
        let day = 24 * 60 * 60;
        let cases: [(&[&str], &str, Option<u64>); 5] = [
            (&[], "read", Some(90 * day)),
            (&["--scope", "write"], "write", Some(90 * day)),
            (&["--scope", "admin", "--expires-in-days", "1"], "admin", Some(day)),
            (&["--expires-in-days", "36500"], "read", Some(36_500 * day)),
            (&["--expires-in-days", "never"], "read", None),
        ];
        for (arguments, scope, lasts) in cases {
            let made = home.json(&[&["token", "create", "ada", "--name", "x"], arguments].concat());
            assert_eq!(made["scope"], scope);
            let time = |field: &str| serde_json::from_value::<Option<UtcTime>>(made[field].clone()).unwrap();
            let created = time("created_at").unwrap();
            let lasted = time("expires_at").map(|end| end.since(created).as_secs());
            assert_eq!(lasted, lasts, "{arguments:?}");
            let line = home.json(&["audit", "list", "--limit", "1"])[0]["details"].clone();
            assert_eq!((&line["scope"], &line["expires_at"]), (&json!(scope), &made["expires_at"]));
        }
        has(&home.run(&["token", "list"]).ok(), &["SCOPE", "admin", "write"]);
    }

    fn token_of_a_non_admin_causes_a_warning(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.user("bob", PASSWORD).ok();
        let made = home.run(&["token", "create", "bob", "--name", "export", "--json"]);
        has(&made.err, &["user `bob` is not staff"]);
        let made: serde_json::Value = serde_json::from_str(&made.ok()).unwrap();
        assert_eq!(owner(db, made["secret"].as_str().unwrap()).as_deref(), Some("bob"));
    }

    fn invalid_token_is_not_created(db: &TestDatabase) {
        let home = Workspace::on(db);
        admin(&home, "ada");
        let create = |arguments: &[&str]| home.run(&[&["token", "create"], arguments].concat());
        has(&create(&["eve", "--name", "export"]).failure(), &["user `eve` does not exist"]);
        has(&create(&["ada", "--name", " "]).wrong_use(), &["`name` must have 1 to 150 characters"]);
        has(&create(&["ada"]).wrong_use(), &["--name"]);
        for days in ["0", "-1", "soon", "36501", "", "Never"] {
            create(&["ada", "--name", "export", "--expires-in-days", days]).wrong_use();
        }
        let said = create(&["ada", "--name", "export", "--scope", "all"]).wrong_use();
        has(&said, &["expected one of read, write, admin"]);
        home.run(&["token", "revoke", "export"]).wrong_use();
        assert_eq!(home.json(&["token", "list"]), json!([]));
    }
}

fn admin(home: &Workspace, name: &str) {
    let create = ["user", "create", name, "--password-stdin", "--staff"];
    home.run_with_input(&create, PASSWORD).ok();
}

/// Returns the name of the user that this token belongs to.
fn owner(db: &TestDatabase, secret: &str) -> Option<String> {
    let secret = secret.to_owned();
    let found = db.read(move |db| tokens::find(db, &secret, UtcTime::now()));
    found.map(|(_, user)| user.username)
}
