//! `RawConnection`: a connection on which a test writes bytes that no well-behaved client would
//! send.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use crate::app::{PATIENCE, TestApp};
use crate::client::Client;

/// A connection to the server.
pub struct RawConnection(TcpStream);

/// A response.
#[derive(Debug)]
pub struct RawAnswer {
    pub status: u16,
    /// The lines of the head, in lower case.
    head: String,
    body: String,
}

impl RawConnection {
    pub fn to(app: &TestApp) -> Self {
        Self::to_address(app.base().trim_start_matches("http://"))
    }

    pub fn to_address(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(stream)
    }

    /// Writes bytes. Returns `false` if the server has closed the connection.
    pub fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).is_ok()
    }

    /// Returns a handle to the connection, for a thread that writes while another one reads.
    pub fn writer(&self) -> TcpStream {
        self.0.try_clone().unwrap()
    }

    /// Writes the head of a request, with a client's cookies and CSRF token, including the empty
    /// line.
    pub fn write_head(&mut self, line: &str, client: &Client, headers: &str) {
        self.write_request(line, client, headers, "");
    }

    /// Writes a request with a body, with a client's cookies and CSRF token.
    pub fn write_request(&mut self, line: &str, client: &Client, headers: &str, body: &str) {
        let cookies: Vec<String> = ["csrftoken", "sessionid", "visitor"]
            .iter()
            .filter_map(|name| Some(format!("{name}={}", client.cookie(name)?)))
            .collect();
        let head = format!(
            "{line} HTTP/1.1\r\nhost: localhost\r\ncookie: {}\r\nx-csrftoken: {}\r\n{headers}\r\n{body}",
            cookies.join("; "),
            client.cookie("csrftoken").unwrap_or_default()
        );
        assert!(self.write(head), "the server has closed the connection");
    }

    pub fn get(&mut self, path: &str) -> RawAnswer {
        let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        assert!(self.write(head), "the server has closed the connection");
        self.answer()
    }

    /// Reads the next response.
    #[track_caller]
    pub fn answer(&mut self) -> RawAnswer {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            let read = self.0.read(&mut byte).unwrap();
            assert_eq!(read, 1, "closed after {:?}", String::from_utf8_lossy(&head));
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let mut answer = RawAnswer {
            status: head[9..12].parse().unwrap(),
            head,
            body: String::new(),
        };
        let length = answer
            .header("content-length")
            .unwrap_or("0")
            .parse()
            .unwrap();
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        answer.body = String::from_utf8(body).unwrap();
        answer
    }

    /// Reads the status of the next response, which has no body whatever its length says: the
    /// response to a HEAD request.
    #[track_caller]
    pub fn status(&mut self) -> u16 {
        let mut line = [0; 12];
        self.0.read_exact(&mut line).unwrap();
        std::str::from_utf8(&line[9..]).unwrap().parse().unwrap()
    }

    /// Returns `true` if something has arrived. Does not wait.
    pub fn has_answer(&self) -> bool {
        self.0.set_nonblocking(true).unwrap();
        let peeked = self.0.peek(&mut [0]);
        self.0.set_nonblocking(false).unwrap();
        matches!(peeked, Ok(1))
    }

    /// Returns the timer of the server's end of this connection, `00` if none is active. Returns
    /// `None` if the server no longer has the connection.
    #[cfg(target_os = "linux")]
    pub fn timer_of_server(&self) -> Option<String> {
        let port = |address: std::io::Result<std::net::SocketAddr>| {
            format!(":{:04X}", address.unwrap().port())
        };
        let (client, server) = (port(self.0.local_addr()), port(self.0.peer_addr()));
        let connections = std::fs::read_to_string("/proc/net/tcp").unwrap();
        connections.lines().find_map(|line| {
            // Number, both addresses, state, queues, timer.
            let fields: Vec<&str> = line.split_whitespace().collect();
            let is_this = fields[1].ends_with(&server) && fields[2].ends_with(&client);
            is_this.then(|| fields[5][..2].to_owned())
        })
    }

    /// Waits until the server closes the connection. No further response may arrive.
    #[track_caller]
    pub fn is_closed(&mut self) {
        let mut rest = Vec::new();
        // A reset also closes the connection. A timeout does not.
        if let Err(error) = self.0.read_to_end(&mut rest) {
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}");
        }
        assert_eq!(String::from_utf8_lossy(&rest), "");
    }
}

impl RawAnswer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines();
        let mut values = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        values.next()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// Fails unless the response is a failure with this status and code.
    #[track_caller]
    pub fn is(&self, status: u16, code: &str) -> &Self {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.json()["code"], code, "{self:?}");
        assert_eq!(self.json()["success"], false, "{self:?}");
        self
    }

    /// Fails unless the response is a failure of the HTTP layer with this status, which has no
    /// body.
    #[track_caller]
    pub fn is_bare(&self, status: u16) {
        assert_eq!((self.status, &*self.body), (status, ""), "{self:?}");
    }
}
