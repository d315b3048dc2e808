//! Tests of wrong arguments and of databases that cannot be opened: exit codes, and a sentence on
//! standard error.

use std::process::Stdio;

use crate::workspace::{Run, Workspace, has};

#[test]
fn invalid_usage_exits_with_2() {
    let home = Workspace::new();
    for arguments in [
        &[][..],
        &["sing"],
        &["serve", "--loud"],
        &["channel"],
        &["channel", "create", "--platform", "WebChat"],
        &["channel", "show", "first"],
        &["send"],
        &["request", "show"],
        &["category"],
        &["member", "create"],
        &["group", "add"],
        &["bot", "create", "parrot"],
        &["delivery", "list", "--status", "lost"],
        &["token", "create", "ada"],
        &["audit"],
        &["widget"],
        &["widget", "snippet"],
        &["widget", "allow", "--channel", "1"],
        &[
            "widget",
            "identity-key",
            "add",
            "--channel",
            "1",
            "--kid",
            "k",
            "--alg",
            "ES256",
        ],
    ] {
        has(&home.run(arguments).wrong_use(), &["--help"]);
    }
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn help_and_version_are_printed() {
    let home = Workspace::new();
    has(
        &home.run(&["--help"]).ok(),
        &[
            "quickstart",
            "serve",
            "migrate",
            "check",
            "category",
            "member",
            "group",
            "bot",
            "delivery",
            "token",
            "audit",
            "widget",
            "--database-url",
        ],
    );
    has(
        &home.run(&["--version"]).ok(),
        &["unicom ", env!("CARGO_PKG_VERSION")],
    );
}

#[test]
fn help_omits_secrets_of_the_environment() {
    let home = Workspace::new();
    for arguments in [
        &["--help"][..],
        &["help", "serve"],
        &["serve", "--help"],
        &["check", "-h"],
    ] {
        let mut command = home.command(arguments);
        command.env(
            "UNICOM_DATABASE_URL",
            "postgres://ada:sesame@127.0.0.1/unicom",
        );
        command.env(
            "UNICOM_SECRET_KEY",
            "sesame-5f0d2c9b71e84a36b0c7d1f29e8a4b63",
        );
        let run = Run::of(command.output().unwrap());
        assert!(!format!("{run:?}").contains("sesame"), "{run:?}");
        has(&run.ok(), &["--database-url"]);
    }
}

#[test]
fn unavailable_database_is_reported_without_its_password() {
    for (url, part) in [
        ("postgres://ada:sesame@127.0.0.1:1/unicom", "cannot connect"),
        (
            "postgres://ada:sesame@no-such-host.invalid/unicom",
            "cannot connect",
        ),
        (
            "postgres://ada:sesame@127.0.0.1:first/unicom",
            "cannot connect",
        ),
        (
            "postgres://ada:100%sesame@127.0.0.1:1/unicom",
            "cannot connect",
        ),
        (
            "postgres://ada:se/sesame@127.0.0.1:1/unicom",
            "cannot connect",
        ),
        (
            "postgres://ada:se@sesame@127.0.0.1:1/unicom",
            "cannot connect",
        ),
        ("mysql://ada:sesame@127.0.0.1/unicom", "expected `sqlite://"),
        (
            "postgres:ada:sesame@127.0.0.1/unicom",
            "expected `sqlite://",
        ),
        ("ada:sesame@127.0.0.1/unicom", "expected `sqlite://"),
        ("host=127.0.0.1 password=sesame", "expected `sqlite://"),
        ("sqlite://:memory:", "expected `sqlite://"),
        (
            "sqlite://no/such/folder/unicom.db",
            "`no/such/folder/unicom.db`: unable to open",
        ),
    ] {
        let home = Workspace::with_url(url);
        for arguments in [&["migrate"][..], &["user", "list"], &["serve"]] {
            let run = home.run(arguments);
            // A URL that names no database is wrong use. A database that does not exist is a
            // failure.
            let said = if part.starts_with("expected") {
                run.wrong_use()
            } else {
                run.failure()
            };
            has(&said, &[part]);
            assert!(!said.contains("sesame"), "{url}: {said}");
        }
    }
}

#[test]
fn closed_standard_output_is_not_an_error() {
    let home = Workspace::new();
    home.run(&["migrate"]).ok();
    let mut child = home
        .command(&["user", "list"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
