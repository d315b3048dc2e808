//! The layout of tables: columns that are aligned, and that fit the terminal.

use console::{Alignment, Term, measure_text_width, pad_str, truncate_str};

use crate::printable::printable;

/// What is between two columns.
const GAP: &str = "  ";

/// Returns the heading of the column with this field: `LAST USED` for `last_used_at`.
pub(crate) fn heading(field: &str) -> String {
    let name = field.trim_start_matches("is_");
    let name = name.trim_end_matches("_at").trim_end_matches("_id");
    name.replace('_', " ").to_uppercase()
}

/// Returns the width of the terminal that standard output is. Returns `None` for a pipe or a file.
pub(crate) fn terminal_width() -> Option<usize> {
    let (_, columns) = Term::stdout().size_checked()?;
    Some(columns.into())
}

/// Returns the lines of a table. Each row has a cell for each column. Cells are cut if rows are
/// wider than `room`.
pub(crate) fn lines<T: AsRef<str>>(
    columns: &[T],
    mut rows: Vec<Vec<String>>,
    room: Option<usize>,
) -> Vec<String> {
    for cell in rows.iter_mut().flatten() {
        *cell = printable(cell);
    }
    let head: Vec<String> = columns
        .iter()
        .map(|name| name.as_ref().to_owned())
        .collect();
    // The id, which other commands take, is never cut.
    let key = head.iter().position(|name| name == "ID").unwrap_or(0);
    rows.insert(0, head);
    let width = |i: usize| rows.iter().map(|row| measure_text_width(&row[i])).max();
    let widths = (0..columns.len()).map(|i| width(i).unwrap_or(0));
    let widths = fit(widths.collect(), key, room.unwrap_or(usize::MAX));
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| {
            let cut = truncate_str(cell, width, "…");
            pad_str(&cut, width, Alignment::Left, None).into_owned()
        });
        let line = cells.collect::<Vec<_>>().join(GAP);
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// Makes the widest columns narrower, except the column `key`, until a row fits the room.
fn fit(mut widths: Vec<usize>, key: usize, room: usize) -> Vec<usize> {
    let gaps = GAP.len() * widths.len().saturating_sub(1);
    let mut over = (widths.iter().sum::<usize>() + gaps).saturating_sub(room);
    while over > 0 {
        let others = widths.iter_mut().enumerate().filter(|(i, _)| *i != key);
        match others.map(|(_, width)| width).max() {
            Some(widest) if *widest > 1 => *widest -= 1,
            _ => break,
        }
        over -= 1;
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::{fit, heading, lines};

    #[test]
    fn columns_shrink_until_a_row_fits() {
        assert_eq!(fit(vec![4, 8, 60], 0, 76), [4, 8, 60]);
        assert_eq!(fit(vec![4, 8, 60], 0, 40), [4, 8, 24]);
        assert_eq!(fit(vec![36, 30, 20], 0, 60), [36, 10, 10]);
        assert_eq!(fit(vec![36, 30, 20], 1, 60), [13, 30, 13]);
        assert_eq!(fit(vec![36, 9], 0, 20), [36, 1]);
        assert_eq!(fit(vec![36], 0, 20), [36]);
    }

    #[test]
    fn wide_characters_are_cut_and_aligned() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = vec![
            row(["1", "客服频道", "-"]),
            row(["2", "👍👍", "-"]),
            row(["3", "abc", "-"]),
        ];
        let columns = ["ID", "NAME", "ERROR"];
        assert_eq!(
            lines(&columns, rows.clone(), None),
            [
                "ID  NAME      ERROR",
                "1   客服频道  -",
                "2   👍👍      -",
                "3   abc       -"
            ]
        );
        assert_eq!(
            lines(&columns, rows, Some(16)),
            [
                "ID  NAME   ERROR",
                "1   客服…  -",
                "2   👍👍   -",
                "3   abc    -"
            ]
        );
    }

    #[test]
    fn headings_are_words() {
        let fields = ["id", "is_staff", "channel_id", "last_used_at", "platform"];
        let headings = ["ID", "STAFF", "CHANNEL", "LAST USED", "PLATFORM"];
        assert_eq!(fields.map(heading), headings);
    }
}
