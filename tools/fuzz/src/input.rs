//! Parses inputs and replaces names in braces.

use std::collections::BTreeMap;

/// Splits off the first line, without its line ending.
pub(crate) fn first_line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (
            data[..at].strip_suffix(b"\r").unwrap_or(&data[..at]),
            &data[at + 1..],
        ),
        None => (data, &[]),
    }
}

/// Splits off the first word.
pub(crate) fn first_word(text: &str) -> (&str, &str) {
    text.split_once(' ').unwrap_or((text, ""))
}

/// Returns the choice for which `is_named` is true, or else one that depends only on `named`.
pub(crate) fn choose<'a, T>(
    choices: &'a [T],
    named: &str,
    is_named: impl FnMut(&T) -> bool,
) -> &'a T {
    let at = choices.iter().position(is_named);
    &choices[at.unwrap_or_else(|| any(named) % choices.len())]
}

/// Returns a hash of `text` (FNV-1a).
fn any(text: &str) -> usize {
    text.bytes().fold(0x811c_9dc5_usize, |hash, byte| {
        (hash ^ usize::from(byte)).wrapping_mul(0x0100_0193) & 0xffff_ffff
    })
}

/// The names of the fixture's data: `{chat_id}` stands for the id of the user's chat.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names(BTreeMap<&'static str, String>);

impl Names {
    pub fn add(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.insert(name, value.into());
    }

    /// Replaces the names in `text` by their values. Unknown names stay.
    pub fn fill(&self, text: &str) -> String {
        if !text.contains('{') {
            return text.to_owned();
        }
        self.0.iter().fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    }

    /// Replaces the names in `data` if it is valid UTF-8.
    pub fn fill_bytes(&self, data: &[u8]) -> Vec<u8> {
        match std::str::from_utf8(data) {
            Ok(text) => self.fill(text).into_bytes(),
            Err(_) => data.to_vec(),
        }
    }
}
