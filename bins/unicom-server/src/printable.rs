//! Text that may be printed to a terminal: no control characters, nothing that hides or reorders.

use unicom_core::text::is_invisible;

/// Returns the text with escapes in the place of control and invisible characters: what visitors
/// write must not act in a terminal, tear a table, or turn what is written around it.
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

/// Returns JSON with escapes in the place of control and invisible characters, which serde_json writes
/// as they are from U+007F on. It means the same: such characters are in strings only. What is below is
/// the white space between values.
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

/// Returns the text with escapes as in a table, and with its lines as they are.
pub(crate) fn printable_lines(text: &str) -> String {
    text.split('\n')
        .map(printable)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Returns `true` for what a terminal acts on or does not show: C0 and C1 control characters, marks
/// of direction, joiners, fillers.
fn acts_or_hides(c: char) -> bool {
    c.is_control() || is_invisible(c)
}
