//! How a server must answer what a client sends: an independent reading of the client's bytes by
//! RFC 6455 and `docs/API.md`.

use serde::de::IgnoredAny;
use serde_json::Value;

use super::server_frames::ServerFrames;

/// Maximum length of a message in bytes.
const LARGEST: usize = 64 << 10;

/// Maximum length of a frame's header in bytes.
const LONGEST_HEADER: usize = 14;

/// The number of messages that a client may send at once.
const BURST: f64 = 50.0;

/// How the connection must end, and what must have been answered until then.
#[derive(Debug, Default)]
pub(super) struct Expected {
    /// The close frame and its code. `None` if the client was gone before anything was wrong.
    closed: Option<Option<u16>>,
    pongs: Vec<Vec<u8>>,
    /// Commands that are certainly `ping`.
    pings: usize,
    /// Messages that are certainly not JSON.
    errors: usize,
    /// What the client's messages count, for the limit of their number.
    cost: f64,
}

impl Expected {
    /// Checks what the server has sent.
    ///
    /// # Panics
    ///
    /// Panics if it is not as it must be.
    pub fn must_be(&self, told: &ServerFrames) {
        if told.closed == Some(Some(4429)) {
            assert!(self.cost > BURST, "the client sent little: {self:?}");
            return;
        }
        assert_eq!(told.closed, self.closed, "{self:?}, and not {told:?}");
        assert_eq!(told.pongs, self.pongs);
        assert!(
            told.count("pong") >= self.pings,
            "{self:?}, and not {told:?}"
        );
        assert!(
            told.count("error") >= self.errors,
            "{self:?}, and not {told:?}"
        );
    }
}

/// A frame without its mask.
struct Frame {
    is_last: bool,
    opcode: u8,
    content: Vec<u8>,
}

/// What is at the beginning of some bytes.
enum Read<'a> {
    Frame(Frame, &'a [u8]),
    Wrong(u16),
    Incomplete,
}

/// Reads what a client sends.
pub(super) fn expected(mut bytes: &[u8]) -> Expected {
    let mut expected = Expected::default();
    let mut begun: Option<Vec<u8>> = None;
    loop {
        let frame = match read(bytes) {
            Read::Frame(frame, rest) => {
                bytes = rest;
                frame
            }
            Read::Wrong(code) => {
                expected.closed = Some(Some(code));
                return expected;
            }
            Read::Incomplete => return expected,
        };
        if let Err(closed) = expected.take(frame, &mut begun) {
            expected.closed = Some(closed);
            return expected;
        }
    }
}

fn read(bytes: &[u8]) -> Read<'_> {
    let [first, second, after @ ..] = bytes else {
        return Read::Incomplete;
    };
    let opcode = first & 0x0f;
    let is_last = first & 0x80 != 0;
    let has_reserved_bits = first & 0x70 != 0;
    let is_masked = second & 0x80 != 0;
    if has_reserved_bits || !is_masked || matches!(opcode, 3..=7 | 11..) {
        return Read::Wrong(1002);
    }
    let (length, after) = match second & 0x7f {
        126 => match after.split_first_chunk() {
            Some((length, after)) => (u64::from(u16::from_be_bytes(*length)), after),
            None => return Read::Incomplete,
        },
        127 => match after.split_first_chunk() {
            Some((length, after)) => (u64::from_be_bytes(*length), after),
            None => return Read::Incomplete,
        },
        length => (u64::from(length), after),
    };
    if length > i64::MAX as u64 {
        return Read::Wrong(1009);
    }
    let Some((mask, after)) = after.split_first_chunk::<4>() else {
        return Read::Incomplete;
    };
    let length = length as usize;
    let Some((content, rest)) = after.split_at_checked(length) else {
        // A longer frame is refused before it is whole.
        return if bytes.len() > LARGEST + LONGEST_HEADER {
            Read::Wrong(1009)
        } else {
            Read::Incomplete
        };
    };
    if length > LARGEST {
        return Read::Wrong(1009);
    }
    if opcode >= 8 && (length > 125 || !is_last) {
        return Read::Wrong(1002);
    }
    let content = content.iter().zip(mask.iter().cycle());
    let content = content.map(|(byte, mask)| byte ^ mask).collect();
    Read::Frame(
        Frame {
            is_last,
            opcode,
            content,
        },
        rest,
    )
}

impl Expected {
    /// Takes a frame. Returns the code of the close frame as an error if the connection ends.
    fn take(&mut self, frame: Frame, begun: &mut Option<Vec<u8>>) -> Result<(), Option<u16>> {
        let Frame {
            is_last,
            opcode,
            content,
        } = frame;
        self.cost += 1.0;
        match (opcode, is_last) {
            (8, _) => {
                return Err(
                    match content.first_chunk().map(|code| u16::from_be_bytes(*code)) {
                        None if content.is_empty() => None,
                        Some(code @ (1000..=1003 | 1007..=1014 | 3000..=4999))
                            if std::str::from_utf8(&content[2..]).is_ok() =>
                        {
                            Some(code)
                        }
                        _ => Some(1002),
                    },
                );
            }
            (9, _) => self.pongs.push(content),
            (10, _) => {}
            (0, is_last) => {
                let text = begun.as_mut().ok_or(Some(1002))?;
                text.extend(content);
                if text.len() > LARGEST {
                    return Err(Some(1009));
                }
                if is_last && let Some(text) = begun.take() {
                    self.message(&text)?;
                }
            }
            _ if begun.is_some() => return Err(Some(1002)),
            (1, true) => self.message(&content)?,
            (1, false) => *begun = Some(content),
            _ => return Err(Some(1003)),
        }
        Ok(())
    }

    fn message(&mut self, text: &[u8]) -> Result<(), Option<u16>> {
        let text = std::str::from_utf8(text).map_err(|_| Some(1007))?;
        if serde_json::from_str::<IgnoredAny>(text).is_err() {
            self.errors += 1;
        }
        let command: Value = serde_json::from_str(text).unwrap_or_default();
        if command == serde_json::json!({ "type": "ping" }) {
            self.pings += 1;
        }
        let chats = command["chats"].as_object();
        self.cost += chats.map_or(0, serde_json::Map::len) as f64 / 10.0;
        Ok(())
    }
}
