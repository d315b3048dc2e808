use std::io::{Read, Write};
use std::net::TcpStream;

use super::FakeS3;

/// Returns the response to a request with this first line, and these headers and body.
fn ask(server: &FakeS3, line: &str, rest: &str) -> String {
    let mut connection = TcpStream::connect(server.address).unwrap();
    let signed = "Authorization: AWS4-HMAC-SHA256 Credential=id";
    write!(connection, "{line} HTTP/1.1\r\n{signed}\r\n{rest}").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn upload_ids_are_unique() {
    let server = FakeS3::start();
    let begin = || {
        let answer = ask(&server, "POST /b/a?uploads", "\r\n");
        let (_, id) = answer.split_once("<UploadId>").unwrap();
        id.split('<').next().unwrap().to_owned()
    };
    let (first, second) = (begin(), begin());
    let aborted = ask(&server, &format!("DELETE /b/a?uploadId={first}"), "\r\n");
    assert!(aborted.starts_with("HTTP/1.1 204"), "{aborted}");
    assert!(![first, second].contains(&begin()));
    assert_eq!(server.unfinished_uploads(), 2);
}

#[test]
fn upload_without_a_length_is_rejected() {
    let server = FakeS3::start();
    for rest in ["\r\n", "Transfer-Encoding: chunked\r\n\r\n"] {
        let answer = ask(&server, "PUT /b/a", rest);
        assert!(answer.starts_with("HTTP/1.1 411"), "{answer}");
    }
    assert!(server.objects().is_empty());
    ask(&server, "PUT /b/a", "Content-Length: 2\r\n\r\nhi");
    assert_eq!(server.object("/b/a").unwrap(), b"hi");
}

#[test]
fn silent_connection_does_not_block_others() {
    let server = FakeS3::start();
    let _silent = TcpStream::connect(server.address).unwrap();
    let answer = ask(&server, "GET /b/a", "\r\n");
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
}
