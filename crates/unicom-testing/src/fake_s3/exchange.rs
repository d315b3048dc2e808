//! HTTP/1.1 requests and responses.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;

use super::message::{Request, response};
use super::objects::{State, lock};

/// Reads one request, answers it and closes the connection.
pub(super) fn answer(mut connection: TcpStream, state: &Mutex<State>) -> io::Result<()> {
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let header = |name: &str| {
        let mut pairs = head.lines().filter_map(|line| line.split_once(':'));
        pairs
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
    };
    let mut words = head.split(' ').map(str::to_owned);
    let method = words.next().unwrap_or_default();
    let target = words.next().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let length = header("content-length").and_then(|length| length.parse().ok());
    let needs_length = method == "PUT" || header("transfer-encoding").is_some();
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    let request = Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        range: header("range"),
        body,
    };
    let is_signed = header("authorization")
        .is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 Credential="));
    let response = {
        let mut state = lock(state);
        let response = if !is_signed {
            Some(response("403 Forbidden", ""))
        } else if needs_length && length.is_none() {
            Some(response("411 Length Required", ""))
        } else {
            state.handle(request)
        };
        state.heads.push(head);
        response.unwrap_or_else(|| self::response("400 Bad Request", ""))
    };
    let head = format!(
        "HTTP/1.1 {}\r\n{}Content-Length: {}\r\nConnection: close\r\n\r\n",
        response.status,
        response.headers,
        response.body.len()
    );
    connection.write_all(head.as_bytes())?;
    connection.write_all(&response.body)
}
