//! Tests of the progress of long commands.

use unicom_testing::{TestDatabase, both_engines};

use crate::terminal::on_terminal;
use crate::workspace::Workspace;

/// Characters with which a terminal draws over what it shows.
const DRAWS: [char; 2] = ['\r', '\u{1b}'];

/// Runs a command in a terminal, and again with `--json` and without a terminal. Asserts that only
/// the terminal shows the progress, and that nothing of it is left at the end.
#[track_caller]
fn shows(home: &Workspace, arguments: &[&str], progress: &[&str]) {
    let (code, shown) = on_terminal(home.command(arguments), 100, "");
    assert_eq!(code, Some(0), "{shown:?}");
    for part in progress {
        assert!(shown.contains(part), "no `{part}`: {shown:?}");
    }
    let (_, left) = shown.rsplit_once("\u{1b}[2K").unwrap();
    assert!(
        !left.contains(DRAWS) && !left.contains(progress[0]),
        "{shown:?}"
    );

    let json = [arguments, &["--json"]].concat();
    let (code, shown) = on_terminal(home.command(&json), 100, "");
    assert_eq!((code, shown.contains(DRAWS)), (Some(0), false), "{shown:?}");
    let piped = home.run(arguments);
    assert!(
        !format!("{}{}", piped.out, piped.err).contains(DRAWS),
        "{piped:?}"
    );
    assert!(!piped.err.contains(progress[0]), "{piped:?}");
    piped.ok();
}

both_engines! {
    migrations: [unicom_db::MIGRATIONS, unicom_auth::MIGRATIONS];

    fn terminal_shows_what_takes_time(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        shows(&home, &["migrate"], &["running migrations"]);
        shows(&home, &["retention", "run", "--yes"], &["looking for what is too old"]);
        shows(&home, &["media", "sweep", "--yes"], &["looking for files that no message references"]);
        shows(&home, &["export", "all.jsonl", "--force"], &["exporting", " rows, ", " left"]);
    }

    fn export_to_the_terminal_is_not_drawn_over(db: &TestDatabase) {
        let home = Workspace::on(db);
        home.echo_channel();
        let (code, shown) = on_terminal(home.command(&["export"]), 100, "");
        assert_eq!((code, shown.contains(DRAWS)), (Some(0), false), "{shown:?}");
    }
}

#[test]
fn import_shows_the_remaining_time() {
    let from = Workspace::new();
    from.echo_channel();
    from.run(&["export", "all.jsonl"]).ok();
    let export = std::fs::read_to_string(from.path().join("all.jsonl")).unwrap();
    let to = Workspace::new();
    to.write("all.jsonl", &export);
    let (code, shown) = on_terminal(to.command(&["import", "all.jsonl"]), 100, "");
    assert_eq!(code, Some(0), "{shown:?}");
    for part in ["importing", " of ", " left", "imported "] {
        assert!(shown.contains(part), "no `{part}`: {shown:?}");
    }
    let to = Workspace::new();
    let imported = to.run_with_input(&["import"], &export);
    assert_eq!(imported.err, "");
    assert!(!imported.ok().contains(DRAWS));
}

#[test]
fn backup_and_restore_show_progress() {
    let home = Workspace::new();
    home.echo_channel();
    std::fs::create_dir_all(home.path().join("unicom-data/media")).unwrap();
    let backup = ["backup", "copy.db", "--force", "--files", "files"];
    shows(&home, &backup, &["copying the database", "copying files"]);
    let restore = ["restore", "copy.db", "--force", "--files", "files"];
    shows(
        &home,
        &restore,
        &["restoring the database", "copying files"],
    );
}
