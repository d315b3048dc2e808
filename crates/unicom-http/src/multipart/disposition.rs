//! [`Disposition`]: the names in the `Content-Disposition` of a part, as browsers and libraries
//! write them.

use encoding_rs::Encoding;
use percent_encoding::percent_decode_str;

use super::encoded_words;

/// The names of a part.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Disposition {
    /// The name of the field.
    pub name: String,
    /// The name of the file. `None` if it is no file, or if its name is empty.
    pub file_name: Option<String>,
}

impl Disposition {
    /// Parses the value of a header. Returns `None` if it is not well-formed `form-data` with a
    /// name.
    ///
    /// A file name is taken from `filename*` (RFC 5987), otherwise from `filename`, also with
    /// encoded words (RFC 2047). Bytes that are not UTF-8 are replaced.
    pub fn parse(header: &[u8]) -> Option<Self> {
        let value = String::from_utf8_lossy(header);
        let (kind, mut rest) = value.split_once(';')?;
        if !kind.trim().eq_ignore_ascii_case("form-data") {
            return None;
        }
        let (mut name, mut plain, mut extended) = (None, None, None);
        while let Some((parameter, value, after)) = next(rest) {
            rest = after;
            // A quote that is not closed.
            let value = value?;
            match parameter.to_ascii_lowercase().as_str() {
                "name" => name = name.or(Some(value)),
                "filename" => plain = plain.or(Some(value)),
                "filename*" => extended = extended.or_else(|| extended_value(&value)),
                _ => {}
            }
        }
        let file_name = extended.or_else(|| plain.map(|name| encoded_words::decode(&name)));
        Some(Self {
            name: name?,
            file_name: file_name.filter(|name| !name.is_empty()),
        })
    }
}

/// Returns the next parameter, its value unless a quote is not closed, and what follows it.
fn next(rest: &str) -> Option<(&str, Option<String>, &str)> {
    let rest = rest.trim_start_matches([';', ' ', '\t']);
    let (name, value) = rest.split_once('=')?;
    let value = value.trim_start();
    let Some(quoted) = value.strip_prefix('"') else {
        let (value, after) = value.split_once(';').unwrap_or((value, ""));
        return Some((name.trim(), Some(value.trim().to_owned()), after));
    };
    let (mut text, mut characters) = (String::new(), quoted.chars());
    loop {
        let Some(c) = characters.next() else {
            return Some((name.trim(), None, ""));
        };
        match c {
            '"' => break,
            // Any other backslash belongs to a path of Windows.
            '\\' if characters.as_str().starts_with(['"', '\\']) => {
                text.extend(characters.next());
            }
            c => text.push(c),
        }
    }
    let after = characters.as_str();
    let after = after.split_once(';').map_or("", |(_, after)| after);
    Some((name.trim(), Some(text), after))
}

/// Decodes a value such as `utf-8'en'na%C3%AFve.png` (RFC 5987).
fn extended_value(value: &str) -> Option<String> {
    let mut parts = value.splitn(3, '\'');
    let (charset, _, encoded) = (parts.next()?, parts.next()?, parts.next()?);
    let encoding = Encoding::for_label(charset.as_bytes())?;
    let bytes: Vec<u8> = percent_decode_str(encoded).collect();
    let (text, _, has_errors) = encoding.decode(&bytes);
    Some(text.into_owned()).filter(|text| !has_errors && !text.is_empty())
}
