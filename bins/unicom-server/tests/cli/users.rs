//! Tests of `unicom user`.

use serde_json::json;
use unicom_testing::{TestDatabase, both_engines};

use crate::workspace::{Workspace, has};
use crate::{server::Server, visitor::Visitor};

const PASSWORD: &str = "open-sesame";

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn created_user_is_shown_without_the_password(db: &TestDatabase) {
        let home = Workspace::on(db);
        let create = [
            "user", "create", "Ada", "--password-stdin", "--email", "Ada@Example.com", "--verified",
            "--staff", "--display-name", "Ada L.",
        ];
        let made = home.run_with_input(&create, &format!("{PASSWORD}\n"));
        has(&made.out, &["user `Ada` is created"]);
        let runs = [
            made,
            home.run(&["user", "list"]),
            home.run(&["user", "list", "--json"]),
            home.run(&["user", "show", "ada"]),
        ];
        for run in runs {
            let said = format!("{}{}", run.out, run.err);
            assert!(!said.contains(PASSWORD) && !said.contains("argon2"), "{said}");
            run.ok();
        }
        let shown = home.json(&["user", "show", "ada"]);
        assert_eq!(home.json(&["user", "list"]), json!([shown]));
        let expected = json!({
            "username": "Ada", "display_name": "Ada L.", "email": "ada@example.com",
            "email_verified": true, "is_staff": true, "is_active": true,
        });
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(&shown[field], value, "{field}");
        }
    }

    fn invalid_user_is_not_created(db: &TestDatabase) {
        let home = Workspace::on(db);
        has(&home.user("ada", "short").wrong_use(), &["`password` must have 8 to 256 characters"]);
        has(&home.user("a b", PASSWORD).wrong_use(), &["`username` must have"]);
        has(&home.run(&["user", "create", "ada"]).wrong_use(), &["--password-stdin"]);
        let verified = ["user", "create", "ada", "--password-stdin", "--verified"];
        has(&home.run_with_input(&verified, PASSWORD).wrong_use(), &["--email"]);
        home.user("ada", PASSWORD).ok();
        let said = home.user("ADA", PASSWORD).failure();
        has(&said, &["the username `ADA` is taken"]);
        assert_eq!(home.json(&["user", "list"]).as_array().map(Vec::len), Some(1));
    }

    fn guessable_password_is_rejected(db: &TestDatabase) {
        let home = Workspace::on(db);
        let create = [
            "user", "create", "Wittgenstein", "--password-stdin", "--email", "tractatus-logico@philosophy.example",
            "--display-name", "Professor Luckyluke",
        ];
        let easy = [
            "12345678", "P4ssw0rd!", "WITTGENSTEIN", "wittgenstein7", "tractatus-logico", "Professor Luckyluke",
            "tractatus-logico@philosophy.example",
        ];
        for password in easy {
            let said = home.run_with_input(&create, password).wrong_use();
            has(&said, &["`password` is easy to guess: choose"]);
        }
        assert_eq!(home.json(&["user", "list"]), json!([]));
        home.run_with_input(&create, PASSWORD).ok();
        let set = ["user", "set-password", "wittgenstein", "--password-stdin"];
        for password in easy {
            has(&home.run_with_input(&set, password).wrong_use(), &["`password` is easy to guess: choose"]);
        }
        assert_eq!(home.audited().len(), 1, "the creation alone");
    }

    fn misleading_names_are_rejected_except_reserved_names_for_admins(db: &TestDatabase) {
        let home = Workspace::on(db);
        has(&home.user("\u{430}lice", PASSWORD).wrong_use(), &["`username` must have letters of one script"]);
        has(&home.user("alice\u{3164}", PASSWORD).wrong_use(), &["`username` must have no invisible characters"]);
        home.user("alice", PASSWORD).ok();
        has(&home.user("AIice", PASSWORD).failure(), &["the username `AIice` is taken"]);
        let support = [
            "user", "create", "support", "--password-stdin", "--staff", "--display-name", "Support\u{202e} (Staff)",
        ];
        home.run_with_input(&support, PASSWORD).ok();
        assert_eq!(home.json(&["user", "show", "ＳＵＰＰＯＲＴ"])["display_name"], "Support (Staff)");
    }

    async fn tokens_are_revoked_on_request(db: &TestDatabase) {
        let home = Workspace::on(db);
        let admin = ["user", "create", "ada", "--password-stdin", "--staff"];
        home.run_with_input(&admin, PASSWORD).ok();
        home.user("bob", PASSWORD).ok();
        let create = |name: &str| home.json(&["token", "create", name, "--name", "export"])["id"].clone();
        let left = || -> Vec<i64> {
            let tokens = home.json(&["token", "list"]);
            tokens.as_array().unwrap().iter().map(|token| token["id"].as_i64().unwrap()).collect()
        };
        let bobs = create("bob");
        let set = ["user", "set-password", "ada", "--password-stdin"];
        let first = create("ada");
        home.run_with_input(&set, "close-sesame").ok();
        assert_eq!(json!(left()), json!([bobs, first]));
        home.run_with_input(&[&set[..], &["--revoke-tokens"]].concat(), PASSWORD).ok();
        assert_eq!(json!(left()), json!([bobs]));
        let second = create("ada");
        home.run(&["user", "deactivate", "ada"]).ok();
        home.run(&["user", "activate", "ada"]).ok();
        assert_eq!(json!(left()), json!([bobs]));
        let trail = home.json(&["audit", "list"]);
        let details = |action: &str| {
            let mut lines = trail.as_array().unwrap().iter();
            lines.find(|line| line["action"] == action).unwrap()["details"].clone()
        };
        assert_eq!(details("user.set_password"), json!({ "revoked_tokens": [first] }));
        assert_eq!(details("user.deactivate"), json!({ "revoked_tokens": [second] }));
    }

    fn email_address_can_be_verified_if_present(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.user("ada", PASSWORD).ok();
        has(&home.run(&["user", "verify-email", "ada"]).failure(), &["`ada` has no e-mail address"]);
        let create = ["user", "create", "bob", "--password-stdin", "--email", "bob@example.com"];
        home.run_with_input(&create, PASSWORD).ok();
        assert_eq!(home.json(&["user", "show", "bob"])["email_verified"], false);
        assert_eq!(home.json(&["user", "verify-email", "bob"])["email_verified"], true);
        let bob = home.json(&["user", "show", "bob"])["id"].clone();
        let expected = ["user.verify_email", "user.create"].map(|action| format!("cli {action} user:{bob}"));
        assert_eq!(home.audited()[..2], expected);
    }

    fn unknown_user_is_reported(db: &TestDatabase) {
        let home = Workspace::on(db);
        for command in ["show", "verify-email", "activate", "deactivate"] {
            has(&home.run(&["user", command, "eve"]).failure(), &["user `eve` does not exist"]);
        }
        let set = ["user", "set-password", "eve", "--password-stdin"];
        has(&home.run_with_input(&set, PASSWORD).failure(), &["user `eve` does not exist"]);
    }

    async fn changing_the_password_ends_all_sessions(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.user("ada", PASSWORD).ok();
        let server = Server::serve(&home);
        let ada = Visitor::of(&server);
        assert_eq!(ada.log_in("ada", PASSWORD).await, 200);
        assert!(ada.is_logged_in().await);

        let set = ["user", "set-password", "ada", "--password-stdin"];
        home.run_with_input(&set, "short").wrong_use();
        assert!(ada.is_logged_in().await);
        home.run_with_input(&set, "close-sesame\n").ok();
        assert!(!ada.is_logged_in().await);
        assert_eq!(Visitor::of(&server).log_in("ada", PASSWORD).await, 401);
        assert_eq!(Visitor::of(&server).log_in("ada", "close-sesame").await, 200);
        let trail = home.run(&["audit", "list"]).ok();
        has(&trail, &["user.set_password"]);
        assert!(!trail.contains("sesame") && !trail.contains("argon2"), "{trail}");
    }

    async fn deactivated_user_is_logged_out_immediately(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.user("ada", PASSWORD).ok();
        let server = Server::serve(&home);
        let ada = Visitor::of(&server);
        assert_eq!(ada.log_in("ada", PASSWORD).await, 200);

        home.run(&["user", "deactivate", "ada"]).ok();
        assert!(!ada.is_logged_in().await);
        assert_eq!(Visitor::of(&server).log_in("ada", PASSWORD).await, 401);
        assert_eq!(home.json(&["user", "activate", "ada"])["is_active"], true);
        assert!(!ada.is_logged_in().await, "the old session must stay dead");
        has(&home.audited().join("\n"), &["cli user.deactivate user:", "cli user.activate user:"]);
        assert_eq!(Visitor::of(&server).log_in("ada", PASSWORD).await, 200);
    }

    async fn one_or_all_users_can_be_logged_out(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        for name in ["ada", "bob"] {
            home.user(name, PASSWORD).ok();
        }
        let server = Server::serve(&home);
        let [ada, bob, guest] = [(); 3].map(|()| Visitor::of(&server));
        assert_eq!(ada.log_in("ada", PASSWORD).await, 200);
        assert_eq!(bob.log_in("bob", PASSWORD).await, 200);
        guest.send("hello").await;
        has(&home.run(&["user", "logout", "ada"]).ok(), &["user `ada` is logged out everywhere"]);
        assert!(!ada.is_logged_in().await && bob.is_logged_in().await);
        assert_eq!(home.json(&["user", "logout", "--all"]), json!({ "sessions": 1 }));
        assert!(!bob.is_logged_in().await);
        assert!(guest.texts().await.contains(&"hello".to_owned()));
        assert_eq!(home.audited()[0], "cli user.logout_all users");
        assert!(home.audited()[1].starts_with("cli user.logout user:"));
        home.run(&["user", "logout"]).wrong_use();
        home.run(&["user", "logout", "ada", "--all"]).wrong_use();
        has(&home.run(&["user", "logout", "eve"]).failure(), &["user `eve` does not exist"]);
    }
}
