//! Parses headers from an input.

use actix_web::http::header::{HeaderName, HeaderValue};

use crate::input::{Names, first_line};

/// Returns the headers up to an empty line, and the rest of the data. Skips lines that are not
/// headers.
pub(crate) fn headers<'a>(
    mut data: &'a [u8],
    names: &Names,
) -> (Vec<(HeaderName, HeaderValue)>, &'a [u8]) {
    let mut headers = Vec::new();
    while !data.is_empty() {
        let (line, rest) = first_line(data);
        data = rest;
        if line.is_empty() {
            break;
        }
        headers.extend(header(line, names));
    }
    (headers, data)
}

fn header(line: &[u8], names: &Names) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = HeaderName::from_bytes(&line[..colon]).ok()?;
    let value = line[colon + 1..].trim_ascii();
    let value = match std::str::from_utf8(value) {
        Ok(text) => HeaderValue::from_str(&names.fill(text)).ok()?,
        Err(_) => HeaderValue::from_bytes(value).ok()?,
    };
    Some((name, value))
}
