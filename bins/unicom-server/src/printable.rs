//! Escaping of text that is printed to a terminal: control characters, and characters that hide or
//! reorder text.

use unicom_core::text::is_invisible;

/// Returns the text with control and invisible characters escaped.
///
/// Text written by visitors must not act in a terminal, break a table or reorder the text around
/// it.
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        if acts_or_hides(c) {
            printable.extend(c.escape_default());
        } else {
            printable.push(c);
        }
    }
    printable
}

/// Returns the JSON with control and invisible characters escaped.
///
/// serde_json writes these characters unescaped from U+007F on. The meaning does not change,
/// because they occur in strings only. Characters below U+0020 are white space between values, and
/// stay.
pub(crate) fn printable_json(json: &str) -> String {
    let mut printable = String::with_capacity(json.len());
    for c in json.chars() {
        if c >= ' ' && acts_or_hides(c) {
            let mut buffer = [0; 2];
            let units = c.encode_utf16(&mut buffer);
            printable.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            printable.push(c);
        }
    }
    printable
}

/// Returns the text with each line escaped as in a table. The line breaks stay.
pub(crate) fn printable_lines(text: &str) -> String {
    text.split('\n')
        .map(printable)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Returns `true` if a terminal acts on the character or does not show it: C0 and C1 control
/// characters, direction marks, joiners and fillers.
fn acts_or_hides(c: char) -> bool {
    c.is_control() || is_invisible(c)
}
