//! How an input is divided, and what the names in braces stand for.

use std::collections::BTreeMap;

/// The first line, without its end, and the rest.
pub(crate) fn first_line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (
            data[..at].strip_suffix(b"\r").unwrap_or(&data[..at]),
            &data[at + 1..],
        ),
        None => (data, &[]),
    }
}

/// The same for texts.
pub(crate) fn first_word(text: &str) -> (&str, &str) {
    text.split_once(' ').unwrap_or((text, ""))
}

/// One of `choices`: the one of which `is_named` is true, else any, always the same one for the same `named`.
pub(crate) fn choose<'a, T>(
    choices: &'a [T],
    named: &str,
    is_named: impl FnMut(&T) -> bool,
) -> &'a T {
    let at = choices.iter().position(is_named);
    &choices[at.unwrap_or_else(|| any(named) % choices.len())]
}

/// A number that follows from `text` (FNV-1a).
fn any(text: &str) -> usize {
    text.bytes().fold(0x811c_9dc5_usize, |hash, byte| {
        (hash ^ usize::from(byte)).wrapping_mul(0x0100_0193) & 0xffff_ffff
    })
}

/// What the world's things are called: `{chat_id}` stands for the id of the user's chat.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names(BTreeMap<&'static str, String>);

impl Names {
    pub fn add(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.insert(name, value.into());
    }

    /// `text` with what its names stand for; unknown ones stay.
    pub fn fill(&self, text: &str) -> String {
        if !text.contains('{') {
            return text.to_owned();
        }
        self.0.iter().fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    }

    /// The same for what may be a text.
    pub fn fill_bytes(&self, data: &[u8]) -> Vec<u8> {
        match std::str::from_utf8(data) {
            Ok(text) => self.fill(text).into_bytes(),
            Err(_) => data.to_vec(),
        }
    }
}
