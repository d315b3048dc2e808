//! [`ToldStream`]: how much a client has of a reply that a bot is writing.
//!
//! Clients count UTF-16 code units, like the strings of JavaScript, and the server bytes.

use unicom_core::live::StreamPart;
use unicom_models::{ChatId, MessageId};

use super::frame::{Frame, StreamState};

/// How much a client has of a reply that a bot is writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ToldStream {
    pub id: MessageId,
    /// The length of the text that the client has, in bytes.
    position: usize,
    /// This length in UTF-16 code units.
    offset: usize,
}

impl ToldStream {
    /// Returns how much a client has been told that has this many UTF-16 code units of the text. A
    /// client that cannot have them has nothing.
    pub fn of_client(id: MessageId, text: &str, offset: usize) -> Self {
        let (mut position, mut units) = (0, 0);
        for character in text.chars() {
            if units >= offset {
                break;
            }
            position += character.len_utf8();
            units += character.len_utf16();
        }
        // Beyond the end, or within a character.
        if units != offset {
            (position, units) = (0, 0);
        }
        Self {
            id,
            position,
            offset: units,
        }
    }

    /// Returns the id of the stream and the length of the text that the client has, in bytes.
    pub fn known(self) -> (MessageId, usize) {
        (self.id, self.position)
    }

    /// Returns the offset of a part in UTF-16 code units, and how much a client has been told that
    /// is told the part. `last` is what it has been told before.
    pub fn after(last: Option<Self>, part: &StreamPart) -> (usize, Self) {
        let last = last.filter(|last| last.known() == (part.stream_id, part.offset));
        let offset = last.map_or(0, |last| last.offset);
        let told = Self {
            id: part.stream_id,
            position: part.offset + part.text.len(),
            offset: offset + part.text.encode_utf16().count(),
        };
        (offset, told)
    }

    /// Returns the frame that tells the client how the reply has ended.
    pub fn end(self, chat_id: &ChatId, state: StreamState) -> Frame<'_> {
        Frame::Stream {
            chat_id,
            stream_id: self.id,
            offset: self.offset,
            text: String::new(),
            state,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_utf16_code_units() {
        let id = MessageId::new();
        let part = |offset, text: &str| StreamPart {
            stream_id: id,
            offset,
            text: text.to_owned(),
            is_complete: true,
        };
        let (offset, told) = ToldStream::after(None, &part(0, "kůň 🐎"));
        assert_eq!((offset, told.known(), told.offset), (0, (id, 10), 6));
        let (offset, told) = ToldStream::after(Some(told), &part(10, "!"));
        assert_eq!((offset, told.known(), told.offset), (6, (id, 11), 7));
        assert_eq!(ToldStream::of_client(id, "kůň 🐎!", 7), told);
        assert_eq!(ToldStream::of_client(id, "kůň 🐎!", 2).known(), (id, 3));
        for offset in [0, 5, 8, usize::MAX] {
            assert_eq!(
                ToldStream::of_client(id, "kůň 🐎!", offset).known(),
                (id, 0)
            );
        }
    }
}
