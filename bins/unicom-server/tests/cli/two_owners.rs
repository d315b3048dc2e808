//! Tests of commands that root runs in the folder of a service with another user: files of root are
//! not read, changed or given away.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, lchown, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::backup::{at, names_in, plant_journal, run_sql};
use crate::restore::{add_many_files, assert_locked_while_files_are_copied};
use crate::server::Server;
use crate::visitor::Visitor;
use crate::workspace::{Run, Workspace, has, skip_without_root};

/// The user of the service: `nobody` on most systems.
const SERVICE: u32 = 65534;

const KEY: &str = "a key that an operator may write, and no other";

/// A text that only root may read. It would be accepted as a key.
const SECRET: &str = "root:$y$j9T$only.root.may.read.this$:20000:0:99999:7:::";

const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

/// Number of times a race is attempted.
const ROUNDS: usize = 12;

/// The folder of a service, which belongs to the service's user, in a folder of root.
struct Service {
    home: Workspace,
}

impl Service {
    /// Creates the folder with a database, a key and two files. Returns `None` if this is not root.
    fn new() -> Option<Self> {
        let home = Workspace::with_url("sqlite://service/unicom.db");
        if home.path().metadata().unwrap().uid() != 0 {
            skip_without_root("only root can make files of another user");
            return None;
        }
        fs::create_dir(home.path().join("service")).unwrap();
        home.echo_channel();
        let service = Self { home };
        fs::create_dir_all(service.path("unicom-data/media/messages")).unwrap();
        fs::write(service.path("unicom-data/unicom.key"), KEY).unwrap();
        fs::write(service.path("unicom-data/media/messages/1.png"), "one").unwrap();
        fs::write(service.path("unicom-data/media/messages/2.png"), "two").unwrap();
        service.home.write("secret", SECRET);
        fs::create_dir(service.home.path().join("secrets")).unwrap();
        service.home.write("secrets/1.png", SECRET);
        service.give(&service.path(""));
        Some(service)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join("service").join(name)
    }

    /// Returns a path that only root may change.
    fn roots(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Gives `path` and everything below it to the service's user.
    fn give(&self, path: &Path) {
        lchown(path, Some(SERVICE), Some(SERVICE)).unwrap();
        if path.symlink_metadata().unwrap().is_dir() {
            for entry in path.read_dir().unwrap() {
                self.give(&entry.unwrap().path());
            }
        }
    }

    /// Replaces `name` with a symbolic link that belongs to the service's user.
    fn link(&self, name: &str, to: &Path) {
        let path = self.path(name);
        if path.is_dir() && !path.is_symlink() {
            fs::rename(&path, path.with_extension("away")).unwrap();
        } else {
            let _ = fs::remove_file(&path);
        }
        symlink(to, &path).unwrap();
        self.give(&path);
    }

    /// Removes the link again.
    fn unlink(&self, name: &str) {
        let path = self.path(name);
        fs::remove_file(&path).unwrap();
        let away = path.with_extension("away");
        if away.exists() {
            fs::rename(away, path).unwrap();
        }
    }

    fn backup(&self) -> Run {
        self.home
            .run(&["backup", "b.db", "--force", "--files", "kept"])
    }

    fn restore(&self) -> Run {
        self.home
            .run(&["restore", "b.db", "--force", "--files", "kept"])
    }

    /// Asserts that root's files are unchanged and that their text is nowhere in the service's
    /// folder.
    #[track_caller]
    fn assert_secrets_are_kept(&self, why: &str) {
        for name in ["secret", "secrets", "secrets/1.png"] {
            let data = self.roots(name).metadata().unwrap();
            assert_eq!(data.uid(), 0, "{why}: {name}");
            assert_eq!(data.mode() & 0o777 & !0o755, 0, "{why}: {name}");
        }
        assert_eq!(names_in(&self.roots("secrets")), ["1.png"], "{why}");
        for name in ["secret", "secrets/1.png"] {
            assert_eq!(
                fs::read_to_string(self.roots(name)).unwrap(),
                SECRET,
                "{why}: {name}"
            );
        }
        assert_text_is_not_in(&self.path(""), why);
    }
}

/// Asserts that no file below the folder contains root's secret.
#[track_caller]
fn assert_text_is_not_in(folder: &Path, why: &str) {
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        let kind = path.symlink_metadata().unwrap();
        if kind.is_dir() {
            assert_text_is_not_in(&path, why);
        } else if kind.is_file() && kind.nlink() == 1 {
            let content = fs::read(&path).unwrap();
            let found = content
                .windows(SECRET.len())
                .any(|part| part == SECRET.as_bytes());
            assert!(!found, "{why}: {}", path.display());
        }
    }
}

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
            &["media", "sweep", "--force"],
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
    let sweep = || service.home.run(&["media", "sweep", "--force"]);
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

/// Calls `mischief` in the service's folder repeatedly while root restores. Returns how often it
/// changed something.
fn restore_meanwhile(service: &Service, mischief: impl Fn(&Service) -> usize + Sync) -> usize {
    let (stop, done) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                done.fetch_add(mischief(service), Ordering::Relaxed);
            }
        });
        // The restore may detect this and fail. It must not do what the service's user wants.
        let run = service.restore();
        stop.store(true, Ordering::Relaxed);
        assert!(matches!(run.code, Some(0 | 1)), "{run:?}");
    });
    done.into_inner()
}

/// Replaces each incomplete file in `folder` with a link to root's file. Returns how many were
/// replaced.
fn swap_parts(service: &Service, folder: &str) -> usize {
    let mut swapped = 0;
    let Ok(entries) = service.path(folder).read_dir() else {
        return 0;
    };
    for entry in entries.map_while(Result::ok) {
        let path = entry.path();
        let name = entry.file_name();
        if !name.to_string_lossy().ends_with(".part") || path.is_symlink() {
            continue;
        }
        if fs::rename(&path, path.with_extension("away")).is_ok()
            && symlink(service.roots("secret"), &path).is_ok()
        {
            let _ = lchown(&path, Some(SERVICE), Some(SERVICE));
            swapped += 1;
        }
    }
    swapped
}

/// Adds files that take a while to copy.
fn add_large_files(service: &Service) {
    let folder = service.path("unicom-data/media/messages");
    for number in 0..24 {
        let path = folder.join(format!("large-{number}.png"));
        fs::write(&path, vec![number; 1 << 20]).unwrap();
        chown(&path, Some(SERVICE), Some(SERVICE)).unwrap();
    }
}

#[test]
fn restore_is_safe_while_files_are_swapped_for_links() {
    let Some(service) = Service::new() else {
        return;
    };
    add_large_files(&service);
    service.backup().ok();
    let mut swapped = 0;
    for round in 0..ROUNDS {
        let _ = fs::remove_dir_all(service.path("unicom-data/media"));
        swapped += restore_meanwhile(&service, |service| {
            swap_parts(service, "unicom-data/media/messages")
                + swap_parts(service, "unicom-data")
                + swap_parts(service, "")
        });
        service.assert_secrets_are_kept(&format!("round {round}"));
    }
    assert!(swapped > 0, "nothing was swapped in time");
}

#[test]
fn restore_is_safe_while_folders_are_swapped_for_links() {
    let Some(service) = Service::new() else {
        return;
    };
    add_large_files(&service);
    service.backup().ok();
    let mut swapped = 0;
    for round in 0..ROUNDS {
        let _ = fs::remove_dir_all(service.path("unicom-data/media"));
        let messages = service.path("unicom-data/media/messages");
        let away = service.path("unicom-data/media/away");
        swapped += restore_meanwhile(&service, |service| {
            let mut count = 0;
            if !messages.is_symlink() && messages.is_dir() && fs::rename(&messages, &away).is_ok() {
                let _ = symlink(service.roots("secrets"), &messages);
                let _ = lchown(&messages, Some(SERVICE), Some(SERVICE));
                count = 1;
                thread::yield_now();
                let _ = fs::remove_file(&messages);
                let _ = fs::rename(&away, &messages);
            }
            count
        });
        let _ = fs::remove_file(&messages);
        service.assert_secrets_are_kept(&format!("round {round}"));
    }
    assert!(swapped > 0, "nothing was swapped in time");
}

#[test]
fn backup_is_safe_while_the_media_folder_is_swapped_for_a_link() {
    let Some(service) = Service::new() else {
        return;
    };
    add_large_files(&service);
    for round in 0..ROUNDS {
        let stop = AtomicBool::new(false);
        let messages = service.path("unicom-data/media/messages");
        let away = service.path("unicom-data/away");
        thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    fs::rename(&messages, &away).unwrap();
                    symlink(service.roots("secrets"), &messages).unwrap();
                    let _ = lchown(&messages, Some(SERVICE), Some(SERVICE));
                    thread::yield_now();
                    fs::remove_file(&messages).unwrap();
                    fs::rename(&away, &messages).unwrap();
                }
            });
            service.backup();
            stop.store(true, Ordering::Relaxed);
        });
        let kept = service.roots("kept");
        if kept.exists() {
            assert_text_is_not_in(&kept, &format!("round {round}"));
            fs::remove_dir_all(kept).unwrap();
        }
        service.assert_secrets_are_kept(&format!("round {round}"));
    }
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
fn commands_create_nothing_while_the_database_is_swapped_for_a_link() {
    let Some(service) = Service::new() else {
        return;
    };
    service.backup().ok();
    let (database, away) = (service.path("unicom.db"), service.path("away.db"));
    let made = service.roots("made.db");
    let (stop, swapped) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                if fs::rename(&database, &away).is_ok() && symlink(&made, &database).is_ok() {
                    let _ = lchown(&database, Some(SERVICE), Some(SERVICE));
                    swapped.fetch_add(1, Ordering::Relaxed);
                }
                thread::yield_now();
                let _ = fs::rename(&away, &database);
                thread::yield_now();
            }
        });
        for _ in 0..5 * ROUNDS {
            service.home.run(&["backup", "b.db", "--force"]);
            service.home.run(&["restore", "b.db", "--force"]);
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert!(swapped.into_inner() > 0, "nothing was swapped in time");
    assert!(!made.exists());
    service.assert_secrets_are_kept("a link that comes and goes");
}

/// In `/tmp`, every user can create a file next to one of root's.
#[test]
fn planted_files_in_a_world_writable_folder_are_ignored() {
    let Some(service) = Service::new() else {
        return;
    };
    let shared = service.roots("shared");
    fs::create_dir(&shared).unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o1777)).unwrap();
    let (stop, planted) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                for name in names_in(&shared) {
                    if name.ends_with(".part") {
                        plant_journal(&shared.join(name), &service.roots("secret"));
                        planted.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        });
        for _ in 0..ROUNDS {
            service.home.run(&["backup", "shared/b.db", "--force"]).ok();
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert!(planted.into_inner() > 0, "nothing was planted in time");
    service.assert_secrets_are_kept("a journal beside the draft");

    let log = shared.join("b.db-wal");
    fs::write(&log, "anything").unwrap();
    chown(&log, Some(SERVICE), Some(SERVICE)).unwrap();
    let said = service
        .home
        .run(&["restore", "shared/b.db", "--force"])
        .failure();
    has(
        &said,
        &["b.db-wal` belongs to another user than its database"],
    );
    fs::remove_file(&log).unwrap();
    service
        .home
        .run(&["restore", "shared/b.db", "--force"])
        .ok();
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
