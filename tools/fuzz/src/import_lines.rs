//! Fuzzes the lines that `unicom import` reads.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;
use unicom_backup::{TransferError, export, import};
use unicom_db::Db;
use unicom_testing::all_rows;

use crate::fixture;
use crate::input::{choose, first_word};
use crate::migration_sets::SETS;

thread_local! {
    static PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// Changes an export as the input describes, with one change per line, and imports it:
///
/// - `9 name "Ann"` replaces a value of the row with index 9,
/// - `-9` removes the row,
/// - `+{"table": …}` appends a line after all others.
///
/// A refused import must leave the database as migrations create it. The export of an accepted
/// import must be accepted as well, and exporting it again must give the same result.
pub fn import_lines(data: &[u8]) {
    let changes = String::from_utf8_lossy(data);
    let new = PLACE.with_borrow(Option::is_none).then(Place::new);
    PLACE.with_borrow_mut(|place| {
        let place = place.get_or_insert_with(|| new.expect("it was made"));
        let changed = place.changed(&changes);
        if place.import(&changed).is_err() {
            let rows = all_rows(&mut place.db).expect("the rows");
            assert_eq!(rows, place.empty, "refused, and yet not as it was");
            return;
        }
        let first = exported(&mut place.db);
        place.begin_anew();
        let taken = place.import(&first);
        taken.unwrap_or_else(|error| panic!("{error}: {first}"));
        assert_eq!(first, exported(&mut place.db));
        place.begin_anew();
    });
}

/// A row of an export: its table, and the values of its columns as JSON.
struct Row {
    table: String,
    values: Vec<(String, String)>,
}

/// An empty database, and a copy of it to import into.
struct Place {
    header: String,
    rows: Vec<Row>,
    db: Db,
    /// The rows of a database that has only been migrated: migrations insert a few.
    empty: BTreeMap<String, Vec<String>>,
    copies: u64,
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut empty = connect(folder.path().join("empty.db"));
        for set in SETS {
            set.run(&mut empty).expect("the tables");
        }
        drop(empty);
        let all = fixture::with(|world| world.export());
        let (header, rows) = all.split_once('\n').expect("a header");
        let rows: Vec<Row> = rows.lines().filter_map(Row::parse).collect();
        assert!(rows.len() > 20, "there is little to import");
        let mut db = copy(&folder, 0);
        Self {
            header: header.to_owned(),
            rows,
            empty: all_rows(&mut db).expect("the rows"),
            db,
            copies: 0,
            folder,
        }
    }

    fn import(&mut self, rows: &str) -> Result<(), TransferError> {
        let whole = format!("{}\n{rows}", self.header);
        import(&mut self.db, &SETS, &mut whole.as_bytes(), &mut |_| ()).map(drop)
    }

    /// Returns the rows with these changes, and a matching footer.
    fn changed(&self, changes: &str) -> String {
        let mut rows: Vec<Option<BTreeMap<&str, &str>>> =
            self.rows.iter().map(|row| Some(row.columns())).collect();
        let mut added = String::new();
        for change in changes.lines() {
            if let Some(line) = change.strip_prefix('+') {
                added = format!("{added}{line}\n");
                continue;
            }
            let (number, change) = first_word(change);
            let at = number.trim_start_matches('-').parse().unwrap_or(0) % rows.len();
            if number.starts_with('-') {
                rows[at] = None;
            } else if let Some(row) = &mut rows[at] {
                let (column, value) = first_word(change);
                let columns = &self.rows[at].values;
                let (column, _) = choose(columns, column, |(known, _)| known == column);
                row.insert(column, value);
            }
        }
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        let mut text = String::new();
        for (row, changed) in self.rows.iter().zip(&rows) {
            if let Some(changed) = changed {
                *counts.entry(&row.table).or_default() += 1;
                let pairs = changed
                    .iter()
                    .map(|(column, value)| format!("{column:?}:{value}"));
                let pairs = pairs.collect::<Vec<_>>().join(",");
                let written = writeln!(text, "{{\"table\":{:?},\"row\":{{{pairs}}}}}", row.table);
                written.expect("a text takes it");
            }
        }
        for line in added.lines() {
            let line: Value = serde_json::from_str(line).unwrap_or_default();
            let table = self
                .rows
                .iter()
                .find(|row| line["table"] == row.table.as_str());
            if let Some(row) = table {
                *counts.entry(&row.table).or_default() += 1;
            }
        }
        let footer = json!({ "footer": { "rows": counts, "counters": {} } });
        format!("{text}{added}{footer}\n")
    }

    fn begin_anew(&mut self) {
        let before = self.folder.path().join(format!("{}.db", self.copies));
        self.copies += 1;
        self.db = copy(&self.folder, self.copies);
        fs::remove_file(before).expect("a deleted file");
    }
}

impl Row {
    /// Parses a line of an export. Returns `None` for the footer.
    fn parse(line: &str) -> Option<Self> {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let values = line["row"].as_object()?.iter();
        Some(Self {
            table: line["table"].as_str()?.to_owned(),
            values: values
                .map(|(column, value)| (column.clone(), value.to_string()))
                .collect(),
        })
    }

    fn columns(&self) -> BTreeMap<&str, &str> {
        let values = self.values.iter();
        values
            .map(|(column, value)| (column.as_str(), value.as_str()))
            .collect()
    }
}

fn copy(folder: &TempDir, number: u64) -> Db {
    let path = folder.path().join(format!("{number}.db"));
    fs::copy(folder.path().join("empty.db"), &path).expect("a copy");
    connect(path)
}

fn connect(path: PathBuf) -> Db {
    Db::connect(&format!("sqlite://{}", path.display())).expect("a connection")
}

/// Returns the export without its header.
fn exported(db: &mut Db) -> String {
    let mut all = Vec::new();
    export(db, &SETS, &mut all, &mut |_| ()).expect("an export");
    let all = String::from_utf8(all).expect("text");
    let (_, rows) = all.split_once('\n').expect("a header");
    rows.to_owned()
}
