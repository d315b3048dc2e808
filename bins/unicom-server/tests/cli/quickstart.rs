//! Tests that the lines `unicom quickstart` prints can be run. Like users who paste the lines, they
//! need `curl` and `awk`.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use unicom_auth::users;
use unicom_db::DbError;
use unicom_testing::{TestDatabase, both_engines};

use crate::server::Server;
use crate::visitor::{Visitor, install_crypto};
use crate::workspace::{Workspace, has};

both_engines! {
    migrations: [];

    fn printed_commands_work(db: &TestDatabase) {
        let home = Workspace::on(db);
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

    async fn page_shows_the_chat(db: &TestDatabase) {
        let home = Workspace::on(db);
        let server = Server::quickstart(&home);
        install_crypto();
        // They are printed last.
        curl_lines(&server);
        has(&server.out(), &[&format!("Open {}/ in a browser", server.origin)]);
        let page = reqwest::get(format!("{}/", server.origin)).await.unwrap();
        assert_eq!(page.status(), 200);
        let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert!(page.headers().get("set-cookie").is_none());
        let html = page.text().await.unwrap();
        assert!(!html.contains("{base}"), "{html}");
        // Everything that the page includes is there.
        let sources: Vec<&str> = html.split(['"', ';']).filter(|part| part.starts_with('/')).collect();
        assert!(sources.contains(&"/unicom/widget.js") && sources.len() >= 4, "{sources:?}");
        for source in sources.iter().filter(|source| source.contains('.') || **source == "/") {
            let found = reqwest::get(format!("{}{source}", server.origin)).await.unwrap();
            assert_eq!(found.status(), 200, "{source}");
        }
        assert_eq!(server.terminate(), Some(0));

        // `serve` has no such page.
        let server = Server::serve(&home);
        assert_eq!(reqwest::get(format!("{}/", server.origin)).await.unwrap().status(), 404);
        assert_eq!(server.terminate(), Some(0));
    }

    async fn printed_users_can_log_in(db: &TestDatabase) {
        let home = Workspace::on(db);
        let server = Server::quickstart(&home);
        curl_lines(&server);
        let (alice, bob) = (password(&server, "alice"), password(&server, "bob"));
        assert!(alice != bob && alice.len() == 20, "{alice} {bob}");
        assert!(!server.err().contains(&alice), "a password in the log");
        for (name, password) in [("alice", &alice), ("bob", &bob)] {
            assert_eq!(Visitor::of(&server).log_in(name, password).await, 200);
            assert_eq!(Visitor::of(&server).log_in(name, &format!("{name}-password")).await, 401);
        }
        assert_eq!(server.terminate(), Some(0));

        // The passwords are printed once and do not change.
        let server = Server::quickstart(&home);
        curl_lines(&server);
        assert!(!server.out().contains(&alice) && !server.out().contains(", password "), "{}", server.out());
        assert_eq!(Visitor::of(&server).log_in("alice", &alice).await, 200);
        assert!(!server.err().contains("WARN"), "{}", server.err());
        home.run(&["check"]).ok();
    }

    async fn published_passwords_cause_a_warning(db: &TestDatabase) {
        let home = Workspace::on(db);
        let server = Server::quickstart(&home);
        curl_lines(&server);
        assert_eq!(server.terminate(), Some(0));
        // The passwords that an earlier version set.
        for name in ["alice", "bob"] {
            let set = ["user", "set-password", name, "--password-stdin"];
            let said = home.run_with_input(&set, &format!("{name}-password")).wrong_use();
            has(&said, &["easy to guess"]);
            publish(db, name).await;
        }
        let mend = "`unicom user set-password alice --password-stdin` sets another one";
        for command in ["serve", "quickstart"] {
            let server = Server::start(home.command(&[command, "--listen", "127.0.0.1:0"]));
            // Its address is printed elsewhere, and may be read before the warnings.
            server.says("user `bob` has the password");
            has(&server.err(), &["WARN", "user `alice` has the password", "user `bob` has the password", mend]);
            assert!(!server.err().contains("alice-password"), "{}", server.err());
            // The warning changes no password.
            assert_eq!(Visitor::of(&server).log_in("alice", "alice-password").await, 200);
            assert_eq!(server.terminate(), Some(0));
        }
        let check = home.run(&["check"]);
        assert_eq!(check.code, Some(1), "{check:?}");
        has(&check.out, &["user `alice` has the password", "user `bob` has the password"]);

        home.run_with_input(&["user", "set-password", "alice", "--password-stdin"], "close-sesame").ok();
        home.run(&["user", "deactivate", "bob"]).ok();
        home.run(&["check"]).ok();
        assert!(!Server::serve(&home).err().contains("has the password"));
    }

    fn second_start_keeps_existing_data(db: &TestDatabase) {
        let home = Workspace::on(db);
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
fn default_database_is_a_file_in_the_working_folder() {
    let home = Workspace::new();
    assert_eq!(Server::quickstart(&home).terminate(), Some(0));
    assert!(home.path().join("unicom.db").exists());
    assert!(home.path().join("unicom-data").exists());
}

/// Returns the password that was printed for the user.
fn password(server: &Server, name: &str) -> String {
    let out = server.out();
    let (_, rest) = out.split_once(&format!("user {name}, password ")).unwrap();
    rest.split(' ').next().unwrap().to_owned()
}

/// Gives the user the password that an earlier version set.
async fn publish(db: &TestDatabase, name: &'static str) {
    let set = db.database().write(move |tx| -> Result<(), DbError> {
        let user = users::by_name(tx, name)?.unwrap();
        let hash = unicom_auth::password::hash(&format!("{name}-password")).unwrap();
        users::set_password(tx, user.id, &hash)
    });
    set.await.unwrap();
}

/// Returns the three commands that a user is to paste. Each is complete on one line.
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

/// Runs a command line in the folder, as a shell does.
fn paste(home: &Workspace, line: &str) -> Value {
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

/// Runs the third line until the bot has replied. Returns the texts, newest first.
fn answered(home: &Workspace, line: &str) -> Vec<String> {
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
