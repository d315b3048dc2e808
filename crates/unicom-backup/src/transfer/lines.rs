//! `Lines`: reads and counts the lines of an import.

use std::io::{BufRead, Read};

use super::TransferError;

/// Maximum length of a line in bytes. A row has some kilobytes; a longer line does not belong to an
/// export.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;

/// The lines of the input.
pub(super) struct Lines<'a> {
    input: &'a mut dyn BufRead,
    text: Vec<u8>,
    /// The number of the last line read, from 1.
    pub number: u64,
}

impl<'a> Lines<'a> {
    pub fn new(input: &'a mut dyn BufRead) -> Self {
        Self {
            input,
            text: Vec::new(),
            number: 0,
        }
    }

    /// Returns the next line without its line break, or `None` at the end of the input.
    pub fn next(&mut self) -> Result<Option<&str>, TransferError> {
        self.text.clear();
        let mut input = (&mut *self.input).take(LONGEST_LINE);
        let read = input
            .read_until(b'\n', &mut self.text)
            .map_err(TransferError::cannot_read)?;
        if read == 0 {
            return Ok(None);
        }
        self.number += 1;
        if self.text.pop_if(|last| *last == b'\n').is_none()
            && self.text.len() as u64 == LONGEST_LINE
        {
            return Err(self.wrong(format!("a line has more than {LONGEST_LINE} bytes")));
        }
        // Some tools put a byte order mark at the beginning of what they pass on.
        let text = match self.number {
            1 => self
                .text
                .strip_prefix(b"\xef\xbb\xbf")
                .unwrap_or(&self.text),
            _ => &self.text,
        };
        match std::str::from_utf8(text) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(TransferError::line(self.number, "not UTF-8")),
        }
    }

    /// Returns an error about the last line read.
    pub fn wrong(&self, reason: String) -> TransferError {
        TransferError::line(self.number, reason)
    }

    pub fn cut_short(&self) -> TransferError {
        self.wrong("the export ends here without a footer: it is truncated".to_owned())
    }
}
