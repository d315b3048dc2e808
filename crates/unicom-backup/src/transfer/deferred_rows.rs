//! Rows that refer to later rows of the same table: they are stored after those.

use std::collections::{BTreeMap, HashSet};

use unicom_db::tables::Table;
use unicom_models::Id;

use super::value::Value;

/// A row of an export, and the number of its line.
#[derive(Debug)]
pub(super) struct NumberedRow {
    pub line: u64,
    pub row: Vec<Value>,
}

/// Rows that wait for the rows they refer to.
///
/// Ids are generated in chronological order, and a row nearly always refers to an older one, so few
/// rows wait.
#[derive(Debug, Default)]
pub(super) struct DeferredRows(BTreeMap<Id, NumberedRow>);

impl DeferredRows {
    /// Keeps the row and returns `None` if it refers to a row that is not stored yet. Otherwise
    /// returns the row.
    ///
    /// All such references are found if the rows of a table are sorted by key. If they are not, the
    /// engine refuses the reference.
    pub fn keep_or_pass(&mut self, table: &Table, numbered: NumberedRow) -> Option<NumberedRow> {
        let key = key(table, &numbered.row);
        let (Some(key), false) = (key, table.inner_references().is_empty()) else {
            return Some(numbered);
        };
        let waits = references(table, &numbered.row)
            .any(|other| other > key || self.0.contains_key(&other));
        if waits && !self.0.contains_key(&key) {
            self.0.insert(key, numbered);
            return None;
        }
        Some(numbered)
    }

    /// Returns the waiting rows, each after the rows it refers to. If a row refers to itself
    /// through other rows, returns its line as an error.
    pub fn into_order(mut self, table: &Table) -> Result<Vec<NumberedRow>, u64> {
        let mut order = Vec::new();
        let mut open = HashSet::new();
        while let Some(first) = self.0.keys().next().copied() {
            // Follow the references from row to row until one refers to no waiting row.
            let mut path = vec![first];
            while let Some(id) = path.last().copied() {
                let Some(numbered) = self.0.get(&id) else {
                    path.pop();
                    continue;
                };
                let waits_for = references(table, &numbered.row)
                    .find(|other| *other != id && self.0.contains_key(other));
                match waits_for {
                    Some(other) if open.contains(&other) => return Err(numbered.line),
                    Some(other) => {
                        open.insert(id);
                        path.push(other);
                    }
                    None => order.extend(self.0.remove(&id)),
                }
            }
        }
        Ok(order)
    }
}

fn key(table: &Table, row: &[Value]) -> Option<Id> {
    let [key] = *table.key() else { return None };
    id_in(table, key, row)
}

fn references<'a>(table: &'a Table, row: &'a [Value]) -> impl Iterator<Item = Id> + 'a {
    table
        .inner_references()
        .iter()
        .filter_map(|column| id_in(table, column, row))
}

fn id_in(table: &Table, column: &str, row: &[Value]) -> Option<Id> {
    let position = table
        .columns()
        .iter()
        .position(|known| known.name == column)?;
    match row.get(position) {
        Some(Value::Uuid(id)) => *id,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use unicom_models::schema::unicom_request_categories;

    use super::*;

    fn table() -> Table {
        Table::new(
            "unicom_request_categories",
            unicom_request_categories::table,
        )
        .with_inner_references(&["parent_id"])
    }

    fn id(number: u8) -> Id {
        format!("00000000-0000-0000-0000-0000000000{number:02}")
            .parse()
            .unwrap()
    }

    /// Passes rows of `(id, parent)` to [`DeferredRows`]. Returns the lines of the rows that were
    /// not deferred, and those of the deferred rows in the order in which they are stored.
    fn order(rows: &[(u8, Option<u8>)]) -> (Vec<u64>, Result<Vec<u64>, u64>) {
        let (table, mut waiting) = (table(), DeferredRows::default());
        let mut passed = Vec::new();
        for (own, parent) in rows {
            let row = vec![Value::Uuid(Some(id(*own))), Value::Uuid(parent.map(id))];
            let numbered = NumberedRow {
                line: (*own).into(),
                row,
            };
            passed.extend(waiting.keep_or_pass(&table, numbered));
        }
        let lines = |rows: Vec<NumberedRow>| rows.into_iter().map(|row| row.line).collect();
        (lines(passed), waiting.into_order(&table).map(lines))
    }

    #[test]
    fn backward_and_self_references_pass() {
        let rows = [(1, None), (2, Some(1)), (3, Some(3))];
        assert_eq!(order(&rows), (vec![1, 2, 3], Ok(vec![])));
    }

    #[test]
    fn forward_references_are_deferred_with_their_dependents() {
        // 2 waits for 5, which waits for 6; 3 waits because 2 does.
        let rows = [
            (1, None),
            (2, Some(5)),
            (3, Some(2)),
            (5, Some(6)),
            (6, None),
            (7, Some(3)),
        ];
        assert_eq!(order(&rows), (vec![1, 6], Ok(vec![5, 2, 3, 7])));
    }

    #[test]
    fn cycle_is_detected() {
        let (passed, found) = order(&[(1, None), (2, Some(3)), (3, Some(2))]);
        assert_eq!(passed, [1]);
        assert!(matches!(found, Err(2 | 3)), "{found:?}");
    }
}
