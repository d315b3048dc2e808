//! Tests of `unicom completions` and `unicom man`.

use std::process::{Command, Stdio};

use crate::workspace::{Run, Workspace, has};

/// Returns the output of a program that checks a file. Returns `None` if the program is not
/// installed.
fn check(program: &str, arguments: &[&str]) -> Option<Run> {
    let mut command = Command::new(program);
    command.args(arguments).env("MANPAGER", "cat");
    let output = command.stdin(Stdio::null()).output().ok()?;
    Some(Run::of(output))
}

#[test]
fn completions_need_no_settings_and_no_database() {
    let home = Workspace::with_url("mysql://127.0.0.1/unicom");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = home.run(&["completions", shell]).ok();
        has(&script, &["unicom", "channel", "database-url"]);
    }
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    has(
        &home.run(&["completions", "csh"]).wrong_use(),
        &["bash", "fish"],
    );

    let script = home.run(&["completions", "bash"]).ok();
    has(&script, &["WebChat"]);
    home.write("unicom.bash", &script);
    let script = home.path().join("unicom.bash");
    if let Some(checked) = check("bash", &["-n", script.to_str().unwrap()]) {
        assert_eq!((checked.code, checked.err.as_str()), (Some(0), ""));
    }
}

#[test]
fn each_command_has_a_manual_page() {
    let home = Workspace::with_url("mysql://127.0.0.1/unicom");
    assert_eq!(home.run(&["man", "share/man1"]).ok(), "");
    let page = |name: &str| home.path().join("share/man1").join(name);
    for (name, part) in [
        ("unicom.1", "UNICOM_DATABASE_URL"),
        ("unicom-serve.1", "described in unicom(1)"),
        ("unicom-channel.1", "create"),
        ("unicom-channel-create.1", "The channel"),
    ] {
        let page = page(name);
        let text = std::fs::read_to_string(&page).unwrap();
        has(&text, &[".SH NAME", env!("CARGO_PKG_VERSION"), part]);
        let settings = text.contains("UNICOM_DATABASE_URL");
        assert_eq!(settings, name == "unicom.1", "settings are on one page");
        if let Some(shown) = check("man", &["--warnings", "-l", page.to_str().unwrap()]) {
            has(&shown.out, &["NAME", "SYNOPSIS", "unicom"]);
            assert_eq!((shown.code, shown.err.as_str()), (Some(0), ""));
        }
    }
    home.write("taken", "");
    has(
        &home.run(&["man", "taken"]).failure(),
        &["cannot write to `taken`"],
    );
}
