//! The bytes that a client sends, built from lines of text.

use crate::input::{Names, choose, first_line};

/// What a client sends.
#[derive(Debug, Default)]
pub(super) struct ClientFrames {
    /// The bytes on the connection.
    pub bytes: Vec<u8>,
    /// What the client said, without masks and headers.
    pub plain: Vec<u8>,
}

/// What a line becomes.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// A frame with this first byte: the last fragment of its message if the highest bit is set.
    Frame(u8),
    /// The bytes as they are, with escapes of hexadecimal digits.
    Raw,
    /// A frame of which only half is sent.
    Half,
    /// The mask of the frames that follow, in hexadecimal digits.
    Mask,
}

const KINDS: [(&str, Kind); 12] = [
    ("text", Kind::Frame(0x81)),
    ("begin", Kind::Frame(0x01)),
    ("more", Kind::Frame(0x00)),
    ("last", Kind::Frame(0x80)),
    ("binary", Kind::Frame(0x82)),
    ("close", Kind::Frame(0x88)),
    ("ping", Kind::Frame(0x89)),
    ("pong", Kind::Frame(0x8a)),
    ("part_of_ping", Kind::Frame(0x09)),
    ("raw", Kind::Raw),
    ("half", Kind::Half),
    ("mask", Kind::Mask),
];

/// Parses each line as a kind of frame and its content: `text {"type": "ping"}`. Names in braces
/// stand for the fixture's data, and `\x0a` for a byte.
pub(super) fn client_frames(mut lines: &[u8], names: &Names) -> ClientFrames {
    let mut frames = ClientFrames::default();
    let mut mask = [0x37, 0xfa, 0x21, 0x3d];
    while !lines.is_empty() {
        let (line, rest) = first_line(lines);
        lines = rest;
        let at = line.iter().position(|byte| *byte == b' ');
        let (kind, content) = line.split_at(at.unwrap_or(line.len()));
        let content = content.get(1..).unwrap_or_default();
        let kind = String::from_utf8_lossy(kind);
        let (_, kind) = choose(&KINDS, &kind, |(name, _)| *name == kind);
        let content = unescaped(&names.fill_bytes(content));
        frames.plain.extend_from_slice(&content);
        frames.plain.push(b'\n');
        match kind {
            Kind::Frame(first) => frames.bytes.extend(frame(*first, mask, &content)),
            Kind::Raw => frames.bytes.extend(content),
            Kind::Half => {
                let whole = frame(0x81, mask, &content);
                frames.bytes.extend(&whole[..whole.len() / 2]);
            }
            Kind::Mask => {
                for (place, byte) in mask.iter_mut().zip(&content) {
                    *place = *byte;
                }
            }
        }
    }
    frames
}

/// Returns a masked frame (RFC 6455, 5.2).
fn frame(first: u8, mask: [u8; 4], content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match content.len() {
        length @ ..126 => bytes.push(0x80 | length as u8),
        length if length <= usize::from(u16::MAX) => {
            bytes.push(0x80 | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        length => {
            bytes.push(0x80 | 127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend(mask);
    let masked = content.iter().zip(mask.iter().cycle());
    bytes.extend(masked.map(|(byte, mask)| byte ^ mask));
    bytes
}

/// Replaces `\x0a` by the byte.
fn unescaped(content: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = content;
    while let [first, after @ ..] = rest {
        let digits = after.strip_prefix(b"x").and_then(|after| after.get(..2));
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if *first == b'\\' => {
                bytes.push(byte);
                rest = &after[3..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    bytes
}
