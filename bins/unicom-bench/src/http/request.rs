//! Requests as bytes, made before anything is measured.

use std::net::SocketAddr;

/// A request to read.
pub fn get(address: SocketAddr, path: &str) -> Vec<u8> {
    get_with(address, path, "")
}

/// A request to read with further headers, each with its line's end.
pub fn get_with(address: SocketAddr, path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n").into_bytes()
}

/// A request to write JSON with further headers, each with its line's end.
pub fn post_json(address: SocketAddr, path: &str, headers: &str, body: &str) -> Vec<u8> {
    post(address, path, headers, "application/json", body.as_bytes())
}

/// A request to write a body of any type.
pub fn post(address: SocketAddr, path: &str, headers: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\n{headers}\
         Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}
