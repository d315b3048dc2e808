//! Tests of the error messages for trials that cannot run.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

fn said(arguments: &[&str]) -> (Option<i32>, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_unicom-trials"))
        .args(arguments)
        .env_remove("RUST_BACKTRACE")
        .output()
        .unwrap();
    (done.status.code(), String::from_utf8(done.stderr).unwrap())
}

#[test]
fn missing_server_is_reported_with_the_build_command() {
    for trial in ["kills", "power-cuts", "overload", "backlog"] {
        let (code, error) = said(&[trial, "--server", "/nowhere/unicom", "--rounds", "1"]);
        assert_eq!(code, Some(1));
        assert!(error.contains("`/nowhere/unicom`"), "{error}");
        assert!(error.contains("cargo build -p unicom-server"), "{error}");
    }
}

#[test]
fn invalid_arguments_are_rejected() {
    for arguments in [
        &["kills", "--rounds", "0"][..],
        &["floods"],
        &["kills", "--postgres", "--database-url", "x"],
        &["overload", "--seconds", "0"],
        &["overload", "--floor", "101"],
        &["backlog", "--requests", "1"],
    ] {
        assert_eq!(said(arguments).0, Some(2), "{arguments:?}");
    }
}
