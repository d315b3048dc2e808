//! What commands print: columns for people, JSON for programs.

use std::io::{ErrorKind, Write};

use serde::Serialize;

use crate::Failure;

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Text,
    Json,
}

impl Format {
    /// Prints a list: JSON as it is, or a table with these columns.
    pub fn list<T: Serialize, const N: usize>(
        self,
        items: &[T],
        columns: [&str; N],
        row: impl Fn(&T) -> [String; N],
    ) -> Result<(), Failure> {
        if self == Self::Json {
            return json(items);
        }
        let rows: Vec<[String; N]> = items
            .iter()
            .map(|item| row(item).map(|cell| printable(&cell)))
            .collect();
        let widths: [usize; N] = std::array::from_fn(|i| {
            rows.iter()
                .map(|row| row[i].chars().count())
                .chain([columns[i].len()])
                .max()
                .unwrap_or(0)
        });
        let line = |cells: [&str; N]| -> Result<(), Failure> {
            let cells = cells
                .iter()
                .zip(widths)
                .map(|(cell, width)| format!("{cell:width$}"));
            say(cells.collect::<Vec<_>>().join("  ").trim_end())
        };
        line(columns)?;
        for row in &rows {
            line(std::array::from_fn(|i| row[i].as_str()))?;
        }
        Ok(())
    }

    /// Prints one thing: JSON as it is, or its fields on a line each.
    pub fn one<T: Serialize>(self, item: &T) -> Result<(), Failure> {
        if self == Self::Json {
            return json(item);
        }
        let value = serde_json::to_value(item).map_err(Failure::failed)?;
        for (name, value) in value.as_object().into_iter().flatten() {
            match value {
                serde_json::Value::String(text) => say(&format!("{name}: {}", printable(text)))?,
                serde_json::Value::Null => say(&format!("{name}: -"))?,
                value => say(&format!("{name}: {}", printable(&value.to_string())))?,
            }
        }
        Ok(())
    }

    /// Prints that something was done, about `item`.
    pub fn done<T: Serialize>(self, sentence: &str, item: &T) -> Result<(), Failure> {
        if self == Self::Json {
            return json(item);
        }
        say(sentence)
    }
}

/// The text without control characters: what visitors write must not act in a terminal, nor tear a table.
pub(crate) fn printable(text: &str) -> String {
    let escaped = |c: char| {
        if c.is_control() {
            c.escape_default().to_string()
        } else {
            c.to_string()
        }
    };
    text.chars().map(escaped).collect()
}

fn json<T: Serialize + ?Sized>(item: &T) -> Result<(), Failure> {
    say(&serde_json::to_string(item).map_err(Failure::failed)?)
}

/// Prints a line. A reader who has gone (`| head`) has read enough: what was to be done is done all the same.
pub(crate) fn say(line: &str) -> Result<(), Failure> {
    match writeln!(std::io::stdout().lock(), "{line}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        printed => printed.map_err(|error| Failure::Failed(format!("cannot print: {error}"))),
    }
}
