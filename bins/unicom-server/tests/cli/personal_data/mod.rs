//! Tests of exporting and erasing a person: `unicom account` and `unicom member` `erase` and
//! `export`.
//!
//! Two people have data in every place that can hold personal data. The first person's values begin
//! with `ann-`, the second's with `bob-`. The tests then search every row and every file.

mod files;
mod people;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Value, json};
use unicom_db::on_engine;
use unicom_testing::{TestDatabase, all_rows, both_engines};

use crate::server::Server;
use crate::visitor::Visitor;
use crate::workspace::{UNKNOWN_ID, Workspace, has};
use people::two_people;

/// An image of one pixel.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\xdacd\xf8\xcfP\x0f\0\x03\x86\x01\x80Z4}k\0\0\0\0IEND\xaeB`\x82";

/// The places where a person has data. The values there are `ann-text`, `ann-title`, and so on.
const PLACES: [&str; 32] = [
    "username",
    "displayname",
    "email",
    "phone",
    "member",
    "token",
    "state",
    "text",
    "html",
    "subject",
    "raw",
    "provider",
    "client",
    "buttons",
    "filename",
    "content",
    "metadata",
    "title",
    "line",
    "error",
    "notes",
    "undelivered",
    "accountraw",
    "sms",
    "guest",
    "shared",
    "echo",
    "answer",
    "internal",
    "requestemail",
    "earlier",
    "failure",
];

/// Secrets, and values that only a session uses: erased, and never exported.
const SECRET: [&str; 1] = ["state"];

/// Returns all stored rows and files, in lower case.
fn everything(db: &TestDatabase, home: &Workspace) -> String {
    let rows: BTreeMap<String, Vec<String>> = db.read(all_rows);
    let mut all = format!("{rows:?}");
    let mut folders = vec![home.path().join("media")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                all += &format!(
                    "{} {}",
                    path.display(),
                    String::from_utf8_lossy(&std::fs::read(&path).unwrap())
                );
            }
        }
    }
    all.to_lowercase()
}

/// Returns the ids of the rows of some tables, without dashes.
fn ids(db: &TestDatabase) -> BTreeSet<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        id: String,
    }
    let mut connection = db.connection();
    let mut all = BTreeSet::new();
    for table in ["unicom_messages", "unicom_requests", "unicom_members"] {
        let rows: Vec<Row> = match &mut connection {
            unicom_db::Db::Sqlite(conn) => {
                diesel::sql_query(format!("SELECT lower(hex(id)) AS id FROM {table}"))
                    .load(conn)
                    .unwrap()
            }
            unicom_db::Db::Postgres(conn) => diesel::sql_query(format!(
                "SELECT replace(id::text, '-', '') AS id FROM {table}"
            ))
            .load(conn)
            .unwrap(),
        };
        all.extend(rows.into_iter().map(|row| row.id));
    }
    for table in ["unicom_accounts", "unicom_chats"] {
        let query = format!("SELECT id FROM {table}");
        let rows: Vec<Row> =
            on_engine!(&mut connection, conn => diesel::sql_query(query).load(conn)).unwrap();
        all.extend(rows.into_iter().map(|row| row.id.replace('-', "")));
    }
    all
}

/// Returns the files below `folder` that contain these bytes.
fn places_of(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read(&path)
                .is_ok_and(|all| all.windows(bytes.len()).any(|part| part == bytes))
            {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

fn count(text: &str, name: &str, place: &str) -> usize {
    text.matches(&format!("{name}-{place}")).count()
}

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn erasure_deletes_everything_that_export_contains(db: &TestDatabase) {
        let home = Workspace::on(db);
        let home_media = format!("file://{}", home.path().join("media").display());
        let (ann, bob) = two_people(db, &home);
        let run = |arguments: &[&str]| home.run(&[arguments, &["--media-url", &home_media]].concat());
        let member = ann.member.to_string();
        let before = everything(db, &home);
        for place in PLACES {
            for name in ["ann", "bob"] {
                assert_ne!(count(&before, name, place), 0, "the test puts no `{name}-{place}` anywhere");
            }
        }
        let ids_before = ids(db);

        // The export contains everything of Ann's and nothing of Bob's.
        let folder = home.path().join("files");
        let folder = folder.to_str().unwrap();
        run(&["member", "export", &member, "--output", "ann.json", "--files", folder]).ok();
        let exported = std::fs::read_to_string(home.path().join("ann.json")).unwrap();
        let document: Value = serde_json::from_str(&exported).unwrap();
        for place in PLACES {
            let here = if place == "content" {
                let file = &document["chats"].as_array().unwrap().iter()
                    .flat_map(|chat| chat["messages"].as_array().unwrap())
                    .find(|message| !message["file"].is_null()).unwrap()["file"];
                let copy = std::fs::read(format!("{folder}/{}", file["path"].as_str().unwrap())).unwrap();
                count(&String::from_utf8_lossy(&copy), "ann", place)
            } else {
                count(&exported, "ann", place)
            };
            assert_eq!(here == 0, SECRET.contains(&place), "ann-{place}");
            assert_eq!(count(&exported, "bob", place), 0, "bob-{place}");
        }
        for secret in ["a hash", "hash", "nonce"] {
            assert!(!exported.contains(secret), "{secret}");
        }
        assert_eq!((&document["groups"], &document["categories"]), (&json!(["Customers"]), &json!(["Repairs"])));
        // A second export contains the same chats.
        let again: Value = serde_json::from_str(&run(&["member", "export", &member]).ok()).unwrap();
        assert_eq!(again["chats"], document["chats"]);

        assert_eq!(home.audited()[..2], [(); 2].map(|()| format!("cli member.export member:{member}")));

        // A dry run changes nothing. Then Ann's data is erased, and none of Bob's.
        let exported_twice = everything(db, &home);
        let foretold: Value = serde_json::from_str(&run(&["member", "erase", &member, "--dry-run", "--json"]).ok()).unwrap();
        assert_eq!(everything(db, &home), exported_twice);
        let erased: Value = serde_json::from_str(&run(&["member", "erase", &member, "--yes", "--json"]).ok()).unwrap();
        assert_eq!(erased["erased"], foretold["erased"]);
        assert_eq!((&erased["erased"]["accounts"], &erased["erased"]["users"]), (&json!(2), &json!(1)));
        let after = everything(db, &home);
        let left: Vec<_> = after.match_indices("ann-").map(|(at, _)| &after[at.saturating_sub(200)..at + 30]).collect();
        assert!(left.is_empty(), "{left:#?}");
        for place in PLACES {
            assert_eq!(count(&after, "bob", place), count(&before, "bob", place), "bob-{place}");
        }
        // Every deleted row was exported.
        let exported = exported.replace('-', "");
        let gone: Vec<_> = ids_before.difference(&ids(db)).cloned().collect();
        assert!(gone.len() > 10);
        for id in gone {
            assert!(exported.contains(&id), "{id} was deleted and not exported");
        }
        let trail = home.audited();
        assert_eq!(trail[0], format!("cli member.erase member:{member}"));
        assert!(trail.contains(&format!("cli user.create user:{}", ann.user_id)), "{trail:?}");
        has(&run(&["member", "erase", &member, "--yes"]).failure(), &["does not exist"]);
        has(&run(&["member", "export", &member]).failure(), &["does not exist"]);
        // Bob can still be exported and erased.
        let account = bob.account();
        let exported = run(&["account", "export", &account]).ok();
        assert_ne!(count(&exported, "bob", "shared"), 0);
        run(&["account", "erase", &account, "--yes"]).ok();
        // The member remains because its telephone is another account.
        let sms = format!("webchat_sms_of_{}", bob.user_id);
        assert_ne!(count(&everything(db, &home), "bob", "sms"), 0);
        run(&["account", "erase", &sms, "--yes"]).ok();
        let after = everything(db, &home);
        assert!(!after.contains("bob-"), "{after}");
    }

    fn erasure_requires_confirmation(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        home.user("ada", "open-sesame").ok();
        // A user who has never written can be erased too.
        has(&home.run(&["account", "erase", "webchat_user_1"]).wrong_use(), &["--dry-run", "--yes"]);
        has(&home.run(&["account", "erase", "webchat_user_1", "--dry-run"]).ok(), &["1 users"]);
        home.run(&["account", "erase", "webchat_user_1", "--yes", "--dry-run"]).wrong_use();
        has(&home.run(&["account", "export", "webchat_user_1"]).ok(), &["\"username\":\"ada\""]);
        if db.url().starts_with("sqlite") {
            home.run(&["account", "erase", "webchat_user_1", "--yes", "--vacuum"]).ok();
            let file = std::fs::read(db.url().trim_start_matches("sqlite://")).unwrap();
            assert!(!String::from_utf8_lossy(&file).contains("argon2"), "a hash is left in the file");
        } else {
            home.run(&["account", "erase", "webchat_user_1", "--yes", "--vacuum"]).wrong_use();
            home.run(&["account", "erase", "webchat_user_1", "--yes"]).ok();
        }
        assert_eq!(home.json(&["user", "list"]), json!([]));
        for command in [&["account", "erase", "nobody", "--yes"][..], &["account", "erase", "nobody", "--dry-run"], &["account", "export", "nobody"]] {
            has(&home.run(command).failure(), &["account `nobody` does not exist"]);
        }
        for command in ["erase", "export"] {
            home.run(&["member", command, "x"]).wrong_use();
            has(&home.run(&["member", command, UNKNOWN_ID]).failure(), &["does not exist"]);
        }
    }

    async fn erasure_clears_database_files_and_log_of_a_running_server(db: &TestDatabase) {
        const MARK: &str = "zanzibar-4711";
        let home = Workspace::on(db);
        home.echo_channel();
        let server = Server::serve(&home);
        let visitor = Visitor::of(&server);
        let body = json!({
            "username": MARK, "password": "correct horse battery", "email": format!("{MARK}@example.com"),
            "display_name": format!("{MARK} the first"),
        });
        assert_eq!(visitor.post("/unicom/auth/register/", body).await.0, 201);
        for number in 0..40 {
            visitor.send(&format!("{MARK} {number} {}", "padding ".repeat(100))).await;
        }
        visitor.send_file(&[PNG, MARK.as_bytes()].concat()).await;
        visitor.texts_once(80).await;
        let folder = match db.url().strip_prefix("sqlite://") {
            Some(file) => Path::new(file).parent().unwrap().to_owned(),
            None => home.path().to_owned(),
        };
        let places = || places_of(&folder, MARK.as_bytes());
        let before = places();
        assert!(before.iter().any(|path| path.ends_with(".png")), "{before:?}");
        let mut erase = vec!["account", "erase", "webchat_user_1", "--yes"];
        if db.url().starts_with("sqlite") {
            assert!(before.iter().any(|path| path.contains(".db") || path.ends_with("-wal")), "{before:?}");
            erase.push("--vacuum");
        }
        home.run(&erase).ok();
        assert_eq!(places(), [""; 0]);
        assert!(!server.err().contains(MARK), "{}", server.err());
        let rows = db.database().read(all_rows).await.unwrap();
        assert!(!format!("{rows:?}").contains(MARK));
        // The server continues with the remaining data.
        assert!(!visitor.is_logged_in().await);
        Visitor::of(&server).send("hi").await;
        assert_eq!(server.terminate(), Some(0));
    }

    fn export_does_not_overwrite_files(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.user("ada", "open-sesame").ok();
        home.write("there.json", "mine");
        let run = home.run(&["account", "export", "webchat_user_1", "--output", "there.json"]);
        has(&run.failure(), &["cannot write `there.json`"]);
        assert_eq!(std::fs::read_to_string(home.path().join("there.json")).unwrap(), "mine");
        home.run(&["account", "export", "webchat_user_1", "--output", "new.json"]).ok();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(home.path().join("new.json")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
