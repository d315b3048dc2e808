//! Tests of the program `texts`: unicom's command line, and what the platform adds to it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio};

use tempfile::TempDir;
use unicom_testing::{TestDatabase, both_engines};

const TOKEN: &str = "the gateway's token";

const HOTLINE: [&str; 8] = [
    "channel",
    "create",
    "--platform",
    "Sms",
    "--name",
    "Hotline",
    "--config",
    r#"{"from":"+49301234567","token_env":"UNICOM_CHANNEL_SMS","bot":"echo"}"#,
];

/// The program in a separate folder.
struct Program {
    folder: TempDir,
    database_url: String,
}

impl Program {
    fn on(db: &TestDatabase) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            database_url: db.url().to_owned(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_texts"));
        // The settings of the tests themselves would be named as unknown.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("UNICOM_") {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("UNICOM_DATABASE_URL", &self.database_url)
            .env("UNICOM_CHANNEL_SMS", TOKEN)
            .env("UNICOM_CHANNEL_OLD", "expired");
        command
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = self.command(arguments).output().unwrap();
        let said = [stdout, stderr].concat();
        (status.code(), String::from_utf8(said).unwrap())
    }

    fn succeeds(&self, arguments: &[&str]) -> String {
        let (code, said) = self.run(arguments);
        assert_eq!(code, Some(0), "{said}");
        said
    }

    fn fails(&self, arguments: &[&str]) -> String {
        let (code, said) = self.run(arguments);
        assert_eq!(code, Some(2), "{said}");
        said
    }
}

/// A running `texts serve`, killed when it is dropped.
struct Server {
    child: Child,
    address: String,
    out: BufReader<ChildStdout>,
    _log: BufReader<ChildStderr>,
}

impl Server {
    fn start(program: &Program) -> Self {
        let mut child = program
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "the server ended");
            if let Some((_, url)) = line.split_once("listening on http://") {
                break url.split('/').next().unwrap().to_owned();
            }
        };
        Self {
            child,
            address,
            out,
            _log: log,
        }
    }

    /// Posts a message as the gateway does. Returns the status and the body.
    fn post(&self, path: &str, token: &str, body: &str) -> (u16, String) {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        let Self { address, .. } = self;
        let length = body.len();
        write!(
            connection,
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        (status, body.to_owned())
    }

    /// Returns the next line that the gateway printed.
    fn sent(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

both_engines! {
    async fn the_command_line_knows_the_platform(db: &TestDatabase) {
        let program = Program::on(db);
        let help = program.succeeds(&["channel", "create", "--help"]);
        assert!(help.contains("Sms, WebChat"), "{help}");
        let said = program.fails(&["channel", "create", "--platform", "Smss", "--name", "Hotline"]);
        assert!(said.contains("similar value exists: 'Sms'"), "{said}");

        let mut wrong = HOTLINE;
        wrong[7] = r#"{"from":"030 1234567","token_env":"UNICOM_CHANNEL_SMS"}"#;
        let said = program.fails(&wrong);
        assert!(said.contains("texts: ") && said.contains("`from` must be a telephone number"), "{said}");
        wrong[7] = r#"{"form":"+49301234567","token_env":"UNICOM_CHANNEL_SMS"}"#;
        let said = program.fails(&wrong);
        assert!(said.contains("`from` is missing: did you mean `from` instead of `form`?"), "{said}");
        for command in ["create", "update"] {
            let help = program.succeeds(&["channel", command, "--help"]);
            for line in ["from: The number", "token_env: The variable", "new_chat: ", "Every platform", "bot: "] {
                assert!(help.contains(line), "{help}");
            }
        }

        program.succeeds(&HOTLINE);
        let listed = program.succeeds(&["channel", "list"]);
        assert!(listed.contains("Sms") && listed.contains("Hotline"), "{listed}");
        let checked = program.succeeds(&["check"]);
        assert!(checked.contains("`Hotline` is active"), "{checked}");

        let show = ["channel", "show", "1"];
        let shown = program.succeeds(&show);
        assert!(shown.contains("webhook_url: -\n"), "the public address is not known: {shown}");
        let output = program.command(&show).env("UNICOM_PUBLIC_ORIGIN", "https://chat.example.com").output();
        let shown = String::from_utf8(output.unwrap().stdout).unwrap();
        assert!(shown.contains("webhook_url: https://chat.example.com/unicom/hooks/sms/1/\n"), "{shown}");
    }

    async fn provider_is_asked_unless_the_channel_is_stored_inactive(db: &TestDatabase) {
        let program = Program::on(db);
        let mut expired = HOTLINE.to_vec();
        expired[7] = r#"{"from":"+49301234567","token_env":"UNICOM_CHANNEL_OLD","bot":"echo"}"#;
        let refused = |arguments: &[&str]| {
            let (code, said) = program.run(arguments);
            assert_eq!(code, Some(1), "{said}");
            assert!(said.contains("token `***` is not valid"), "{said}");
        };
        refused(&expired);
        assert_eq!(program.succeeds(&["channel", "list", "--json"]).trim(), "[]");
        let unset = HOTLINE.map(|word| match word.starts_with('{') {
            true => r#"{"from":"+49301234567","token_env":"UNICOM_CHANNEL_NONE"}"#,
            false => word,
        });
        let (code, said) = program.run(&unset);
        assert!(code == Some(1) && said.contains("`UNICOM_CHANNEL_NONE` is not set"), "{said}");

        expired.push("--no-probe");
        let said = program.succeeds(&expired);
        let id = said.split('`').nth(1).unwrap();
        assert!(said.contains("is created and not active"), "{said}");
        refused(&["channel", "validate", id]);
        refused(&["channel", "update", id, "--active", "true"]);
        program.succeeds(&["channel", "update", id, "--config", HOTLINE[7], "--active", "true"]);
        program.succeeds(&["check", "--online"]);
        // The token expires.
        let output = program.command(&["check", "--online"]).env("UNICOM_CHANNEL_SMS", "expired").output();
        let said = String::from_utf8(output.unwrap().stdout).unwrap();
        assert!(said.contains("`Hotline`: the channel cannot work: token `***`"), "{said}");
        let output = program.command(&["check"]).env("UNICOM_CHANNEL_SMS", "expired").output();
        assert!(output.unwrap().status.success());
    }

    async fn an_own_command_is_one_of_the_commands(db: &TestDatabase) {
        let program = Program::on(db);
        let help = program.succeeds(&["--help"]);
        assert!(help.contains("numbers") && help.contains("Usage: texts"), "{help}");
        program.succeeds(&HOTLINE);
        assert_eq!(program.succeeds(&["numbers"]), "+49301234567\n");
        assert_eq!(program.succeeds(&["numbers", "--json"]), "[\"+49301234567\"]\n");
        let said = program.fails(&["numberz"]);
        assert!(said.contains("'numbers'"), "{said}");
        let script = program.succeeds(&["completions", "bash"]);
        assert!(script.contains("texts__numbers") || script.contains("texts,numbers"), "{script}");
    }

    async fn a_text_is_answered_once_by_text(db: &TestDatabase) {
        let program = Program::on(db);
        program.succeeds(&HOTLINE);
        let mut server = Server::start(&program);
        let text = |id, text| format!(r#"{{"id":"{id}","from":"+491701234567","text":"{text}"}}"#);
        let path = "/unicom/hooks/sms/1/";
        let first = text("in-1", "Are you open today?");

        for (path, token) in [(path, ""), (path, "guessed"), ("/unicom/hooks/sms/99/", TOKEN)] {
            let (status, body) = server.post(path, token, &first);
            assert!(status == 404 && body.contains("not_found"), "{status} {body}");
        }
        let (status, body) = server.post(path, TOKEN, r#"{"id":"in-1","from":7}"#);
        assert!(status == 400 && body.contains("invalid_body"), "{status} {body}");

        // The gateway repeats a message whose response it did not receive.
        for _ in 0..2 {
            assert_eq!(server.post(path, TOKEN, &first).0, 200);
        }
        assert_eq!(server.post(path, TOKEN, &text("in-2", "And tomorrow?")).0, 200);
        assert_eq!(server.sent(), "to +491701234567: Echo: Are you open today?\n");
        assert_eq!(server.sent(), "to +491701234567: Echo: And tomorrow?\n");
    }
}
