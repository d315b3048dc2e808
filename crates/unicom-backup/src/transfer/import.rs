//! `import`: stores every line as a row.

use std::collections::BTreeMap;
use std::io::BufRead;

use diesel::connection::SimpleConnection;
use diesel::sql_types::Bool;
use diesel::{QueryableByName, RunQueryDsl};
use unicom_db::tables::Table;
use unicom_db::{Db, DbError, Engine, Migrations, by_engine, on_engine, transaction};

use super::batch_insert::BatchInsert;
use super::deferred_rows::NumberedRow;
use super::line::{Footer, Header, Line, values};
use super::lines::Lines;
use super::{TransferError, Transferred, counters, expect_up_to_date};

/// Stores everything that [`export`](super::export) wrote in one transaction, all or nothing.
/// Calls `on_row` with the table of each row.
///
/// The tables of `sets` must exist and be empty. On PostgreSQL, other writers to these tables wait
/// until the import ends.
///
/// # Errors
/// Returns [`TransferError::Line`] if a line is invalid, [`TransferError::NotEmpty`] if a table has
/// rows, or an error if the tables are not up to date or the database fails.
pub fn import(
    db: &mut Db,
    sets: &[&Migrations],
    input: &mut dyn BufRead,
    on_row: &mut dyn FnMut(&str),
) -> Result<Transferred, TransferError> {
    expect_up_to_date(db, sets)?;
    let tables: Vec<Table> = sets.iter().flat_map(|set| (set.tables)()).collect();
    by_engine!(db, Sqlite(conn) => {
        // In KiB. Keeps index pages in memory.
        conn.batch_execute("PRAGMA cache_size = -65536")?;
    });
    let imported = transaction(db, |tx| import_into(tx, sets, &tables, input, on_row))?;
    let _ = analyze(db, &tables);
    Ok(imported.value)
}

/// Updates PostgreSQL's statistics now. Until it does so by itself, it would plan queries as if the
/// tables were empty.
fn analyze(db: &mut Db, tables: &[Table]) -> Result<(), DbError> {
    by_engine!(db, Postgres(conn) => {
        conn.batch_execute(&format!("ANALYZE {}", names(tables)))?;
    });
    Ok(())
}

fn names(tables: &[Table]) -> String {
    tables
        .iter()
        .map(Table::name)
        .collect::<Vec<_>>()
        .join(", ")
}

fn import_into(
    db: &mut Db,
    sets: &[&Migrations],
    tables: &[Table],
    input: &mut dyn BufRead,
    on_row: &mut dyn FnMut(&str),
) -> Result<Transferred, TransferError> {
    by_engine!(db, Postgres(conn) => {
        conn.batch_execute(&format!("LOCK TABLE {} IN EXCLUSIVE MODE", names(tables)))?;
    });
    expect_empty(db, tables)?;
    let mut lines = Lines::new(input);
    let header = lines.next()?.map(Header::parse);
    let header = header.ok_or_else(|| lines.cut_short())?;
    let header = header.map_err(|reason| lines.wrong(reason))?;
    check_migrations(&header, sets, db.engine()).map_err(|reason| lines.wrong(reason))?;

    let mut batch_insert: Option<BatchInsert<'_>> = None;
    let mut rows: BTreeMap<String, u64> = BTreeMap::new();
    let footer = loop {
        let number = lines.number + 1;
        let Some(text) = lines.next()? else {
            return Err(lines.cut_short());
        };
        let wrong = |reason: String| TransferError::line(number, reason);
        let line: Line<'_> = serde_json::from_str(text).map_err(|error| wrong(broken(&error)))?;
        let (name, row) = match line {
            Line {
                table: None,
                row: None,
                footer: Some(footer),
            } => break footer,
            Line {
                table: Some(name),
                row: Some(row),
                footer: None,
            } => (name, row),
            _ => return Err(wrong("expected a row of a table, or the footer".to_owned())),
        };
        if batch_insert
            .as_ref()
            .is_none_or(|batch_insert| batch_insert.table.name() != name)
        {
            let earlier = batch_insert
                .take()
                .map(|batch_insert| batch_insert.end(db))
                .transpose()?;
            let place = tables.iter().position(|table| table.name() == name);
            let place = place.ok_or_else(|| wrong(format!("unknown table `{name}`")))?;
            if earlier.is_some_and(|earlier| {
                tables
                    .iter()
                    .skip(place)
                    .any(|table| table.name() == earlier)
            }) {
                return Err(wrong(format!("rows of `{name}` are out of order")));
            }
            batch_insert = Some(BatchInsert::new(&tables[place]));
        }
        let Some(batch_insert) = &mut batch_insert else {
            continue;
        };
        let row = values(batch_insert.table, row).map_err(wrong)?;
        batch_insert.take(db, NumberedRow { line: number, row })?;
        on_row(name);
        match rows.get_mut(name) {
            Some(count) => *count += 1,
            None => drop(rows.insert(name.to_owned(), 1)),
        }
    };
    if let Some(batch_insert) = batch_insert {
        batch_insert.end(db)?;
    }
    for table in tables {
        rows.entry(table.name().to_owned()).or_default();
    }
    check_footer(&footer, &rows).map_err(|reason| lines.wrong(reason))?;
    if lines.next()?.is_some() {
        return Err(lines.wrong("nothing may follow the footer".to_owned()));
    }
    for table in tables.iter().filter(|table| counters::has_counter(table)) {
        let last = footer.counters.get(table.name()).copied().unwrap_or(0);
        counters::go_on_after(db, table, last)?;
    }
    Ok(Transferred { rows })
}

fn expect_empty(db: &mut Db, tables: &[Table]) -> Result<(), TransferError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Bool)]
        found: bool,
    }
    for table in tables {
        let query = format!("SELECT EXISTS (SELECT 1 FROM {}) AS found", table.name());
        let row: Found = on_engine!(db, conn => diesel::sql_query(query).get_result(conn))?;
        if row.found {
            return Err(TransferError::NotEmpty {
                table: table.name(),
            });
        }
    }
    Ok(())
}

fn check_migrations(header: &Header, sets: &[&Migrations], engine: Engine) -> Result<(), String> {
    let mut known = Vec::new();
    for set in sets {
        known.extend(set.versions(engine).map_err(|error| error.to_string())?);
    }
    let version = &header.unicom_version;
    if let Some(newer) = header.migrations.iter().find(|name| !known.contains(name)) {
        return Err(format!(
            "the export is of unicom {version}, whose tables are newer: it has migration `{newer}`, which this unicom does \
             not know; import it with that version"
        ));
    }
    match known.iter().find(|name| !header.migrations.contains(name)) {
        Some(older) => Err(format!(
            "the export is of unicom {version}, whose tables are older: it lacks migration `{older}`; import it with that \
             version, and then upgrade"
        )),
        None => Ok(()),
    }
}

fn check_footer(footer: &Footer, rows: &BTreeMap<String, u64>) -> Result<(), String> {
    if let Some(unknown) = footer.rows.keys().find(|name| !rows.contains_key(*name)) {
        return Err(format!("unknown table `{unknown}`"));
    }
    for (name, here) in rows {
        let expected = footer.rows.get(name).copied().unwrap_or(0);
        if expected != *here {
            return Err(format!(
                "there are {here} rows of `{name}` and not {expected}: lines are missing or duplicated"
            ));
        }
    }
    Ok(())
}

fn broken(error: &serde_json::Error) -> String {
    // serde_json appends a position such as "at line 1", which is relative to this line.
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    format!("not a line of an export: {said}")
}
