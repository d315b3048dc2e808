//! Tests of the sources of settings: flags override the environment, which overrides the file.

use unicom_testing::{TestDatabase, both_engines};

use crate::checks::GOOD_KEY;
#[cfg(unix)]
use crate::weaknesses::chmod;
use crate::workspace::{Run, Workspace, has};
use crate::{server::Server, visitor::Visitor};

both_engines! {
    migrations: [];

    async fn file_provides_settings_not_set_elsewhere(db: &TestDatabase) {
        let home = Workspace::new();
        let url = db.url();
        home.write(
            "unicom.toml",
            &format!("database_url = {url:?}\nlisten = \"127.0.0.1:0\"\nbase_path = \"/chat\"\n"),
        );
        let server = Server::start(home.command(&["serve"]));
        let visitor = Visitor::of(&server);
        assert_eq!(visitor.get("/chat/auth/session/").await.0, 200);
        assert_eq!(visitor.get("/unicom/auth/session/").await.0, 404);
        assert!(!home.path().join("unicom.db").exists());
    }
}

#[test]
fn flag_overrides_environment_overrides_file() {
    let home = Workspace::new();
    let made = |name: &str| home.path().join(name).exists();
    home.write("unicom.toml", "database_url = \"sqlite://file.db\"\n");

    home.run(&["migrate"]).ok();
    assert_eq!(
        [made("file.db"), made("env.db"), made("flag.db")],
        [true, false, false]
    );
    let mut command = home.command(&["migrate"]);
    assert!(
        command
            .env("UNICOM_DATABASE_URL", "sqlite://env.db")
            .status()
            .unwrap()
            .success()
    );
    assert_eq!([made("env.db"), made("flag.db")], [true, false]);
    std::fs::remove_file(home.path().join("env.db")).unwrap();
    let mut command = home.command(&["migrate", "--database-url", "sqlite://flag.db"]);
    assert!(
        command
            .env("UNICOM_DATABASE_URL", "sqlite://env.db")
            .status()
            .unwrap()
            .success()
    );
    assert_eq!([made("env.db"), made("flag.db")], [false, true]);
}

#[test]
fn settings_file_can_be_chosen() {
    let home = Workspace::new();
    home.write("other.toml", "database_url = \"sqlite://other.db\"\n");
    home.run(&["migrate", "--config-file", "other.toml"]).ok();
    assert!(home.path().join("other.db").exists());
    has(
        &home
            .run(&["migrate", "--config-file", "gone.toml"])
            .wrong_use(),
        &["cannot read `gone.toml`"],
    );
}

#[test]
fn invalid_setting_in_the_file_is_reported() {
    let home = Workspace::new();
    for (text, parts) in [
        (
            "colour = \"blue\"",
            ["unicom.toml", "`colour`", "`database_url`"],
        ),
        (
            "workers = 2\nlisen = \"127.0.0.1:80\"",
            [
                "line 2",
                "`lisen` is not a setting",
                "did you mean `listen`?",
            ],
        ),
        (
            "[rate]\naddress_read = \"9:9\"",
            ["line 2", "`address_read`", "`address_reads`"],
        ),
        ("listen = \"here\"", ["unicom.toml", "address", "`listen`"]),
        (
            "\nmax_text = \"abc\"",
            ["line 2", "`max_text`", "expected a whole number"],
        ),
        ("listen = ", ["unicom.toml", "line 1", ""]),
        ("workers = 0", ["workers", "1", "512"]),
        (
            "database_connections = 1",
            ["database_connections", "2", "1000"],
        ),
        ("base_path = \"chat\"", ["`chat`", "base path", "/unicom"]),
        (
            "public_origin = \"chat.example.com\"",
            ["chat.example.com", "", ""],
        ),
        (
            "allowed_hosts = [\"unicom\", \"*.example.com\"]",
            ["allowed_hosts", "`*.example.com`", "chat.example.com"],
        ),
    ] {
        home.write("unicom.toml", text);
        has(&home.run(&["migrate"]).wrong_use(), &parts);
    }
    assert!(!home.path().join("unicom.db").exists());
}

#[test]
fn invalid_setting_in_the_environment_or_a_flag_is_reported() {
    let home = Workspace::new();
    let output = home
        .command(&["migrate"])
        .env("UNICOM_LISTEN", "here")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    has(
        &String::from_utf8_lossy(&output.stderr),
        &["here", "--listen"],
    );
    has(
        &home.run(&["migrate", "--workers", "0"]).wrong_use(),
        &["--workers", "1..=512"],
    );
}

#[test]
fn empty_variable_counts_as_unset() {
    let home = Workspace::new();
    home.run(&["migrate"]).ok();
    for name in [
        "LISTEN",
        "PUBLIC_ORIGIN",
        "TRUSTED_ORIGINS",
        "RATE_LIMIT",
        "DATABASE_URL",
        "RATE_ADDRESS_READS",
        "LOG_FORMAT",
        "WORKERS",
        "DATA_DIR",
        "SECRET_KEY_FILE",
    ] {
        for empty in ["", " "] {
            let mut command = home.command(&["channel", "list"]);
            let run = command.env(format!("UNICOM_{name}"), empty).output();
            let run = run.unwrap();
            let said = String::from_utf8_lossy(&run.stderr);
            assert!(run.status.success() && said.is_empty(), "{name}: {said}");
        }
    }
    assert!(home.path().join("unicom.db").exists());
}

#[test]
fn unknown_variable_is_named_with_the_nearest_one() {
    let home = Workspace::new();
    home.run(&["migrate"]).ok();
    let said = |name: &str| {
        let mut command = home.command(&["channel", "list"]);
        let run = Run::of(command.env(name, "x").output().unwrap());
        run.err
    };
    for (name, meant) in [
        ("UNICOM_LISTNE", "UNICOM_LISTEN"),
        ("UNICOM_PUBLIC_ORIGINS", "UNICOM_PUBLIC_ORIGIN"),
        ("UNICOM_RATE_ADDRESS_READ", "UNICOM_RATE_ADDRESS_READS"),
        ("UNICOM_SECRET_KEYS", "UNICOM_SECRET_KEY"),
    ] {
        let parts = [format!("`{name}` has no effect"), format!("`{meant}`?")];
        has(&said(name), &[&parts[0], &parts[1]]);
    }
    has(&said("UNICOM_DB_ADDRESS"), &["has no effect", "--help"]);
    for secret in ["UNICOM_BOT_LISTEN", "UNICOM_CHANNEL_LOG", "LISTEN"] {
        assert_eq!(said(secret), "", "{secret}");
    }
}

/// Asserts that `unicom serve` refuses this key in the environment without repeating it. Returns
/// standard error.
#[track_caller]
fn refuses_key(home: &Workspace, key: &str) -> String {
    let said = home.run_with_key(&["serve"], key).wrong_use();
    assert!(key.is_empty() || !said.contains(key), "{said}");
    said
}

#[test]
fn weak_key_from_any_source_is_rejected() {
    let home = Workspace::new();
    for (key, reason) in [
        ("", "fewer than 32 characters"),
        ("tooshort", "fewer than 32 characters"),
        (&GOOD_KEY[1..], "fewer than 32 characters"),
        (&*"a".repeat(32), "repeats one character"),
        (&*"0".repeat(64), "repeats one character"),
        (&*"abc".repeat(20), "repeats a few characters"),
        (&*"deadbeef".repeat(8), "repeats a few characters"),
        ("00000000000000000000000000000001", "different characters"),
        (
            "0123456789abcdefghijklmnopqrstuvwxyz",
            "is a sequence of letters",
        ),
    ] {
        has(&refuses_key(&home, key), &[reason, "openssl rand -hex 32"]);
        has(&home.run_with_key(&["check"], key).out, &["WRONG", reason]);

        home.write("weak.key", key);
        let file = ["serve", "--secret-key-file", "weak.key"];
        has(
            &home.run(&file).wrong_use(),
            &["`weak.key` is not a secret key", reason],
        );

        home.write_private("unicom.toml", &format!("secret_key = {key:?}\n"));
        has(&home.run(&["serve"]).wrong_use(), &["`secret_key`", reason]);
        std::fs::remove_file(home.path().join("unicom.toml")).unwrap();
    }
    assert!(!home.path().join("unicom-data/unicom.key").exists());
}

#[tokio::test]
async fn key_is_read_from_the_environment_a_file_or_private_settings() {
    let home = Workspace::new();
    home.write_private("the.key", &format!("{GOOD_KEY}\n"));
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let mut in_environment = home.command(&serve);
    in_environment.env("UNICOM_SECRET_KEY", GOOD_KEY);
    let mut by_variable = home.command(&serve);
    by_variable.env("UNICOM_SECRET_KEY_FILE", "the.key");
    home.run(&["user", "create", "ada", "--password-stdin"]);
    home.user("ada", "correct horse battery").ok();
    home.echo_channel();
    // All of these are the same key: sessions remain valid.
    let server = Server::start(in_environment);
    let visitor = Visitor::of(&server);
    assert_eq!(visitor.log_in("ada", "correct horse battery").await, 200);
    assert_eq!(server.terminate(), Some(0));
    let server = Server::start(by_variable);
    let visitor = visitor.at(&server);
    assert!(visitor.is_logged_in().await);
    assert_eq!(server.terminate(), Some(0));
    home.write_private("unicom.toml", &format!("secret_key = \"{GOOD_KEY}\"\n"));
    let server = Server::serve(&home);
    let visitor = visitor.at(&server);
    assert!(visitor.is_logged_in().await);
    assert_eq!(server.terminate(), Some(0));
    // The environment or a flag overrides the file.
    let server = Server::start(home.command(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--secret-key-file",
        "the.key",
    ]));
    assert!(visitor.at(&server).is_logged_in().await);
    assert_eq!(server.terminate(), Some(0));
    assert!(!home.path().join("unicom-data/unicom.key").exists());
}

#[test]
fn key_as_a_flag_is_rejected() {
    let home = Workspace::new();
    let with_value = format!("--secret-key={GOOD_KEY}");
    for arguments in [
        &["serve", "--secret-key", GOOD_KEY][..],
        &["--secret-key", GOOD_KEY, "check"],
        &["serve", &with_value],
        &["serve", "--secret-key"],
    ] {
        let said = home.run(arguments).wrong_use();
        has(
            &said,
            &[
                "`--secret-key` is not a flag",
                "UNICOM_SECRET_KEY",
                "--secret-key-file",
            ],
        );
        assert!(!said.contains(GOOD_KEY), "{said}");
    }
    let help = home.run(&["help", "serve"]).ok();
    assert!(
        help.contains("--secret-key-file") && !help.contains("--secret-key "),
        "{help}"
    );
}

#[test]
fn duplicate_or_exposed_key_is_rejected() {
    let home = Workspace::new();
    home.write_private("the.key", GOOD_KEY);
    let file = ["check", "--secret-key-file", "the.key"];
    has(
        &home.run_with_key(&file, GOOD_KEY).wrong_use(),
        &["given twice"],
    );
    has(
        &home
            .run(&["serve", "--secret-key-file", "gone.key"])
            .wrong_use(),
        &["`secret_key_file`: there is no `gone.key`"],
    );
    assert!(!home.path().join("gone.key").exists());
    #[cfg(unix)]
    for mode in [0o644, 0o606, 0o602] {
        home.write_private("unicom.toml", &format!("secret_key = \"{GOOD_KEY}\"\n"));
        chmod(&home.path().join("unicom.toml"), mode);
        let said = home.run(&["check"]).wrong_use();
        has(
            &said,
            &[
                "`unicom.toml` has `secret_key`",
                &format!("(mode {mode:o})"),
                "chmod 600",
            ],
        );
        assert!(!said.contains(GOOD_KEY), "{said}");
        // Without a secret, the file may be readable by everyone.
        std::fs::write(home.path().join("unicom.toml"), "workers = 2\n").unwrap();
        has(&home.run(&["migrate"]).ok(), &[]);
    }
}

#[test]
fn invalid_origins_are_rejected() {
    let home = Workspace::new();
    for (variable, text) in [
        ("UNICOM_TRUSTED_ORIGINS", "https://*.example.com"),
        ("UNICOM_TRUSTED_ORIGINS", "https://a.example,https://*"),
        ("UNICOM_TRUSTED_ORIGINS", "https://.example.com"),
        ("UNICOM_TRUSTED_ORIGINS", "*"),
        ("UNICOM_PUBLIC_ORIGIN", "https://%2a.example.com"),
    ] {
        let run = Run::of(
            home.command(&["check"])
                .env(variable, text)
                .output()
                .unwrap(),
        );
        let last = text.rsplit(',').next().unwrap();
        has(
            &run.wrong_use(),
            &[
                &format!("invalid origin `{last}`"),
                "https://chat.example.com",
            ],
        );
    }
}

#[test]
fn invalid_values_are_rejected() {
    let home = Workspace::new();
    for path in [
        "/a/../b", "/..", "/.", "/a/./b", "/a/..", "/a//b", "/a?b", "a", "/ä",
    ] {
        let run = home.run(&["check", "--base-path", path]);
        has(
            &run.wrong_use(),
            &[&format!("`{path}` is not a base path"), "/unicom"],
        );
        home.write("unicom.toml", &format!("base_path = {path:?}\n"));
        has(&home.run(&["check"]).wrong_use(), &["is not a base path"]);
        std::fs::remove_file(home.path().join("unicom.toml")).unwrap();
    }
    for fine in ["/a.b", "/..a", "/a-_.b/c/"] {
        let run = home.run(&["check", "--base-path", fine]);
        assert_eq!(run.code, Some(1), "only the database is missing: {run:?}");
    }
    for bytes in ["0", "-1", "16777217", "many"] {
        let flag = format!("--max-text={bytes}");
        has(
            &home.run(&["check", &flag]).wrong_use(),
            &["--max-text", bytes],
        );
    }
    home.write("unicom.toml", "max_text = 0\n");
    has(
        &home.run(&["check"]).wrong_use(),
        &["`max_text` is 0: expected 1 to 16777216"],
    );
}

#[test]
fn cookie_names_must_be_accepted_by_browsers() {
    let home = Workspace::new();
    let https = "public_origin = \"https://chat.example.com\"\n";
    for (text, part) in [
        (
            "session_cookie = \"a b\"".to_owned(),
            "`session_cookie` is `a b`: expected 1 to 64 letters, digits, `-`, `_` and `.`",
        ),
        (
            "csrf_cookie = \"\"".to_owned(),
            "`csrf_cookie` is ``: expected 1 to 64 letters",
        ),
        (
            "visitor_cookie = \"sessionid\"".to_owned(),
            "`session_cookie` and `visitor_cookie` are both `sessionid`",
        ),
        (
            "session_cookie = \"__Host-sessionid\"".to_owned(),
            "`session_cookie` is `__Host-sessionid`: browsers accept a cookie of this name over https only; set \
             `public_origin` to an https address",
        ),
        (
            "public_origin = \"http://chat.example.com\"\nvisitor_cookie = \"__secure-v\""
                .to_owned(),
            "`visitor_cookie` is `__secure-v`: browsers accept",
        ),
        (
            format!("{https}csrf_cookie = \"__Http-csrf\""),
            "`csrf_cookie` is `__Http-csrf`: browsers accept a cookie of this name only if scripts cannot read it",
        ),
    ] {
        home.write("unicom.toml", &text);
        has(&home.run(&["migrate"]).wrong_use(), &[part]);
    }
    home.write(
        "unicom.toml",
        &format!("{https}session_cookie = \"__Secure-shop\"\ncsrf_cookie = \"csrf\"\n"),
    );
    home.run(&["migrate"]).ok();
    // A flag overrides the file here too.
    let flags = ["migrate", "--visitor-cookie", "__Secure-shop"];
    has(&home.run(&flags).wrong_use(), &["are both `__Secure-shop`"]);
}
