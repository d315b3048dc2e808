//! Tests of `unicom restore`.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use serde_json::json;

use crate::backup::{at, names_in, run_sql};
use crate::sample_data::PASSWORD;
use crate::server::Server;
use crate::visitor::Visitor;
use crate::workspace::{Workspace, has};

#[tokio::test]
async fn lost_data_is_restored() {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    home.user("ada", PASSWORD).ok();
    let server = Server::serve(&home);
    let (guest, ada) = (Visitor::of(&server), Visitor::of(&server));
    guest.send("m0").await;
    assert_eq!(ada.log_in("ada", PASSWORD).await, 200);
    ada.send("m1").await;
    for visitor in [&guest, &ada] {
        visitor.texts_once(2).await;
    }
    let media = home.path().join("unicom-data/media/messages");
    fs::create_dir_all(&media).unwrap();
    fs::write(media.join("1.png"), "one").unwrap();
    home.run(&["backup", "b.db", "--files", "kept"]).ok();
    let (before, before_ada) = (guest.texts().await, ada.texts().await);
    guest.send("too late").await;
    server.kill();

    for name in names_in(home.path()) {
        if name.starts_with("unicom") {
            let path = home.path().join(name);
            fs::remove_dir_all(&path)
                .or_else(|_| fs::remove_file(&path))
                .unwrap();
        }
    }
    let told = home.json(&["restore", "b.db", "--files", "kept"]);
    assert_eq!(
        (&told["kept"], &told["files"]),
        (&json!(null), &json!({ "copied": 2, "there": 0 }))
    );
    assert_eq!(fs::read(media.join("1.png")).unwrap(), b"one");

    let server = Server::serve(&home);
    // The guest's cookie is still valid because the key was restored too. Users must log in again.
    let (guest, ada) = (guest.at(&server), ada.at(&server));
    assert_eq!(guest.texts().await, before);
    assert!(!ada.is_logged_in().await);
    assert_eq!(ada.log_in("ada", PASSWORD).await, 200);
    assert_eq!(ada.texts().await, before_ada);
    guest.send("m2").await;
    guest.texts_once(4).await;
    assert_eq!(home.audited()[0], "cli database.restore database");
    assert_eq!(server.terminate(), Some(0));
}

#[test]
fn invalid_backup_leaves_the_database_unchanged() {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    home.run(&["backup", "good.db"]).ok();
    let good = fs::read(home.path().join("good.db")).unwrap();
    let put = |name: &str, bytes: &[u8]| fs::write(home.path().join(name), bytes).unwrap();
    put("notes.txt", b"these are notes, and not few of them");
    put("empty.db", b"");
    put("half.db", &good[..good.len() / 2]);
    let mut torn = good.clone();
    let middle = torn.len() / 2;
    torn[middle..middle + 4096].fill(7);
    put("torn.db", &torn);
    run_sql(
        &home.path().join("other.db"),
        "CREATE TABLE notes (text TEXT)",
    );
    put("newer.db", &good);
    run_sql(
        &home.path().join("newer.db"),
        "INSERT INTO __diesel_schema_migrations (version) VALUES ('unicom9999')",
    );
    let database = home.path().join("unicom.db");
    let before = fs::read(&database).unwrap();
    let names = names_in(home.path());
    for (file, expected) in [
        ("nowhere.db", "`nowhere.db` does not exist"),
        ("notes.txt", "`notes.txt` is not an SQLite database"),
        ("empty.db", "`empty.db` is not an SQLite database"),
        ("half.db", "`half.db` is damaged: "),
        ("torn.db", "`torn.db` is damaged: "),
        ("other.db", "`other.db` is not a unicom database"),
        (
            "newer.db",
            "`newer.db`: the database is newer than this unicom: it has migration `unicom9999`",
        ),
    ] {
        has(
            &home.run(&["restore", file, "--force"]).failure(),
            &[expected],
        );
        assert_eq!(fs::read(&database).unwrap(), before, "{file}");
        assert_eq!(names_in(home.path()), names, "{file}");
    }
    has(
        &home.run(&["restore", "unicom.db", "--force"]).wrong_use(),
        &["`unicom.db` is the database itself"],
    );
    let said = home.run(&["restore", "good.db"]).wrong_use();
    has(
        &said,
        &["unicom.db` exists: `--force` restores, and keeps it as"],
    );
    has(
        &home
            .run(&["restore", "good.db", "--force", "--files", "nowhere"])
            .failure(),
        &["there is no folder `nowhere`"],
    );
    assert_eq!(fs::read(&database).unwrap(), before);
}

#[test]
fn replaced_databases_are_kept() {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    home.run(&["backup", "one.db"]).ok();
    home.echo_channel();
    home.run(&["backup", "two.db"]).ok();
    home.echo_channel();
    let channels = |home: &Workspace| home.json(&["channel", "list"]).as_array().unwrap().len();
    for (file, count) in [("one.db", 1), ("two.db", 2)] {
        has(
            &home.run(&["restore", file, "--force"]).ok(),
            &["is restored from", "what was there is"],
        );
        assert_eq!(channels(&home), count);
    }
    assert_eq!(channels(&at(&home, "unicom.db.before-restore")), 3);
    assert_eq!(channels(&at(&home, "unicom.db.before-restore-2")), 1);
    home.run(&["check"]).ok();
}

#[tokio::test]
async fn database_in_use_is_not_replaced() {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    home.run(&["backup", "b.db"]).ok();
    home.echo_channel();
    let server = Server::serve(&home);
    Visitor::of(&server).send("m0").await;
    let said = home.run(&["restore", "b.db", "--force"]).failure();
    has(
        &said,
        &["unicom.db` is in use: stop the server that has it open"],
    );
    assert_eq!(
        home.json(&["channel", "list"]).as_array().map(Vec::len),
        Some(2)
    );
    assert_eq!(server.terminate(), Some(0));
    home.run(&["restore", "b.db", "--force"]).ok();
    assert_eq!(
        home.json(&["channel", "list"]).as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn connections_to_the_old_file_cannot_write_to_the_new_one() {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    home.run(&["backup", "b.db"]).ok();
    // This connection has opened the file and not read it yet, so other processes cannot detect it.
    let mut late =
        SqliteConnection::establish(home.path().join("unicom.db").to_str().unwrap()).unwrap();
    home.run(&["restore", "b.db", "--force"]).ok();
    let wrote = late
        .batch_execute("PRAGMA journal_mode = WAL")
        .and_then(|()| late.batch_execute("DELETE FROM unicom_channels"));
    assert!(wrote.is_err(), "it wrote to a file without a name");
    drop(late);
    assert_eq!(
        home.json(&["channel", "list"]).as_array().map(Vec::len),
        Some(1)
    );
    home.run(&["check"]).ok();
}

#[test]
fn older_backup_is_migrated() {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.user("ada", PASSWORD).ok();
    home.echo_channel();
    home.run(&["backup", "old.db"]).ok();
    let undo = "DROP INDEX unicom_pending_migrations_user; \
        ALTER TABLE unicom_pending_migrations RENAME COLUMN pending_since TO owed_since; \
        ALTER TABLE unicom_pending_migrations RENAME TO unicom_owed_histories; \
        CREATE INDEX unicom_owed_histories_user ON unicom_owed_histories (user_id); \
        DELETE FROM __diesel_schema_migrations WHERE version = 'unicomauth0006'";
    run_sql(&home.path().join("old.db"), undo);
    let told = home.json(&["restore", "old.db", "--force"]);
    assert_eq!(told["migrations"], 1);
    assert_eq!(home.json(&["token", "list"]), json!([]));
    assert_eq!(
        home.json(&["user", "list"]).as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn leftover_journals_of_a_lost_database_are_ignored() {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    home.run(&["backup", "b.db"]).ok();
    // The server is killed so that it leaves its write-ahead log. Then the database file is lost.
    let server = Server::serve(&home);
    home.echo_channel();
    server.kill();
    let path = |name: &str| home.path().join(name);
    assert!(path("unicom.db-wal").metadata().unwrap().len() > 0);
    let log = fs::read(path("unicom.db-wal")).unwrap();
    fs::remove_file(path("unicom.db")).unwrap();
    home.run(&["restore", "b.db"]).ok();
    assert_eq!(
        home.json(&["channel", "list"]).as_array().map(Vec::len),
        Some(1)
    );
    assert_eq!(fs::read(path("unicom.db.before-restore-wal")).unwrap(), log);

    fs::write(
        path("unicom.db"),
        "no database at all, but somebody may want to look at it",
    )
    .unwrap();
    home.run(&["restore", "b.db", "--force"]).ok();
    assert_eq!(
        home.json(&["channel", "list"]).as_array().map(Vec::len),
        Some(1)
    );
    assert!(
        fs::read(path("unicom.db.before-restore-2"))
            .unwrap()
            .starts_with(b"no database")
    );
}

#[test]
fn different_key_is_not_replaced_without_force() {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    let key = with_key(&home, &KEY.repeat(2));
    home.run(&["backup", "b.db", "--files", "kept"]).ok();
    fs::write(&key, OTHER.repeat(2)).unwrap();
    fs::remove_file(home.path().join("unicom.db")).unwrap();
    let said = home
        .run(&["restore", "b.db", "--files", "kept"])
        .wrong_use();
    has(
        &said,
        &["unicom.key` differs from `kept/unicom.key`: `--force` replaces it"],
    );
    assert!(!home.path().join("unicom.db").exists());
    // Each time, the previous key is kept, and only once.
    let folder = home.path().join("unicom-data");
    let restore = ["restore", "b.db", "--files", "kept", "--force"];
    for (number, former) in [OTHER.repeat(2), OTHER.repeat(3), OTHER.repeat(2)]
        .iter()
        .enumerate()
    {
        fs::write(&key, former).unwrap();
        let name = ["unicom.key.before-restore", "unicom.key.before-restore-2"][number % 2];
        let told = home.json(&restore);
        let expected = format!("unicom-data/{name}");
        assert_eq!(
            told["files"],
            json!({ "copied": 1, "there": 0, "former_key": expected })
        );
        assert_eq!(fs::read_to_string(&key).unwrap(), KEY.repeat(2));
        assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), *former);
    }
    assert_eq!(
        names_in(&folder),
        [
            "unicom.key",
            "unicom.key.before-restore",
            "unicom.key.before-restore-2"
        ]
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let kept = folder.join("unicom.key.before-restore").metadata().unwrap();
        assert_eq!(kept.permissions().mode() & 0o777, 0o600);
    }
    fs::write(&key, OTHER.repeat(2)).unwrap();
    has(
        &home.run(&restore).ok(),
        &["; the key that was there is `unicom-data/unicom.key.before-restore` now"],
    );
}

#[tokio::test]
async fn failed_restore_leaves_key_and_files_unchanged() {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    let key = with_key(&home, &KEY.repeat(2));
    let media = home.path().join("unicom-data/media");
    fs::create_dir(&media).unwrap();
    fs::write(media.join("1.png"), "one").unwrap();
    home.run(&["backup", "b.db", "--files", "kept"]).ok();
    fs::remove_file(media.join("1.png")).unwrap();
    fs::write(&key, OTHER.repeat(2)).unwrap();
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('unicom9999')";
    fs::copy(home.path().join("b.db"), home.path().join("newer.db")).unwrap();
    run_sql(&home.path().join("newer.db"), newer);
    home.write("notes.txt", "these are notes, and not few of them");
    let unchanged = |why: &str| {
        assert_eq!(fs::read_to_string(&key).unwrap(), OTHER.repeat(2), "{why}");
        assert!(!media.join("1.png").exists(), "{why}");
        let names = names_in(&home.path().join("unicom-data"));
        assert!(
            !names.iter().any(|name| name.contains("before")),
            "{why}: {names:?}"
        );
    };
    let restore = |file| home.run(&["restore", file, "--files", "kept", "--force"]);
    for file in ["nowhere.db", "notes.txt", "newer.db"] {
        restore(file).failure();
        unchanged(file);
    }
    restore("unicom.db").wrong_use();
    unchanged("the database itself");
    // A guest's session of this server remains valid after the attempt and after the server's next
    // start.
    let server = Server::serve(&home);
    let guest = Visitor::of(&server);
    guest.send("m0").await;
    guest.texts_once(2).await;
    has(&restore("b.db").failure(), &["unicom.db` is in use"]);
    unchanged("in use");
    assert_eq!(server.terminate(), Some(0));
    let server = Server::serve(&home);
    assert_eq!(guest.at(&server).texts().await.len(), 2);
    assert_eq!(server.terminate(), Some(0));

    // A copy that is not a valid key does not replace a key.
    fs::write(home.path().join("kept/unicom.key"), "\0".repeat(64)).unwrap();
    has(
        &restore("b.db").failure(),
        &["`kept/unicom.key` is not a secret key: it repeats one character"],
    );
    unchanged("no key");
}

const KEY: &str = "a key that an operator may write ";
const OTHER: &str = "another one that nobody may know ";

/// Writes this key into `home`. Returns the path of the key file.
fn with_key(home: &Workspace, text: &str) -> std::path::PathBuf {
    let key = home.path().join("unicom-data/unicom.key");
    fs::create_dir(key.parent().unwrap()).unwrap();
    fs::write(&key, text).unwrap();
    key
}

/// Adds files that take a while to copy, since each is synced to disk.
pub fn add_many_files(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for number in 0..4000 {
        fs::write(folder.join(format!("{number}.png")), "a file").unwrap();
    }
}

/// Restores `b.db` with the files of `kept`, and tries to write to the database while they are
/// copied to `media`.
pub fn assert_locked_while_files_are_copied(home: &Workspace, database: &Path, media: &Path) {
    let before = media.read_dir().map_or(0, Iterator::count);
    let arguments = ["restore", "b.db", "--force", "--files", "kept"];
    let mut command = home.command(&arguments);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while media.read_dir().map_or(0, Iterator::count) < before + 3 {
        assert!(child.try_wait().unwrap().is_none(), "it has ended");
        thread::sleep(Duration::from_millis(2));
    }
    let mut connection = SqliteConnection::establish(database.to_str().unwrap()).unwrap();
    for statement in ["BEGIN IMMEDIATE", "PRAGMA journal_mode = WAL"] {
        let error = connection.batch_execute(statement).unwrap_err().to_string();
        has(&error, &["locked"]);
    }
    assert!(child.try_wait().unwrap().is_none(), "it has ended");
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    // The connection opened before refers to the replaced file and cannot write to it.
    assert!(
        connection
            .batch_execute("PRAGMA journal_mode = WAL; CREATE TABLE notes (text TEXT)")
            .is_err()
    );
}

#[test]
fn replaced_database_is_locked_during_the_restore() {
    let home = Workspace::with_url("sqlite://unicom.db");
    home.echo_channel();
    add_many_files(&home.path().join("kept/media/messages"));
    home.run(&["backup", "b.db"]).ok();
    let media = home.path().join("unicom-data/media/messages");
    assert_locked_while_files_are_copied(&home, &home.path().join("unicom.db"), &media);
}
