//! The frames that the server sends.

use serde_json::Value;

/// The types of text frames that the server sends.
const TYPES: [&str; 9] = [
    "hello",
    "chat",
    "unread",
    "chat_gone",
    "changes",
    "reset",
    "typing",
    "pong",
    "error",
];

/// What the server has sent until it closed the connection.
#[derive(Debug, Default)]
pub(super) struct ServerFrames {
    pub texts: Vec<Value>,
    /// The content of each pong frame.
    pub pongs: Vec<Vec<u8>>,
    /// The code of the close frame, if there is one. The code is `None` if it is empty.
    pub closed: Option<Option<u16>>,
}

impl ServerFrames {
    /// Parses the bytes of the server.
    ///
    /// # Panics
    ///
    /// Panics if they are not whole and valid frames, of which only the last one closes the
    /// connection.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut told = Self::default();
        let mut rest = bytes;
        while let [first, second, after @ ..] = rest {
            assert!(told.closed.is_none(), "a frame after the last one");
            // Clients refuse masked frames.
            let (length, after) = match second {
                length @ ..126 => (usize::from(*length), after),
                126 => (
                    usize::from(u16::from_be_bytes([after[0], after[1]])),
                    &after[2..],
                ),
                _ => panic!("a frame of {second}"),
            };
            let (content, after) = after.split_at_checked(length).expect("a whole frame");
            rest = after;
            match first {
                0x81 => told.text(content),
                0x88 => {
                    let code = content.first_chunk().map(|code| u16::from_be_bytes(*code));
                    assert!(content.len() != 1 && content.len() <= 125);
                    let reason = content.get(2..).unwrap_or_default();
                    std::str::from_utf8(reason).expect("the reason is UTF-8");
                    told.closed = Some(code);
                }
                0x89 => assert!(length <= 125),
                0x8a => told.pongs.push(content.to_vec()),
                _ => panic!("a frame that begins with {first:#x}"),
            }
        }
        assert!(rest.is_empty(), "half a frame");
        assert_eq!(told.texts[0]["type"], "hello");
        told
    }

    fn text(&mut self, content: &[u8]) {
        let text: Value = serde_json::from_slice(content).expect("JSON");
        let kind = text["type"].as_str().unwrap_or_default();
        assert!(TYPES.contains(&kind), "{text}");
        if kind == "error" {
            let code = text["code"].as_str().unwrap_or_default();
            let is_known = |known: &&unicom_http::openapi::Kind| {
                known.code() == code && [400, 404].contains(&known.status().as_u16())
            };
            let known = unicom_http::openapi::Kind::ALL;
            assert!(known.iter().any(|kind| is_known(&kind)), "{text}");
            let sentence = text["error"].as_str().unwrap_or_default();
            assert!(!sentence.is_empty() && !sentence.contains(char::is_control));
        }
        self.texts.push(text);
    }

    /// Returns the number of text frames of this type.
    pub fn count(&self, kind: &str) -> usize {
        let frames = self.texts.iter();
        frames.filter(|frame| frame["type"] == kind).count()
    }
}
