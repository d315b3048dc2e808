//! `unicom quickstart`: what it prints can be done. Needs `curl` and `awk`, as whoever pastes the lines does.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use unicom_testing::{TestDatabase, both_engines};

use crate::home::{Home, has};
use crate::server::Server;
use crate::visitor::Visitor;

both_engines! {
    migrations: [];

    fn the_printed_lines_work_when_pasted(db: &TestDatabase) {
        let home = Home::on(db);
        let server = Server::quickstart(&home);
        let lines = curl_lines(&server);
        has(&server.out(), &[&format!("listening on {}/unicom\n", server.origin)]);

        let session = paste(&home, &lines[0]);
        assert_eq!(session["authenticated"], false, "{session}");
        let sent = paste(&home, &lines[1]);
        assert_eq!(sent["message"]["text"], "Hello!", "{sent}");
        assert_eq!(answered(&home, &lines[2]), ["Echo: Hello!", "Hello!"]);
        assert_eq!(server.terminate(), Some(0));
    }

    async fn the_printed_users_can_log_in(db: &TestDatabase) {
        let server = Server::quickstart(&Home::on(db));
        curl_lines(&server);
        let out = server.out();
        for name in ["alice", "bob"] {
            let (_, password) = out.split_once(&format!("{name}, password ")).unwrap();
            let password = password.lines().next().unwrap();
            assert_eq!(Visitor::of(&server).log_in(name, password).await, 200);
        }
    }

    fn a_second_start_goes_on_with_what_is_there(db: &TestDatabase) {
        let home = Home::on(db);
        let server = Server::quickstart(&home);
        let lines = curl_lines(&server);
        paste(&home, &lines[0]);
        paste(&home, &lines[1]);
        answered(&home, &lines[2]);
        assert_eq!(server.terminate(), Some(0));

        let server = Server::quickstart(&home);
        let lines = curl_lines(&server);
        assert_eq!(answered(&home, &lines[2]), ["Echo: Hello!", "Hello!"]);
        for (what, count) in [("channel", 1), ("user", 2), ("account", 1), ("request", 1)] {
            let found = home.json(&[what, "list"]);
            assert_eq!(found.as_array().map(Vec::len), Some(count), "{what}: {found}");
        }
        assert_eq!(server.terminate(), Some(0));
    }
}

#[test]
fn without_a_word_about_it_the_database_is_a_file_in_the_folder() {
    let home = Home::new();
    assert_eq!(Server::quickstart(&home).terminate(), Some(0));
    assert!(home.path().join("unicom.db").exists());
    assert!(home.path().join("unicom-data").exists());
}

/// The three lines that a person is to paste, each whole on its line.
fn curl_lines(server: &Server) -> [String; 3] {
    let since = Instant::now();
    loop {
        let out = server.out();
        if out.ends_with("Ctrl-C stops it.\n") {
            let lines: Vec<String> = out
                .lines()
                .map(str::trim)
                .filter(|line| line.starts_with("curl "))
                .map(str::to_owned)
                .collect();
            return lines.try_into().unwrap();
        }
        assert!(since.elapsed() < Duration::from_secs(30), "{out}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Runs a line as a shell does, in the folder.
fn paste(home: &Home, line: &str) -> Value {
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(home.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "this test needs curl and awk: {output:?}"
    );
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// Pastes the third line until the bot has answered; the texts, the newest first.
fn answered(home: &Home, line: &str) -> Vec<String> {
    let since = Instant::now();
    loop {
        let found = paste(home, line);
        let texts: Vec<String> = found["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["text"].as_str().unwrap().to_owned())
            .collect();
        if texts.len() > 1 {
            return texts;
        }
        assert!(
            since.elapsed() < Duration::from_secs(30),
            "nobody answered: {found}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}
