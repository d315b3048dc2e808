//! [`OpenStreams`]: what is known in this process of the replies that bots are writing.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use unicom_db::StreamDelta;
use unicom_models::{ChatId, MessageId};

/// How long a stream is remembered of which nothing is heard. Its process tells every few seconds
/// that the text is stored.
const SILENT_FOR: Duration = Duration::from_secs(60);

/// The number of ended streams that are remembered, so that what comes late does not revive them.
const ENDED: usize = 256;

/// The part of a reply that a bot is writing which a reader does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamPart {
    /// The id of the stream.
    pub stream_id: MessageId,
    /// The length of the text before this part, in bytes. Not 0 only if the reader has that text.
    pub offset: usize,
    /// The text from there on.
    pub text: String,
    /// Whether the text is complete. Otherwise pieces were missed, and the stored text may be
    /// longer: [`Hub::learn_stream`](super::Hub::learn_stream) adds it.
    pub is_complete: bool,
}

/// A reply that a bot is writing.
#[derive(Debug)]
struct OpenStream {
    id: MessageId,
    /// The text from the beginning.
    text: String,
    /// What was written after pieces that were missed, and its position in bytes.
    after_gap: Option<(usize, String)>,
    received_at: Instant,
}

/// The replies that bots are writing, by chat.
#[derive(Debug, Default)]
pub(super) struct OpenStreams {
    by_chat: HashMap<ChatId, OpenStream>,
    ended: VecDeque<MessageId>,
}

impl OpenStreams {
    /// Applies a piece. Returns `true` if readers have something to read, here or in the database.
    pub fn apply(&mut self, delta: StreamDelta) -> bool {
        self.by_chat
            .retain(|_, stream| stream.received_at.elapsed() < SILENT_FOR);
        let StreamDelta {
            chat_id,
            stream_id,
            offset,
            text,
            is_stored,
        } = delta;
        if self.ended.contains(&stream_id) {
            return false;
        }
        let stream = self.by_chat.entry(chat_id);
        let stream = stream.or_insert_with(|| OpenStream::new(stream_id));
        if stream.id != stream_id {
            *stream = OpenStream::new(stream_id);
        }
        stream.received_at = Instant::now();
        let has_grown = stream.add(offset, &text);
        has_grown || (is_stored && stream.has_gap())
    }

    /// Adds the text so far of a stream, as it was stored.
    pub fn learn(&mut self, chat_id: &ChatId, stream_id: MessageId, text: &str) {
        // It may have ended since it was read.
        if self.ended.contains(&stream_id) {
            return;
        }
        let stream = self.by_chat.entry(chat_id.clone());
        let stream = stream.or_insert_with(|| OpenStream::new(stream_id));
        if stream.id == stream_id {
            stream.add(0, text);
        }
    }

    /// Forgets a stream that is not stored. It is known again when more of it is heard.
    pub fn forget(&mut self, chat_id: &ChatId, stream_id: MessageId) {
        let open = self.by_chat.get(chat_id);
        if open.is_some_and(|stream| stream.id == stream_id) {
            self.by_chat.remove(chat_id);
        }
    }

    /// Forgets a stream that has ended.
    pub fn end(&mut self, chat_id: &ChatId, stream_id: MessageId) {
        self.forget(chat_id, stream_id);
        self.ended.push_front(stream_id);
        self.ended.truncate(ENDED);
    }

    /// Returns the id of the stream of a chat that is known, and whether its text is complete.
    pub fn known(&self, chat_id: &ChatId) -> Option<(MessageId, bool)> {
        let stream = self.by_chat.get(chat_id)?;
        Some((stream.id, !stream.has_gap()))
    }

    /// Returns the part that a reader does not have who has this stream up to a position in bytes.
    /// Returns `None` if no stream of the chat is known.
    pub fn part(&self, chat_id: &ChatId, known: Option<(MessageId, usize)>) -> Option<StreamPart> {
        let stream = self.by_chat.get(chat_id)?;
        let offset = known
            .filter(|(id, _)| *id == stream.id)
            .map(|(_, position)| position)
            .filter(|position| stream.text.is_char_boundary(*position))
            .unwrap_or(0);
        Some(StreamPart {
            stream_id: stream.id,
            offset,
            text: stream.text[offset..].to_owned(),
            is_complete: !stream.has_gap(),
        })
    }
}

impl OpenStream {
    fn new(id: MessageId) -> Self {
        Self {
            id,
            text: String::new(),
            after_gap: None,
            received_at: Instant::now(),
        }
    }

    fn has_gap(&self) -> bool {
        self.after_gap.is_some()
    }

    /// Adds a text at a position. Returns `true` if the text from the beginning is longer then.
    fn add(&mut self, offset: usize, text: &str) -> bool {
        let before = self.text.len();
        append(&mut self.text, 0, offset, text);
        if self.text.len() < offset {
            let continues = match &mut self.after_gap {
                Some((start, after)) => append(after, *start, offset, text),
                None => false,
            };
            if !continues {
                // The first gap, or another one.
                self.after_gap = Some((offset, text.to_owned()));
            }
        }
        if let Some((start, after)) = &self.after_gap
            && *start <= self.text.len()
        {
            let (start, after) = (*start, after.clone());
            append(&mut self.text, 0, start, &after);
            self.after_gap = None;
        }
        self.text.len() > before
    }
}

/// Appends what is new of a text at `offset` to `known`, which begins at `start`. Returns `false`
/// if something is missing between the two.
fn append(known: &mut String, start: usize, offset: usize, text: &str) -> bool {
    let end = start + known.len();
    match end.checked_sub(offset) {
        Some(repeated) => {
            known.push_str(text.get(repeated..).unwrap_or_default());
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delta(stream_id: MessageId, offset: usize, text: &str, is_stored: bool) -> StreamDelta {
        StreamDelta {
            chat_id: "chat".into(),
            stream_id,
            offset,
            text: text.to_owned(),
            is_stored,
        }
    }

    /// Returns the text that a new reader is told, and whether it is complete.
    fn told(streams: &OpenStreams) -> (String, bool) {
        let part = streams.part(&"chat".into(), None).unwrap();
        (part.text, part.is_complete)
    }

    #[test]
    fn pieces_are_appended_and_repeated_ones_are_recognised() {
        let (mut streams, id) = (OpenStreams::default(), MessageId::new());
        assert!(streams.apply(delta(id, 0, "Žl", true)));
        assert!(streams.apply(delta(id, 3, "uť", false)));
        assert!(!streams.apply(delta(id, 3, "uť", false)));
        assert!(!streams.apply(delta(id, 6, "", true)));
        assert!(streams.apply(delta(id, 3, "uťou", false)));
        assert_eq!(told(&streams), ("Žluťou".to_owned(), true));
        let part = streams.part(&"chat".into(), Some((id, 6))).unwrap();
        assert_eq!((part.offset, part.text.as_str()), (6, "ou"));
        // Neither another stream nor a position within a character.
        for known in [(MessageId::new(), 6), (id, 1), (id, 99)] {
            assert_eq!(streams.part(&"chat".into(), Some(known)).unwrap().offset, 0);
        }
    }

    #[test]
    fn gap_is_closed_by_the_stored_text() {
        let (mut streams, id) = (OpenStreams::default(), MessageId::new());
        assert!(!streams.apply(delta(id, 4, "efg", false)));
        assert!(streams.apply(delta(id, 7, "", true)));
        assert!(!streams.apply(delta(id, 7, "hi", false)));
        assert_eq!(told(&streams), (String::new(), false));
        // The text was stored before the gap.
        streams.learn(&"chat".into(), id, "abc");
        assert_eq!(told(&streams), ("abc".to_owned(), false));
        streams.learn(&"chat".into(), id, "abcdefg");
        assert_eq!(told(&streams), ("abcdefghi".to_owned(), true));
    }

    #[test]
    fn second_gap_replaces_the_first() {
        let (mut streams, id) = (OpenStreams::default(), MessageId::new());
        streams.apply(delta(id, 0, "ab", true));
        streams.apply(delta(id, 4, "ef", false));
        streams.apply(delta(id, 8, "ij", false));
        streams.learn(&"chat".into(), id, "abcdefg");
        assert_eq!(told(&streams), ("abcdefg".to_owned(), false));
        streams.learn(&"chat".into(), id, "abcdefghi");
        assert_eq!(told(&streams), ("abcdefghij".to_owned(), true));
    }

    #[test]
    fn next_stream_replaces_the_last() {
        let (mut streams, first, second) =
            (OpenStreams::default(), MessageId::new(), MessageId::new());
        streams.apply(delta(first, 0, "first", true));
        assert!(streams.apply(delta(second, 0, "second", true)));
        streams.end(&"chat".into(), first);
        streams.learn(&"chat".into(), first, "first and more");
        assert_eq!(told(&streams), ("second".to_owned(), true));
        streams.end(&"chat".into(), second);
        // What comes late.
        assert!(!streams.apply(delta(second, 0, "second", true)));
        streams.learn(&"chat".into(), second, "second");
        assert_eq!(streams.part(&"chat".into(), None), None);
    }
}
