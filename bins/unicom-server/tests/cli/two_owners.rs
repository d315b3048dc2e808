//! Tests of commands that root runs in the folder of a service with another user: files of root are
//! not read, changed or given away.

mod races;
mod service;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, lchown, symlink};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use self::service::{KEY, ROUNDS, SERVICE, Service, assert_text_is_not_in};
use crate::backup::{at, names_in, plant_journal, run_sql};
use crate::restore::{add_many_files, assert_locked_while_files_are_copied};
use crate::server::Server;
use crate::visitor::Visitor;
use crate::workspace::{Run, has};

const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

#[test]
fn backup_does_not_follow_links() {
    let Some(service) = Service::new() else {
        return;
    };
    let refused = "is a symbolic link in a folder that belongs to user 65534";
    for (name, target) in [
        ("unicom-data/unicom.key", "secret"),
        ("unicom-data/media", "secrets"),
        ("unicom-data/media/messages", "secrets"),
        ("unicom-data/media/messages/1.png", "secret"),
        ("unicom-data", "secrets"),
        ("unicom.db-wal", "secret"),
        ("unicom.db", "secret"),
    ] {
        let before = fs::read(service.path("unicom.db")).unwrap();
        service.link(name, &service.roots(target));
        has(&service.backup().failure(), &[refused]);
        service.unlink(name);
        if name == "unicom.db" {
            fs::write(service.path(name), before).unwrap();
            service.give(&service.path(name));
        }
        service.assert_secrets_are_kept(name);
        if service.roots("kept").exists() {
            assert_text_is_not_in(&service.roots("kept"), name);
        }
        for (path, text) in [
            ("unicom-data/unicom.key", KEY),
            ("unicom-data/media/messages/1.png", "one"),
        ] {
            let path = service.path(path);
            fs::write(&path, text).unwrap();
            service.give(&path);
        }
    }
    service.backup().ok();
}

#[test]
fn backup_does_not_read_hard_links_pipes_or_devices() {
    let Some(service) = Service::new() else {
        return;
    };
    for name in [
        "unicom-data/unicom.key",
        "unicom-data/media/messages/1.png",
        "unicom.db-wal",
    ] {
        let path = service.path(name);
        let former = fs::read(&path).ok();
        let _ = fs::remove_file(&path);
        fs::hard_link(service.roots("secret"), &path).unwrap();
        has(
            &service.backup().failure(),
            &["belongs to user 0, in a folder that belongs to user 65534"],
        );
        fs::remove_file(&path).unwrap();
        for make in ["mkfifo", "mknod"] {
            let mut command = Command::new(make);
            command.arg(&path);
            if make == "mknod" {
                command.args(["c", "1", "5"]);
            }
            if !command.status().unwrap().success() {
                println!("skipped: `{make}` is not allowed here");
                continue;
            }
            service.give(&path);
            has(&ended(&service), &["is not a regular file"]);
            fs::remove_file(&path).unwrap();
        }
        if let Some(former) = former {
            fs::write(&path, former).unwrap();
            service.give(&path);
        }
        service.assert_secrets_are_kept(name);
    }
    service.backup().ok();
}

/// Makes a backup, which must not wait for another process. Returns its standard error.
fn ended(service: &Service) -> String {
    let mut command = service
        .home
        .command(&["backup", "b.db", "--force", "--files", "kept"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let since = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if since.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("it waits for a pipe");
        }
        thread::sleep(Duration::from_millis(20));
    }
    Run::of(child.wait_with_output().unwrap()).failure()
}

#[test]
fn invalid_key_is_not_backed_up() {
    let Some(service) = Service::new() else {
        return;
    };
    let key = service.path("unicom-data/unicom.key");
    for (text, reason) in [
        (vec![0xff; 64], "it is not text"),
        (b"short".to_vec(), "fewer than 32 characters"),
        (vec![b'k'; 70_000], "more than 65536 bytes"),
    ] {
        fs::write(&key, text).unwrap();
        has(
            &service.backup().failure(),
            &["is not a secret key", reason],
        );
        assert!(!service.roots("b.db").exists());
        assert!(!service.roots("kept").exists());
    }
}

#[test]
fn restore_does_not_write_through_links() {
    let Some(service) = Service::new() else {
        return;
    };
    service.backup().ok();
    let names = names_in(service.home.path());
    for (name, target) in [
        ("unicom.db", "secret"),
        ("unicom.db", "missing"),
        ("unicom.db-wal", "secret"),
        ("unicom.db-journal", "secret"),
        ("unicom-data", "secrets"),
        ("unicom-data/unicom.key", "secret"),
        ("unicom-data/media", "secrets"),
        ("unicom-data/media/messages", "secrets"),
    ] {
        let database = fs::read(service.path("unicom.db")).unwrap();
        fs::write(service.path("unicom-data/unicom.key"), KEY.repeat(2)).unwrap();
        let _ = fs::remove_file(service.path("unicom-data/media/messages/1.png"));
        service.link(name, &service.roots(target));
        let said = service.restore().failure();
        has(&said, &["is a symbolic link in a folder that belongs to"]);
        service.unlink(name);
        if name == "unicom.db" {
            fs::write(service.path(name), database).unwrap();
            service.give(&service.path(name));
        }
        service.assert_secrets_are_kept(name);
        assert_eq!(names_in(service.home.path()), names, "{name}");
        if !service.path("unicom-data/unicom.key").exists() {
            fs::write(service.path("unicom-data/unicom.key"), KEY).unwrap();
            service.give(&service.path("unicom-data/unicom.key"));
        }
    }
    // An existing file is replaced. If it is a link, the target of the link is unchanged.
    let media = "unicom-data/media/messages/1.png";
    service.link(media, &service.roots("secret"));
    service.restore().ok();
    assert_eq!(fs::read(service.path(media)).unwrap(), b"one");
    service.assert_secrets_are_kept(media);
}

#[test]
fn restored_files_belong_to_the_service() {
    let Some(service) = Service::new() else {
        return;
    };
    service.backup().ok();
    for what_is_lost in ["unicom-data", ""] {
        fs::remove_dir_all(service.path(what_is_lost)).unwrap();
        if what_is_lost.is_empty() {
            fs::create_dir(service.path("")).unwrap();
            service.give(&service.path(""));
        }
        service.restore().ok();
        for name in [
            "unicom.db",
            "unicom-data",
            "unicom-data/unicom.key",
            "unicom-data/media",
            "unicom-data/media/messages",
            "unicom-data/media/messages/1.png",
        ] {
            let data = service.path(name).symlink_metadata().unwrap();
            assert_eq!((data.uid(), data.gid()), (SERVICE, SERVICE), "{name}");
            assert_eq!(data.mode() & 0o077, 0, "{name}");
        }
        // No temporary file is left.
        assert!(
            names_in(service.home.path())
                .iter()
                .all(|name| !name.starts_with('.'))
        );
    }
    // The copy belongs to root, even in a folder of the service's user.
    service
        .home
        .run(&["backup", "service/b.db", "--files", "kept"])
        .ok();
    assert_eq!(service.path("b.db").metadata().unwrap().uid(), 0);
}

#[test]
fn links_of_root_are_followed() {
    let Some(service) = Service::new() else {
        return;
    };
    // As systemd sets it up: `/var/lib/unicom` is a link that belongs to root.
    symlink(service.path(""), service.roots("state")).unwrap();
    let home = at(&service.home, "state/unicom.db");
    let run = |arguments: &[&str]| Run::of(home.command(arguments).output().unwrap()).ok();
    let kept = service.roots("elsewhere").display().to_string();
    let file = service.roots("c.db").display().to_string();
    run(&["backup", &file, "--files", &kept]);
    assert!(service.roots("elsewhere/media/messages/1.png").exists());
    symlink("c.db", service.roots("latest.db")).unwrap();
    let latest = service.roots("latest.db").display().to_string();
    run(&["restore", &latest, "--files", &kept, "--force"]);
    assert_eq!(service.path("unicom.db").metadata().unwrap().uid(), SERVICE);
    run(&["channel", "list"]);
}

#[test]
fn commands_run_as_root_do_not_follow_links_of_the_service() {
    let Some(service) = Service::new() else {
        return;
    };
    run_sql(&service.roots("other.db"), "CREATE TABLE notes (text TEXT)");
    let other = fs::read(service.roots("other.db")).unwrap();
    for (name, target) in [
        ("unicom.db", "other.db"),
        ("unicom.db", "made.db"),
        ("unicom-data/media", "secrets"),
        ("unicom-data/media/messages", "secrets"),
        ("unicom-data/unicom.key", "secret"),
    ] {
        let database = fs::read(service.path("unicom.db")).unwrap();
        service.link(name, &service.roots(target));
        for arguments in [
            &["channel", "list"][..],
            &["migrate"],
            &["media", "sweep", "--yes", "--force"],
            &["export"],
            &["serve", "--listen", "127.0.0.1:0"],
        ] {
            let said = service.home.run(arguments).failure();
            has(&said, &["is a symbolic link in a folder that belongs to"]);
        }
        service.unlink(name);
        if name == "unicom.db" {
            fs::write(service.path(name), database).unwrap();
            service.give(&service.path(name));
        }
        service.assert_secrets_are_kept(name);
        assert!(!service.roots("made.db").exists());
        assert_eq!(fs::read(service.roots("other.db")).unwrap(), other);
        if !service.path("unicom-data/unicom.key").exists() {
            fs::write(service.path("unicom-data/unicom.key"), KEY).unwrap();
            service.give(&service.path("unicom-data/unicom.key"));
        }
    }
    // A new database in the service's folder belongs to the service's user.
    fs::remove_file(service.path("unicom.db")).unwrap();
    service.home.run(&["migrate"]).ok();
    assert_eq!(service.path("unicom.db").metadata().unwrap().uid(), SERVICE);
}

/// The service's user may write any media key into the database.
#[tokio::test]
async fn linked_files_are_neither_exported_nor_erased() {
    let Some(service) = Service::new() else {
        return;
    };
    let home = &service.home;
    let server = Server::serve(home);
    let mut accounts = Vec::new();
    for _ in 0..2 {
        let message = Visitor::of(&server).send_file(GIF).await;
        // A guest's first chat has the id of the account.
        accounts.push(message["chat_id"].as_str().unwrap().to_owned());
    }
    assert_eq!(server.terminate(), Some(0));
    fs::create_dir(service.path("unicom-data/media/messages/more")).unwrap();
    for (account, key, link, target) in [
        (
            &accounts[0],
            "messages/more/1.png",
            "messages/more",
            "secrets",
        ),
        (&accounts[1], "messages/3.png", "messages/3.png", "secret"),
    ] {
        let change = format!(
            "UPDATE unicom_messages SET media_key = '{key}' WHERE chat_id = '{account}' AND media_key IS NOT NULL"
        );
        run_sql(&service.path("unicom.db"), &change);
        service.give(&service.path(""));
        service.link(&format!("unicom-data/media/{link}"), &service.roots(target));
        let folder = format!("export-{}", link.len());
        let run = home.run(&["account", "export", account, "--files", &folder]);
        has(
            &run.err,
            &["is a symbolic link in a folder that belongs to"],
        );
        assert_eq!(run.code, Some(1), "{}", run.err);
        assert_text_is_not_in(&service.roots(&folder), key);
        service.assert_secrets_are_kept(key);
        let run = home.run(&["account", "erase", account, "--yes"]);
        if link == key {
            // The link itself is deleted.
            run.ok();
            assert!(
                !service
                    .path("unicom-data/media/messages/3.png")
                    .is_symlink()
            );
        } else {
            has(&run.err, &["files that could not be deleted: 1"]);
        }
        service.assert_secrets_are_kept(key);
    }
}

#[test]
fn sweep_does_not_delete_through_links() {
    let Some(service) = Service::new() else {
        return;
    };
    // A file of another unicom service, and one of its incomplete files.
    let theirs = [
        service.roots("theirs/01900000-0000-7000-8000-000000000000.png"),
        service.roots("theirs/2.png#1"),
    ];
    fs::create_dir(service.roots("theirs")).unwrap();
    for path in &theirs {
        fs::write(path, "theirs").unwrap();
        let mut touch = Command::new("touch");
        let touched = touch.args(["-d", "2020-01-01"]).arg(path).status();
        assert!(touched.unwrap().success());
    }
    let is_kept = |why: &str| {
        for path in &theirs {
            assert!(path.exists(), "{why}: {}", path.display());
        }
    };
    let sweep = || service.home.run(&["media", "sweep", "--yes", "--force"]);
    let name = "unicom-data/media/messages";
    service.link(name, &service.roots("theirs"));
    has(&sweep().failure(), &["is a symbolic link"]);
    is_kept("a link that is there");
    service.unlink(name);
    let stop = AtomicBool::new(false);
    let (messages, away) = (service.path(name), service.path("unicom-data/away"));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                fs::rename(&messages, &away).unwrap();
                symlink(service.roots("theirs"), &messages).unwrap();
                let _ = lchown(&messages, Some(SERVICE), Some(SERVICE));
                thread::yield_now();
                fs::remove_file(&messages).unwrap();
                fs::rename(&away, &messages).unwrap();
            }
        });
        for _ in 0..ROUNDS {
            sweep();
        }
        stop.store(true, Ordering::Relaxed);
    });
    is_kept("a link that comes and goes");
}

#[test]
fn hard_link_in_a_group_writable_folder_is_rejected() {
    let Some(service) = Service::new() else {
        return;
    };
    let shared = service.roots("shared");
    fs::create_dir(&shared).unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o775)).unwrap();
    chown(&shared, Some(0), Some(SERVICE)).unwrap();
    fs::hard_link(service.roots("secret"), shared.join("unicom.key")).unwrap();
    let said = service
        .home
        .run(&["backup", "b.db", "--files", "kept", "--data-dir", "shared"])
        .failure();
    has(
        &said,
        &["is a hard link in a folder that others may write to"],
    );
}

/// A journal may name any file, which SQLite deletes once it has played the journal back.
#[test]
fn forged_journal_does_not_delete_files_of_root() {
    let Some(service) = Service::new() else {
        return;
    };
    service.backup().ok();
    let database = service.path("unicom.db");
    for arguments in [
        &["backup", "c.db"][..],
        &["backup", "b.db", "--force", "--files", "kept"],
        &["restore", "b.db", "--force"],
        &["restore", "b.db", "--force", "--files", "kept"],
        &["channel", "list"],
        &["migrate"],
    ] {
        plant_journal(&database, &service.roots("secret"));
        service.give(&service.path(""));
        let run = service.home.run(arguments);
        service.assert_secrets_are_kept(&arguments.join(" "));
        has(
            &run.failure(),
            &[
                "was left in the middle of a change",
                "as the user who owns it",
            ],
        );
        assert!(service.path("unicom.db-journal").exists());
    }
    fs::remove_file(service.path("unicom.db-journal")).unwrap();
    // A journal next to the backup, which belongs to root.
    plant_journal(&service.roots("b.db"), &service.roots("secret"));
    let said = service.restore().failure();
    has(&said, &["`b.db` was left in the middle of a change"]);
    service.assert_secrets_are_kept("a journal beside the backup");
    fs::remove_file(service.roots("b.db-journal")).unwrap();
    service.restore().ok();
    service.home.run(&["channel", "list"]).ok();
}

/// The write-ahead log is part of the replaced database, though SQLite does not open it there.
#[test]
fn replaced_database_includes_its_write_ahead_log() {
    let Some(service) = Service::new() else {
        return;
    };
    service.backup().ok();
    let server = Server::serve(&service.home);
    service.give(&service.path(""));
    has(
        &service.restore().failure(),
        &["is in use: stop the server"],
    );
    service.home.echo_channel();
    server.kill();
    assert!(service.path("unicom.db-wal").metadata().unwrap().len() > 0);
    service.give(&service.path(""));
    service.restore().ok();
    let channels = |name: &str| {
        let list = at(&service.home, name).json(&["channel", "list"]);
        list.as_array().unwrap().len()
    };
    assert_eq!(channels("service/unicom.db"), 1);
    assert_eq!(channels("service/unicom.db.before-restore"), 2);
}

#[test]
fn replaced_database_of_the_service_is_locked_during_the_restore() {
    let Some(service) = Service::new() else {
        return;
    };
    add_many_files(&service.roots("kept/media/messages"));
    service.home.run(&["backup", "b.db"]).ok();
    assert_locked_while_files_are_copied(
        &service.home,
        &service.path("unicom.db"),
        &service.path("unicom-data/media/messages"),
    );
}
