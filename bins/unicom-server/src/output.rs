//! The output of commands: tables for people, JSON for programs.

use std::fmt::Display;
use std::io::{ErrorKind, Write};

use serde::Serialize;
use serde_json::Value;

use crate::printable::{printable, printable_json, printable_lines};
use crate::{Failure, table};

/// The output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Text,
    Json,
}

impl Format {
    /// Prints a list as JSON, or as a table of these fields of the items, separated by spaces.
    pub fn list<T: Serialize>(self, items: &[T], fields: &str) -> Result<(), Failure> {
        if self == Self::Json {
            return json(items);
        }
        let columns: Vec<String> = fields.split(' ').map(table::heading).collect();
        let rows: Result<Vec<Vec<String>>, _> = items
            .iter()
            .map(|item| {
                let item = serde_json::to_value(item)?;
                Ok(fields.split(' ').map(|field| cell(&item[field])).collect())
            })
            .collect();
        let rows = rows.map_err(|error: serde_json::Error| Failure::failed(error))?;
        say_all(table::lines(&columns, rows, table::terminal_width()))
    }

    /// Prints a list as JSON, or as a table with the given columns and a row for each item.
    pub fn list_as<T: Serialize, const N: usize>(
        self,
        items: &[T],
        columns: [&str; N],
        row: impl Fn(&T) -> [String; N],
    ) -> Result<(), Failure> {
        if self == Self::Json {
            return json(items);
        }
        let rows = items.iter().map(|item| row(item).to_vec()).collect();
        say_all(table::lines(&columns, rows, table::terminal_width()))
    }

    /// Prints one item as JSON, or as one line per field.
    pub fn one<T: Serialize>(self, item: &T) -> Result<(), Failure> {
        if self == Self::Json {
            return json(item);
        }
        let value = serde_json::to_value(item).map_err(Failure::failed)?;
        for (name, value) in value.as_object().into_iter().flatten() {
            say(&format!("{name}: {}", printable(&cell(value))))?;
        }
        Ok(())
    }

    /// Prints the outcome of a command: `item` as JSON, or `sentence` as text.
    pub fn done<T: Serialize>(self, sentence: &str, item: &T) -> Result<(), Failure> {
        if self == Self::Json {
            return json(item);
        }
        say(&printable_lines(sentence))
    }
}

/// Returns the text of a value.
fn cell(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        value => value.to_string(),
    }
}

/// A writer of JSON documents that arrive in pieces. Escapes them as the `--json` output does.
pub(crate) struct JsonOutput<W: Write> {
    out: W,
    /// The first bytes of a character whose last bytes have not been written yet.
    begun: Vec<u8>,
}

impl<W: Write> JsonOutput<W> {
    pub fn new(out: W) -> Self {
        let begun = Vec::new();
        Self { out, begun }
    }
}

impl<W: Write> Write for JsonOutput<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.begun) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.begun.len(),
        };
        let begun = self.begun.split_off(whole);
        let text = String::from_utf8_lossy(&self.begun);
        self.out.write_all(printable_json(&text).as_bytes())?;
        self.begun = begun;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

fn json<T: Serialize + ?Sized>(item: &T) -> Result<(), Failure> {
    say(&printable_json(
        &serde_json::to_string(item).map_err(Failure::failed)?,
    ))
}

/// Prints lines to standard output.
pub(crate) fn say_all(lines: Vec<String>) -> Result<(), Failure> {
    lines.iter().try_for_each(|line| say(line))
}

/// Prints a line to standard output. Ignores a closed pipe (`| head`), so that the command still
/// finishes its work.
pub(crate) fn say(line: &str) -> Result<(), Failure> {
    match writeln!(std::io::stdout().lock(), "{line}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        printed => printed.map_err(|error| Failure::Failed(format!("cannot print: {error}"))),
    }
}

/// Prints a line to standard error. A line that cannot be printed, since nothing reads any more
/// (`2>&1 | head`), is dropped: the exit code still says how the command ended.
pub(crate) fn note(line: impl Display) {
    drop(writeln!(std::io::stderr().lock(), "{line}"));
}

/// Prints a question to standard error, without a line break.
pub(crate) fn ask(question: impl Display) {
    let mut stderr = std::io::stderr().lock();
    drop(write!(stderr, "{question} "));
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use std::io::Write;

    use super::{JsonOutput, printable, printable_json};

    #[test]
    fn control_and_invisible_characters_are_escaped() {
        let text =
            "a\u{1b}[2J\u{9b}2J\u{7f}\u{85}\u{202e}b\u{2066}c\u{200b}\u{3164}\u{e0041}\n\"\\ä👍";
        let acts =
            |c: char| c.is_control() || "\u{202e}\u{2066}\u{200b}\u{3164}\u{e0041}".contains(c);
        assert!(!printable(text).contains(acts), "{}", printable(text));
        let value = json!({ text: [text] });
        let printed = printable_json(&value.to_string());
        assert!(
            !printed.contains(acts) && printed.contains("ä👍"),
            "{printed}"
        );
        assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), value);
        for piece in 1..8 {
            let mut out = JsonOutput::new(Vec::new());
            for bytes in value.to_string().as_bytes().chunks(piece) {
                out.write_all(bytes).unwrap();
            }
            assert_eq!(String::from_utf8(out.out).unwrap(), printed);
        }
    }
}
