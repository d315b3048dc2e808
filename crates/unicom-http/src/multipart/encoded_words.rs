//! Encoded words (RFC 2047), in which some libraries write file names.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::Encoding;

/// Decodes the encoded words in a text. Everything else is kept.
pub(super) fn decode(text: &str) -> String {
    let (mut decoded, mut rest) = (String::new(), text);
    while let Some(start) = rest.find("=?") {
        let Some((word, after)) = word(&rest[start..]) else {
            decoded.push_str(&rest[..start + 2]);
            rest = &rest[start + 2..];
            continue;
        };
        decoded.push_str(&rest[..start]);
        decoded.push_str(&word);
        // White space between two encoded words is not part of the text.
        let next = after.trim_start_matches([' ', '\t']);
        rest = if next.starts_with("=?") { next } else { after };
    }
    decoded.push_str(rest);
    decoded
}

/// Decodes the encoded word at the beginning of `text`. Returns it with what follows it.
fn word(text: &str) -> Option<(String, &str)> {
    let (charset, rest) = text.strip_prefix("=?")?.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (content, after) = rest.split_once("?=")?;
    // A charset may name its language (RFC 2231, 5).
    let charset = charset.split('*').next().unwrap_or_default();
    let charset = Encoding::for_label(charset.as_bytes())?;
    let bytes = match encoding {
        "B" | "b" => STANDARD.decode(content).ok()?,
        "Q" | "q" => quoted(content)?,
        _ => return None,
    };
    let (word, _, _) = charset.decode(&bytes);
    Some((word.into_owned(), after))
}

/// Decodes the encoding `Q`: `_` for a space, and `=` with two digits for any byte.
fn quoted(content: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut rest) = (Vec::new(), content.as_bytes());
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'=' => {
                let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                rest = &rest[2..];
            }
            b'_' => bytes.push(b' '),
            byte => bytes.push(*byte),
        }
    }
    Some(bytes)
}
