//! Log lines for people: `[time LEVEL target] message name=value …`.

use std::fmt::{self, Write as _};
use std::io::{self, Write as _};

use env_logger::fmt::Formatter;
use log::Record;
use log::kv::{Error, Key, Value, VisitSource};
use unicom_models::UtcTime;

use super::line;

/// Writes a record as a line.
pub(super) fn write(buffer: &mut Formatter, record: &Record<'_>) -> io::Result<()> {
    let (level, time) = (record.level(), UtcTime::now());
    let style = buffer.default_level_style(level);
    write!(buffer, "[{time} {style}{level:<5}{style:#} ")?;
    buffer.write_all(line(record)?.as_bytes())?;
    line::end(buffer)
}

/// Returns the part of a line after the level.
pub(super) fn line(record: &Record<'_>) -> io::Result<String> {
    let mut line = String::with_capacity(160);
    let _ = write!(Plain(&mut line), "{}] {}", record.target(), record.args());
    let mut pairs = Pairs(&mut line);
    record
        .key_values()
        .visit(&mut pairs)
        .map_err(io::Error::other)?;
    if let Some(id) = line::request_id(record) {
        pairs.write(line::REQUEST_ID, &id);
    }
    Ok(line)
}

/// Writes names and values after the message.
struct Pairs<'a>(&'a mut String);

impl Pairs<'_> {
    fn write(&mut self, name: &str, value: &str) {
        let is_word = |text: &str| {
            !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "\"=".contains(c))
        };
        let line = &mut *self.0;
        line.push(' ');
        let _ = write!(Plain(line), "{name}=");
        if is_word(value) {
            let _ = Plain(line).write_str(value);
        } else {
            let value = value.replace('\\', r"\\").replace('"', "\\\"");
            line.push('"');
            let _ = Plain(line).write_str(&value);
            line.push('"');
        }
    }
}

impl<'kvs> VisitSource<'kvs> for Pairs<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        match value.to_borrowed_str() {
            Some(text) => self.write(key.as_str(), text),
            None => self.write(key.as_str(), &value.to_string()),
        }
        Ok(())
    }
}

/// Writes text and escapes every character that could end a line, move a terminal's cursor, or
/// reorder the text around it.
struct Plain<'a>(&'a mut String);

impl fmt::Write for Plain<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(is_harmful) {
            let (plain, from) = rest.split_at(at);
            self.0.push_str(plain);
            let mut characters = from.chars();
            if let Some(harmful) = characters.next() {
                self.0.extend(harmful.escape_default());
            }
            rest = characters.as_str();
        }
        self.0.push_str(rest);
        Ok(())
    }
}

/// Returns `true` if the character is a control character, a line or paragraph separator, or a
/// direction mark (Unicode UAX #9).
fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{061c}'
        )
        || ('\u{202a}'..='\u{202e}').contains(&character)
        || ('\u{2066}'..='\u{2069}').contains(&character)
}
