//! Tests of `unicom backup`.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use unicom_testing::TestDatabase;

use crate::busy::{Busy, texts_in};
use crate::checks::GOOD_KEY;
use crate::workspace::{Workspace, has};

/// Number of backups made while visitors write.
const BACKUPS: usize = 5;

#[test]
fn backup_contains_everything_a_busy_server_acknowledged() {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    let busy = Busy::start(&home);
    let mut written_meanwhile = 0;
    for number in 0..BACKUPS {
        busy.go_on();
        let before = busy.acknowledged();
        let file = format!("backup-{number}.db");
        home.run(&["backup", &file]).ok();
        written_meanwhile += busy.acknowledged().len() - before.len();
        let found = texts_in(&at(&home, &file).run(&["export"]).ok());
        let missing: Vec<_> = before.difference(&found).collect();
        assert!(
            missing.is_empty(),
            "acknowledged before `{file}`: {missing:?}"
        );
    }
    busy.stop();
    assert!(written_meanwhile > 0, "nothing was written meanwhile");
}

#[test]
fn backup_file_is_private_and_not_overwritten_without_force() {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    let run = home.run(&["backup", "b.db"]);
    has(&run.ok(), &["`b.db` is written: "]);
    let file = home.path().join("b.db");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let before = fs::read(&file).unwrap();
    home.echo_channel();
    has(
        &home.run(&["backup", "b.db"]).wrong_use(),
        &["`b.db` exists: `--force` replaces it"],
    );
    assert_eq!(fs::read(&file).unwrap(), before);
    let told = home.json(&["backup", "b.db", "--force"]);
    let length = file.metadata().unwrap().len();
    assert_eq!(
        told,
        json!({ "file": "b.db", "bytes": length, "files": null })
    );
    assert_eq!(channels_in(&home, "b.db"), 2);
    let names = names_in(home.path());
    assert!(
        names.iter().all(|name| !name.ends_with(".part")),
        "{names:?}"
    );
}

#[test]
fn missing_or_identical_source_is_reported() {
    let home = Workspace::with_url("sqlite://unicom.db");
    has(
        &home.run(&["backup", "b.db"]).failure(),
        &["`unicom.db` does not exist"],
    );
    assert_eq!(names_in(home.path()), [""; 0], "no database is made for it");
    home.echo_channel();
    has(
        &home.run(&["backup", "unicom.db", "--force"]).wrong_use(),
        &["`unicom.db` is the database itself"],
    );
    has(
        &home.run(&["backup", "./unicom.db"]).wrong_use(),
        &["is the database itself"],
    );
    home.run(&["backup", "no/such/b.db"]).failure();
    home.run(&["backup"]).wrong_use();
    assert_eq!(channels_in(&home, "unicom.db"), 1);

    let other = Workspace::with_url("sqlite://notes.txt");
    other.write("notes.txt", "these are notes, and not few of them");
    has(
        &other.run(&["backup", "b.db"]).failure(),
        &["`notes.txt` is not an SQLite database"],
    );
    assert_eq!(names_in(other.path()), ["notes.txt"]);
}

/// A backup before an upgrade can be made by the old version or the new one.
#[test]
fn database_of_another_version_is_copied_unchanged() {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('unicom9999')";
    run_sql(&home.path().join("unicom.db"), newer);
    home.run(&["backup", "b.db"]).ok();
    has(&home.run(&["channel", "list"]).failure(), &["newer"]);
}

#[test]
fn postgresql_is_referred_to_pg_dump_and_pg_restore() {
    let home = Workspace::with_url("postgres://localhost/unicom");
    let said = home.run(&["backup", "b.dump"]).wrong_use();
    has(
        &said,
        &["pg_dump --format=custom --file=b.dump --dbname=\"$UNICOM_DATABASE_URL\""],
    );
    let said = home.run(&["restore", "b.dump"]).wrong_use();
    has(
        &said,
        &[
            "pg_restore --clean --if-exists",
            "--dbname=\"$UNICOM_DATABASE_URL\" b.dump",
        ],
    );
}

#[test]
fn files_and_key_are_included_on_request() {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    let media = home.path().join("unicom-data/media/messages");
    fs::create_dir_all(&media).unwrap();
    fs::write(media.join("1.png"), "one").unwrap();
    fs::write(media.join("2.png#7"), "unfinished").unwrap();
    fs::write(home.path().join("unicom-data/unicom.key"), GOOD_KEY).unwrap();
    let said = home.run(&["backup", "b.db"]).err;
    has(
        &said,
        &[
            "not included: `unicom-data/media` and `unicom-data/unicom.key`",
            "`--files FOLDER`",
        ],
    );

    let kept = home.path().join("kept/of/today");
    let backup = |file| home.run(&["backup", file, "--files", "kept/of/today", "--json"]);
    let files = |run: crate::workspace::Run| {
        assert_eq!(run.err, "");
        serde_json::from_str::<Value>(&run.out).unwrap()["files"].clone()
    };
    assert_eq!(files(backup("1.db")), json!({ "copied": 2, "there": 0 }));
    assert_eq!(names_in(&kept.join("media/messages")), ["1.png"]);
    assert_eq!(
        fs::read(kept.join("unicom.key")).unwrap(),
        GOOD_KEY.as_bytes()
    );
    #[cfg(unix)]
    for path in ["", "media", "media/messages/1.png", "unicom.key"] {
        use std::os::unix::fs::PermissionsExt;
        let mode = kept.join(path).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{path}");
    }

    // The next backup copies only new files. Files deleted from the store stay in the backup.
    fs::remove_file(media.join("1.png")).unwrap();
    fs::write(media.join("3.png"), "three").unwrap();
    assert_eq!(files(backup("2.db")), json!({ "copied": 1, "there": 1 }));
    assert_eq!(names_in(&kept.join("media/messages")), ["1.png", "3.png"]);

    let backup = ["backup", "3.db", "--files", "other", "--json"];
    let elsewhere = ["--media-url", "s3://bucket/here"];
    let run = home.run_with_key(&[&backup[..], &elsewhere].concat(), GOOD_KEY);
    has(
        &run.err,
        &["not included: files of messages in `s3://bucket/here`"],
    );
    assert_eq!(names_in(&home.path().join("other")), [""; 0]);
}

#[test]
fn existing_keys_in_the_folder_are_kept() {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    let key = home.path().join("unicom-data/unicom.key");
    fs::create_dir(key.parent().unwrap()).unwrap();
    let kept = home.path().join("kept");
    let key_of = |text: &str| format!("{text}{GOOD_KEY}");
    let backup = |text: &str| {
        fs::write(&key, key_of(text)).unwrap();
        let run = home.run(&["backup", "b.db", "--force", "--files", "kept"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        run.err
    };
    assert_eq!(backup("ab"), "");
    assert_eq!(backup("ab"), "");
    // The previous key is kept under a numbered name, unless it is already kept.
    for (text, former, number) in [
        ("cd", "ab", 1),
        ("ef", "cd", 2),
        ("ab", "ef", 3),
        ("ef", "ab", 1),
    ] {
        let said = backup(text);
        let name = format!("unicom.key.{number}");
        has(
            &said,
            &[
                "the secret key differs from the one",
                &format!("now `kept/{name}`"),
            ],
        );
        assert_eq!(fs::read_to_string(kept.join(name)).unwrap(), key_of(former));
        assert_eq!(
            fs::read_to_string(kept.join("unicom.key")).unwrap(),
            key_of(text)
        );
    }
    assert_eq!(
        names_in(&kept),
        ["unicom.key", "unicom.key.1", "unicom.key.2", "unicom.key.3"]
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let kept = kept.join("unicom.key.1").metadata().unwrap();
        assert_eq!(kept.permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn target_folder_inside_the_source_is_rejected() {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    let media = home.path().join("unicom-data/media");
    fs::create_dir_all(media.join("messages")).unwrap();
    fs::write(media.join("messages/1.png"), "one").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&media, home.path().join("link")).unwrap();
    let folders = [
        "unicom-data/media",
        "unicom-data/media/new/folder",
        "unicom-data/media/messages",
        "none/../unicom-data/media/new",
        // `unicom-data/media` would be copied to itself.
        "unicom-data",
        #[cfg(unix)]
        "link/new",
    ];
    for folder in folders {
        let run = home.run(&["backup", "b.db", "--files", folder]);
        has(
            &run.wrong_use(),
            &[
                &format!("`{folder}` cannot be the folder of `--files`"),
                "is within `unicom-data/media`",
            ],
        );
        assert!(!home.path().join("b.db").exists(), "{folder}");
        assert_eq!(names_in(&media), ["messages"], "{folder}");
        assert_eq!(names_in(&media.join("messages")), ["1.png"], "{folder}");
    }
    // Next to the media store, and in a folder that contains it.
    for (file, folder) in [("1.db", "unicom-data/media2"), ("2.db", ".")] {
        home.run(&["backup", file, "--files", folder]).ok();
        let copy = home.path().join(folder).join("media/messages/1.png");
        assert_eq!(fs::read(copy).unwrap(), b"one");
    }
    // A restore may not copy into its source either.
    let nested = [
        "--media-url",
        &format!("file://{}", home.path().join("media/store").display()),
    ];
    let run = home.run(&[&["restore", "1.db", "--force", "--files", "."], &nested[..]].concat());
    has(&run.wrong_use(), &["`.` cannot be the folder of `--files`"]);
}

fn channels_in(home: &Workspace, file: &str) -> usize {
    let channels = at(home, file).json(&["channel", "list"]);
    channels.as_array().unwrap().len()
}

/// Returns a workspace whose database is another file in the folder of `home`.
pub fn at(home: &Workspace, file: &str) -> Workspace {
    Workspace::with_url(&format!("sqlite://{}", home.path().join(file).display()))
}

pub fn names_in(folder: &Path) -> Vec<String> {
    let entries = folder.read_dir().unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Runs a statement on a SQLite database without going through unicom.
pub fn run_sql(path: &Path, statement: &str) {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    connection.batch_execute(statement).unwrap();
}

/// Writes a journal for the database `path` that makes SQLite delete the file `victim`. The journal
/// ends in the name of a super-journal, which SQLite deletes once the journal is played back.
pub fn plant_journal(path: &Path, victim: &Path) {
    let name = victim.to_str().unwrap().as_bytes();
    let sum: u32 = name.iter().map(|byte| u32::from(*byte)).sum();
    let mut journal = vec![1; 8];
    journal.extend(name);
    journal.extend(u32::try_from(name.len()).unwrap().to_be_bytes());
    journal.extend(sum.to_be_bytes());
    journal.extend([0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]);
    fs::write(format!("{}-journal", path.display()), journal).unwrap();
}

/// Runs the `pg_dump` and `pg_restore` commands that `unicom backup` and `unicom restore` print.
#[tokio::test]
async fn printed_postgresql_commands_work() {
    let (Some(db), Some(other)) = (TestDatabase::postgres(&[]), TestDatabase::postgres(&[])) else {
        return;
    };
    let Some(programs) = programs() else {
        println!("skipped: no `pg_dump`");
        return;
    };
    let home = Workspace::on(&db);
    crate::sample_data::fill(&home, &db).await;
    let run = |said: String, url: &str| {
        let command = said.split_once("PostgreSQL: ").unwrap().1;
        let run = std::process::Command::new("sh")
            .args(["-c", command])
            .current_dir(home.path())
            .env("UNICOM_DATABASE_URL", url)
            .env(
                "PATH",
                format!("{programs}:{}", std::env::var("PATH").unwrap()),
            )
            .output()
            .unwrap();
        assert!(run.status.success(), "{command}: {run:?}");
    };
    run(home.run(&["backup", "b.dump"]).wrong_use(), db.url());
    let there = Workspace::on(&other);
    there.run(&["migrate"]).ok();
    there.echo_channel();
    run(there.run(&["restore", "b.dump"]).wrong_use(), other.url());
    let rows = |home: &Workspace| {
        home.run(&["export"])
            .ok()
            .lines()
            .skip(1)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(rows(&home), rows(&there));
}

/// Returns the folder of PostgreSQL's programs.
fn programs() -> Option<String> {
    let found = std::process::Command::new("sh")
        .args([
            "-c",
            "dirname \"$(command -v pg_dump || ls /usr/lib/postgresql/*/bin/pg_dump | tail -1)\"",
        ])
        .output()
        .ok()?;
    let folder = String::from_utf8(found.stdout).ok()?.trim().to_owned();
    Path::new(&folder)
        .join("pg_dump")
        .exists()
        .then_some(folder)
}
