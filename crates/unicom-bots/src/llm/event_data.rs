//! [`EventData`]: reads Server-Sent Events (WHATWG HTML, 9.2), of which only the data is used.

/// Maximum length of an event in bytes. One with a piece of an answer has a few hundred.
const LONGEST: usize = 1 << 20;

/// An event is longer than [`LONGEST`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// Reads the data of events from pieces of bytes, wherever the pieces were cut.
#[derive(Default)]
pub(super) struct EventData {
    line: Vec<u8>,
    /// Whether the last byte was a carriage return, which a line feed may follow.
    is_after_return: bool,
    data: Option<Vec<u8>>,
}

impl EventData {
    /// Returns the data of the events that end in this piece.
    pub fn read(&mut self, piece: &[u8]) -> Result<Vec<Vec<u8>>, TooLong> {
        let mut events = Vec::new();
        for &byte in piece {
            match byte {
                b'\n' if std::mem::take(&mut self.is_after_return) => {}
                b'\n' | b'\r' => {
                    self.is_after_return = byte == b'\r';
                    events.extend(self.end_line());
                }
                _ => {
                    self.is_after_return = false;
                    let data = self.data.as_ref().map_or(0, Vec::len);
                    if self.line.len() + data >= LONGEST {
                        return Err(TooLong);
                    }
                    self.line.push(byte);
                }
            }
        }
        Ok(events)
    }

    /// Returns the data of an event that the end of the stream cuts off. Browsers drop it, but some
    /// servers forget the last line break.
    pub fn end(mut self) -> Option<Vec<u8>> {
        let ended = self.end_line();
        ended.or(self.data)
    }

    fn end_line(&mut self) -> Option<Vec<u8>> {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return self.data.take();
        }
        if let Some(value) = line.strip_prefix(b"data:") {
            let value = value.strip_prefix(b" ").unwrap_or(value);
            match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a stream in these pieces.
    fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
        let mut reader = EventData::default();
        let mut events: Vec<Vec<u8>> = Vec::new();
        for piece in pieces {
            events.extend(reader.read(piece).unwrap());
        }
        events.extend(reader.end());
        let events = events.into_iter();
        events
            .map(|data| String::from_utf8(data).unwrap())
            .collect()
    }

    #[test]
    fn events_are_the_same_wherever_they_are_cut() {
        let stream = ": comment\r\nevent: x\r\ndata: kůň 🐎\r\n\r\ndata:two\ndata:  lines\n\n\n\rid: 7\rdata: cr\r\rdata: [DONE]";
        let expected = ["kůň 🐎", "two\n lines", "cr", "[DONE]"];
        assert_eq!(read([stream.as_bytes()]), expected);
        assert_eq!(read(stream.as_bytes().chunks(1)), expected);
        for cut in 0..stream.len() {
            let (begin, end) = stream.as_bytes().split_at(cut);
            assert_eq!(read([begin, end]), expected, "{cut}");
        }
    }

    #[test]
    fn events_are_bounded() {
        let mut reader = EventData::default();
        reader.read(b"data: ").unwrap();
        let piece = [b'x'; 64 << 10];
        let read = (0..100).try_for_each(|_| reader.read(&piece).map(drop));
        assert_eq!(read, Err(TooLong));
        let mut reader = EventData::default();
        let line = [b"data: ", &piece[..], b"\n"].concat();
        let read = (0..100).try_for_each(|_| reader.read(&line).map(drop));
        assert_eq!(read, Err(TooLong));
    }
}
