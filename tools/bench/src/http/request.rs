//! Requests as bytes, built before the measurement begins.

use std::net::SocketAddr;

/// Builds a GET request.
pub fn get(address: SocketAddr, path: &str) -> Vec<u8> {
    get_with(address, path, "")
}

/// Builds a GET request with additional headers. Each header ends with CRLF.
pub fn get_with(address: SocketAddr, path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n").into_bytes()
}

/// Builds a POST request with a JSON body and additional headers. Each header ends with CRLF.
pub fn post_json(address: SocketAddr, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\n{headers}\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
