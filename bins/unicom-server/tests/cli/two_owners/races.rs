//! Files and folders that the service's user swaps while root's commands run.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, lchown, symlink};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use super::service::{ROUNDS, SERVICE, Service, assert_text_is_not_in};
use crate::backup::{names_in, plant_journal};
use crate::workspace::has;

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
