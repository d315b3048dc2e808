//! Tests that an incomplete or invalid export is refused, that the error names the line, and that
//! no row is imported.

use serde_json::json;
use unicom_testing::{TestDatabase, both_engines};

use super::{assert_same, export, exported_rows, footer_of, rows};
use crate::sample_data::PASSWORD;
use crate::workspace::{Workspace, has};

both_engines! {
    migrations: [];

    fn invalid_line_is_reported_and_nothing_is_imported(db: &TestDatabase) {
        let good = small_export();
        let target = Workspace::on(db);
        for (what, change, expected) in BAD {
            let run = target.run_with_input(&["import"], &change(&good));
            let said = run.failure();
            has(&said, expected);
            assert_eq!(rows(&target), 0, "{what}");
        }
        let mut latin = good.clone().into_bytes();
        let place = good.find("Site").unwrap();
        latin[place] = 0xe9;
        std::fs::write(target.path().join("latin.jsonl"), latin).unwrap();
        has(&target.run(&["import", "latin.jsonl"]).failure(), &["line 2: not UTF-8"]);
        has(&target.run(&["import", "nowhere.jsonl"]).failure(), &["cannot read `nowhere.jsonl`"]);
        assert_eq!(rows(&target), 0);

        // A valid export can still be imported. After that the database is not empty.
        target.run_with_input(&["import"], &good).ok();
        let before = export(&target);
        let said = target.run_with_input(&["import"], &good).failure();
        has(&said, &["the database is not empty: `unicom_channels` has rows"]);
        assert_same(&before, &export(&target));
    }

    fn forward_references_are_imported_and_dangling_ones_rejected(db: &TestDatabase) {
        let target = Workspace::on(db);
        let category = |id: u8, parent: Option<u8>| {
            let uuid = |id| format!("00000000-0000-7000-8000-{id:012}");
            let time = "2025-10-23T12:00:00.000001Z";
            json!({ "table": "unicom_request_categories", "row": {
                "id": uuid(id), "parent_id": parent.map(uuid), "sequence": id, "name": "c", "description": "",
                "active": true, "public": true, "matcher": null, "bot": { "b": 1 }, "created_at": time, "updated_at": time,
            } })
        };
        let with = |rows: &[(u8, Option<u8>)]| {
            let mut export = empty_export();
            let rows: Vec<_> = rows.iter().map(|(id, parent)| category(*id, *parent).to_string()).collect();
            let footer = footer_of(&export).replace("\"unicom_request_categories\":0", &format!("\"unicom_request_categories\":{}", rows.len()));
            export = format!("{}\n{}\n{footer}\n", export.lines().next().unwrap(), rows.join("\n"));
            export
        };
        let said = target.run_with_input(&["import"], &with(&[(1, None), (2, Some(3)), (3, Some(9)), (4, None)])).failure();
        has(&said, &["line 4: the database refuses the row of `unicom_request_categories`: "]);
        let said = target.run_with_input(&["import"], &with(&[(1, None), (2, Some(3)), (3, Some(2))])).failure();
        has(&said, &["the row refers to itself by way of other rows"]);
        assert_eq!(rows(&target), 0);
        let good = with(&[(1, Some(4)), (2, Some(1)), (3, None), (4, Some(3)), (5, Some(5))]);
        target.run_with_input(&["import"], &good).ok();
        let parsed = |text: &str| exported_rows(text).collect::<Vec<_>>();
        assert_eq!(parsed(&good), parsed(&export(&target)));
    }

}

/// A name, a change to a valid export, and parts of the error message it causes.
type Bad = (&'static str, fn(&str) -> String, &'static [&'static str]);

/// The small export has a header, a channel (line 2), two lines of the audit trail (3, 4), a user
/// (5) and a footer (6).
const BAD: &[Bad] = &[
    (
        "nothing",
        |_| String::new(),
        &["line 0: the export ends here without a footer"],
    ),
    (
        "another file",
        |_| "id,name\n1,Ada\n".to_owned(),
        &["line 1: this is not a unicom export"],
    ),
    (
        "a newer form",
        |good| good.replacen("_export\":1", "_export\":2", 1),
        &["line 1: ", "format version 2", "reads version 1"],
    ),
    (
        "newer tables",
        |good| good.replacen("\"unicom0002\"", "\"unicom0002\",\"unicom9999\"", 1),
        &["line 1: ", "tables are newer", "`unicom9999`"],
    ),
    (
        "older tables",
        |good| good.replacen(",\"unicom0002\"", "", 1),
        &["line 1: ", "tables are older", "`unicom0002`", "upgrade"],
    ),
    (
        "no footer",
        |good| cut(good, 5),
        &["line 5: the export ends here without a footer: it is truncated"],
    ),
    (
        "half a line",
        |good| good[..good.len() - 30].to_owned(),
        &["line 6: not a line of an export"],
    ),
    (
        "a row less",
        |good| without(good, 4),
        &["line 5: there are 1 rows of `unicom_audit` and not 2"],
    ),
    (
        "a row twice",
        |good| twice(good, 5),
        &["line 6: the database refuses the row of `unicom_users`: "],
    ),
    (
        "more after it",
        |good| format!("{good}{{}}\n"),
        &["line 7: nothing may follow the footer"],
    ),
    (
        "broken JSON",
        |good| {
            good.replacen(
                "\"row\":{\"id\":1,\"name\":",
                "\"row\":{\"id\":1,\"name\"",
                1,
            )
        },
        &["line 2: not a line of an export: expected `:`"],
    ),
    (
        "no object",
        |good| instead(good, 3, "7"),
        &["line 3: not a line of an export"],
    ),
    (
        "an empty line",
        |good| instead(good, 3, ""),
        &["line 3: not a line of an export"],
    ),
    (
        "neither",
        |good| instead(good, 3, "{}"),
        &["line 3: expected a row of a table, or the footer"],
    ),
    (
        "unknown key",
        |good| good.replacen("{\"table\"", "{\"more\":1,\"table\"", 1),
        &["line 2: ", "unknown field `more`"],
    ),
    (
        "unknown table",
        |good| good.replacen("\"unicom_channels\",\"row", "\"pg_shadow\",\"row", 1),
        &["line 2: unknown table `pg_shadow`"],
    ),
    (
        "SQL for a table",
        |good| {
            good.replacen(
                "\"unicom_channels\",\"row",
                "\"unicom_channels; DROP TABLE unicom_users\",\"row",
                1,
            )
        },
        &["line 2: unknown table `unicom_channels; DROP TABLE unicom_users`"],
    ),
    (
        "a table of SQLite's own",
        |good| good.replacen("\"unicom_channels\",\"row", "\"sqlite_master\",\"row", 1),
        &["line 2: unknown table `sqlite_master`"],
    ),
    (
        "SQL for a column",
        |good| good.replacen("\"row\":{", "\"row\":{\"name') VALUES (1)--\":1,", 1),
        &["line 2: `unicom_channels` has no column `name') VALUES (1)--`"],
    ),
    (
        "deep JSON",
        |good| instead(good, 3, &"[".repeat(100_000)),
        &["line 3: not a line of an export"],
    ),
    (
        "deep JSON in a row",
        |good| {
            good.replacen(
                "\"row\":{",
                &format!("\"row\":{{\"config\":{}", "{\"a\":".repeat(100_000)),
                1,
            )
        },
        &["line 2: not a line of an export"],
    ),
    (
        "a line of 100 MB",
        |good| instead(good, 3, &"x".repeat(100 << 20)),
        &["line 3: a line has more than 67108864 bytes"],
    ),
    (
        "unknown column",
        |good| good.replacen("\"row\":{", "\"row\":{\"more\":1,", 1),
        &["line 2: `unicom_channels` has no column `more`"],
    ),
    (
        "missing column",
        |good| good.replacen("\"active\":true,", "", 1),
        &["line 2: `active` is missing"],
    ),
    (
        "text for a number",
        |good| good.replacen("\"id\":1", "\"id\":\"1\"", 1),
        &["line 2: `id` must be an integer"],
    ),
    (
        "too large a number",
        |good| good.replacen("\"id\":1", "\"id\":9223372036854775808", 1),
        &["line 2: `id` must be an integer"],
    ),
    (
        "number for a text",
        |good| good.replacen("\"Site\"", "5", 1),
        &["line 2: `name` must be a string"],
    ),
    (
        "text for a bool",
        |good| good.replacen("\"active\":true", "\"active\":\"true\"", 1),
        &["line 2: `active` must be true or false"],
    ),
    (
        "null",
        |good| good.replacen("\"Site\"", "null", 1),
        &["line 2: `name` must not be null"],
    ),
    (
        "NUL",
        |good| good.replacen("\"Site\"", "\"a\\u0000\"", 1),
        &["line 2: `name` must not have a NUL character"],
    ),
    (
        "no time",
        |good| good.replacen("\"created_at\":\"2", "\"created_at\":\"x", 1),
        &["line 2: `created_at` must be a time"],
    ),
    (
        "no UUID",
        |good| {
            instead(
                good,
                3,
                &line(good, 3).replacen("\"id\":\"", "\"id\":\"x", 1),
            )
        },
        &["line 3: `id` must be a UUID"],
    ),
    (
        "another order",
        |good| swapped(good, 2, 3),
        &["line 3: rows of `unicom_channels` are out of order"],
    ),
    (
        "unknown table in the footer",
        |good| good.replacen("{\"rows\":{", "{\"rows\":{\"more\":0,", 1),
        &["line 6: unknown table `more`"],
    ),
    (
        "unknown owner",
        |good| instead(good, 5, SESSION),
        &["line 5: the database refuses the row of `unicom_sessions`: "],
    ),
];

const SESSION: &str = r#"{"table":"unicom_sessions","row":{"key_hash":"ab","state":{},"user_id":77,"session_key":null,"created_at":"2025-10-23T12:00:00Z","expires_at":"2025-10-23T12:00:00Z"}}"#;

fn line(text: &str, number: usize) -> &str {
    text.lines().nth(number - 1).unwrap()
}

fn lines(text: &str, change: impl Fn(&mut Vec<&str>)) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    change(&mut lines);
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn cut(text: &str, count: usize) -> String {
    lines(text, |lines| lines.truncate(count))
}

fn without(text: &str, number: usize) -> String {
    lines(text, |lines| {
        lines.remove(number - 1);
    })
}

fn twice(text: &str, number: usize) -> String {
    lines(text, |lines| lines.insert(number, lines[number - 1]))
}

fn swapped(text: &str, one: usize, other: usize) -> String {
    lines(text, |lines| lines.swap(one - 1, other - 1))
}

fn instead(text: &str, number: usize, line: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    lines[number - 1] = line;
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Returns an export of a channel, a user and their lines in the audit trail.
fn small_export() -> String {
    let home = Workspace::with_url("sqlite://small.db");
    home.echo_channel();
    home.user("ada", PASSWORD).ok();
    let export = export(&home);
    assert_eq!(export.lines().count(), 6);
    export
}

fn empty_export() -> String {
    let home = Workspace::with_url("sqlite://empty.db");
    home.run(&["migrate"]).ok();
    export(&home)
}
