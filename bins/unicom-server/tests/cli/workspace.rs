//! A folder in which tests run `unicom`, and the result of a run.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use unicom_testing::TestDatabase;

/// An id that does not exist.
pub const UNKNOWN_ID: &str = "01900000-0000-7000-8000-000000000000";

/// A temporary folder, and the database that `UNICOM_DATABASE_URL` names for runs in it.
pub struct Workspace {
    folder: TempDir,
    database_url: Option<String>,
}

impl Workspace {
    /// Creates a workspace that uses a test database.
    pub fn on(db: &TestDatabase) -> Self {
        Self::with_url(db.url())
    }

    /// Creates a workspace that uses the database with this URL.
    pub fn with_url(url: &str) -> Self {
        Self {
            database_url: Some(url.to_owned()),
            ..Self::new()
        }
    }

    /// Creates a workspace without a database URL.
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            database_url: None,
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    /// Writes a file that only its owner can read.
    pub fn write_private(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options
            .open(&path)
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
    }

    /// Runs `unicom` with this secret key in the environment.
    pub fn run_with_key(&self, arguments: &[&str], key: &str) -> Run {
        let mut command = self.command(arguments);
        Run::of(command.env("UNICOM_SECRET_KEY", key).output().unwrap())
    }

    /// Returns a `unicom` command with these arguments in this folder, without settings from the
    /// environment of the tests.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unicom"));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let is_setting = ["UNICOM_", "AWS_", "PG", "SSL_CERT_"]
                .iter()
                .any(|prefix| text.starts_with(prefix));
            if is_setting || text.to_ascii_uppercase().ends_with("_PROXY") {
                command.env_remove(&name);
            }
        }
        command.envs(
            self.database_url
                .iter()
                .map(|url| ("UNICOM_DATABASE_URL", url)),
        );
        command
            .current_dir(self.path())
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    /// Runs `unicom` with this text on its standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Run {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // The command may end without reading its input.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Run::of(child.wait_with_output().unwrap())
    }

    /// Runs `unicom` with `--json`. Returns the parsed output.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let run = self.run(&[arguments, &["--json"]].concat());
        serde_json::from_str(&run.ok()).unwrap()
    }

    /// Creates a WebChat channel with the echo bot. Returns its number.
    pub fn echo_channel(&self) -> i64 {
        self.channel(r#"{"bot":"echo"}"#)
    }

    /// Creates a WebChat channel with this configuration. Returns its number.
    pub fn channel(&self, config: &str) -> i64 {
        let made = self.json(&[
            "channel",
            "create",
            "--platform",
            "WebChat",
            "--name",
            "Site",
            "--config",
            config,
        ]);
        made["id"].as_i64().unwrap()
    }

    /// Returns the audit trail, newest line first: actor, action and subject.
    pub fn audited(&self) -> Vec<String> {
        let lines = self.json(&["audit", "list"]);
        let text = |line: &Value, field: &str| line[field].as_str().unwrap().to_owned();
        let line = |line| {
            ["actor", "action", "subject"]
                .map(|field| text(line, field))
                .join(" ")
        };
        lines.as_array().unwrap().iter().map(line).collect()
    }

    /// Creates a user with this name. Returns the user's id.
    pub fn new_user(&self, name: &str) -> String {
        self.user(name, "correct horse battery").ok();
        let users = self.json(&["user", "list"]);
        let mut users = users.as_array().unwrap().iter();
        users.find(|user| user["username"] == name).unwrap()["id"].to_string()
    }

    pub fn user(&self, name: &str, password: &str) -> Run {
        self.run_with_input(&["user", "create", name, "--password-stdin"], password)
    }
}

/// Prints why a test that only root can run is skipped. With `UNICOM_TEST_REQUIRE_ROOT=1` it fails
/// instead.
pub fn skip_without_root(why: &str) {
    let is_required = std::env::var("UNICOM_TEST_REQUIRE_ROOT").is_ok_and(|value| value == "1");
    assert!(!is_required, "{why}, and `UNICOM_TEST_REQUIRE_ROOT` is set");
    println!("skipped: {why}");
}

/// The result of a run.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Run {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Asserts that the run succeeded. Returns its standard output.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// Asserts that the run ended with this exit code and printed only to standard error. Returns
    /// what it printed there.
    #[track_caller]
    pub fn fails(self, code: i32) -> String {
        assert_eq!((self.code, self.out.as_str()), (Some(code), ""), "{self:?}");
        assert!(!self.err.contains("panicked"), "{self:?}");
        self.err
    }

    /// Asserts that the run reported wrong use. Returns its standard error.
    #[track_caller]
    pub fn wrong_use(self) -> String {
        self.fails(2)
    }

    /// Asserts that the run failed with one sentence. Returns the sentence.
    #[track_caller]
    pub fn failure(self) -> String {
        let said = self.fails(1);
        assert!(
            said.starts_with("unicom: ") && said.trim_end().lines().count() == 1,
            "{said}"
        );
        said
    }
}

/// Panics unless `text` contains every one of `parts`.
#[track_caller]
pub fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no `{part}` in: {text}");
    }
}
