//! Tests of what a power cut leaves of files and their names.

use std::collections::BTreeSet;

use super::*;

/// Creates an empty disk at `/`, with inode number 1, and applies the changes.
fn disk(syncs: Syncs, changes: &[Change]) -> Disk {
    let numbers = BTreeMap::from([(PathBuf::new(), 1)]);
    let mut disk = Disk::new(Path::new("/"), &Tree::new(), &numbers, syncs).unwrap();
    for change in changes {
        disk.apply(change).unwrap();
    }
    disk
}

fn create(node: u64, path: &str) -> Change {
    Change::Create {
        node,
        path: path.into(),
    }
}

fn write(node: u64, bytes: &str) -> Change {
    Change::Write {
        node,
        at: 0,
        bytes: bytes.into(),
    }
}

fn sync(node: u64) -> [Change; 2] {
    [
        Change::SyncBegin { node, sync: node },
        Change::SyncEnd { node, sync: node },
    ]
}

/// Returns the possible states after a cut, each as `name=content` entries in one line.
fn outcomes(disk: &Disk) -> BTreeSet<String> {
    let mut rng = Rng::with_seed(7);
    let line = |tree: Tree| {
        let entry = |(path, content): (PathBuf, Option<Vec<u8>>)| match content {
            Some(content) => format!("{}={}", path.display(), String::from_utf8_lossy(&content)),
            None => format!("{}/", path.display()),
        };
        tree.into_iter().map(entry).collect::<Vec<_>>().join(" ")
    };
    (0..300).map(|_| line(disk.after_cut(&mut rng))).collect()
}

fn set(outcomes: &[&str]) -> BTreeSet<String> {
    outcomes
        .iter()
        .map(|outcome| (*outcome).to_owned())
        .collect()
}

#[test]
fn synced_file_in_an_unsynced_folder_may_be_lost() {
    let mut changes = vec![create(2, "/a"), write(2, "x")];
    assert_eq!(
        outcomes(&disk(Syncs::All, &changes)),
        set(&["", "a=", "a=\0", "a=x"])
    );
    changes.extend(sync(2));
    assert_eq!(outcomes(&disk(Syncs::All, &changes)), set(&["", "a=x"]));
    changes.extend(sync(1));
    assert_eq!(outcomes(&disk(Syncs::All, &changes)), set(&["a=x"]));
    assert_eq!(
        outcomes(&disk(Syncs::None, &changes)),
        set(&["", "a=", "a=\0", "a=x"])
    );
}

#[test]
fn sync_covers_writes_before_its_start() {
    let [begin, end] = sync(2);
    let mut changes = vec![create(2, "/a"), write(2, "x")];
    changes.extend(sync(1));
    changes.extend([begin, write(2, "y"), end]);
    assert_eq!(outcomes(&disk(Syncs::All, &changes)), set(&["a=x", "a=y"]));
}

#[test]
fn cut_during_a_sync_leaves_any_state() {
    let [begin, _] = sync(2);
    let mut changes = vec![create(2, "/a")];
    changes.extend(sync(1));
    changes.extend([write(2, "x"), begin]);
    assert_eq!(
        outcomes(&disk(Syncs::All, &changes)),
        set(&["a=", "a=\0", "a=x"])
    );
}

#[test]
fn rename_is_atomic() {
    let mut changes = vec![
        create(2, "/a"),
        write(2, "x"),
        create(3, "/b"),
        write(3, "y"),
    ];
    for node in [1, 2, 3] {
        changes.extend(sync(node));
    }
    changes.push(Change::Rename {
        from: "/a".into(),
        to: "/b".into(),
    });
    assert_eq!(
        outcomes(&disk(Syncs::All, &changes)),
        set(&["a=x b=y", "b=x"])
    );
    changes.extend(sync(1));
    assert_eq!(outcomes(&disk(Syncs::All, &changes)), set(&["b=x"]));
}

#[test]
fn folder_is_durable_only_with_its_name() {
    let mut changes = vec![
        Change::MakeFolder {
            node: 2,
            path: "/f".into(),
        },
        create(3, "/f/a"),
        write(3, "x"),
    ];
    changes.extend(sync(3));
    changes.extend(sync(2));
    assert_eq!(
        outcomes(&disk(Syncs::All, &changes)),
        set(&["", "f/ f/a=x"])
    );
    changes.extend(sync(1));
    assert_eq!(outcomes(&disk(Syncs::All, &changes)), set(&["f/ f/a=x"]));
    changes.push(Change::Unlink {
        path: "/f/a".into(),
    });
    assert_eq!(
        outcomes(&disk(Syncs::All, &changes)),
        set(&["f/", "f/ f/a=x"])
    );
}

#[test]
fn hard_link_shares_the_file() {
    let mut changes = vec![
        create(2, "/a"),
        write(2, "x"),
        Change::Link {
            from: "/a".into(),
            to: "/b".into(),
        },
    ];
    changes.push(Change::Unlink { path: "/a".into() });
    changes.extend(sync(1));
    changes.extend(sync(2));
    assert_eq!(outcomes(&disk(Syncs::All, &changes)), set(&["b=x"]));
}

#[test]
fn late_log_is_synced_before_database_writes() {
    let mut changes = vec![create(2, "/x.db"), create(3, "/x.db-wal")];
    changes.extend(sync(1));
    changes.push(write(3, "x"));
    changes.extend(sync(3));
    let may_be_lost = set(&["x.db= x.db-wal=", "x.db= x.db-wal=\0", "x.db= x.db-wal=x"]);
    assert_eq!(outcomes(&disk(Syncs::LogsLate, &changes)), may_be_lost);
    assert_eq!(
        outcomes(&disk(Syncs::All, &changes)),
        set(&["x.db= x.db-wal=x"])
    );
    changes.push(write(2, "y"));
    assert!(
        outcomes(&disk(Syncs::LogsLate, &changes))
            .iter()
            .all(|found| found.ends_with("-wal=x"))
    );
}

#[test]
fn current_state_contains_all_changes() {
    let changes = [
        create(2, "/a"),
        write(2, "xyz"),
        Change::Truncate { node: 2, length: 1 },
        create(3, "/b"),
        Change::Unlink { path: "/b".into() },
        // The file system reuses the inode number.
        create(3, "/c"),
        write(3, "new"),
    ];
    let expected: Tree = [("a", "x"), ("c", "new")]
        .map(|(path, text)| (path.into(), Some(text.into())))
        .into();
    assert_eq!(disk(Syncs::All, &changes).now(), expected);
}
