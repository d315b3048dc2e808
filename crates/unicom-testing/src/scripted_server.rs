//! An HTTP server that answers each connection as scripted, and records the requests.
//!
//! ```
//! use unicom_testing::scripted_server::{Server, say};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let server = Server::new(say(200, "Hello!")).await;
//! // … a client calls `server.url("/greeting")`.
//! assert!(server.requests().is_empty());
//! # })
//! ```

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How a server answers a connection after it has read the request.
#[derive(Debug, Clone)]
pub enum Play {
    /// Writes these bytes and closes the connection.
    Say(Vec<u8>),
    /// Writes these bytes and keeps the connection open.
    Stall(Vec<u8>),
    /// Writes these pieces with a pause after each, and closes the connection.
    Pieces(Duration, Vec<Vec<u8>>),
    /// Waits, writes these bytes and closes the connection.
    Late(Duration, Vec<u8>),
}

/// A received request.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method and path.
    pub line: String,
    /// The headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The complete body.
    pub body: Vec<u8>,
}

impl Request {
    /// Returns the value of a header. `name` must be in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Returns the body as JSON.
    ///
    /// # Panics
    /// Panics if the body is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("not JSON: {error}"))
    }
}

/// The origins of all scripted servers of this process.
static ORIGINS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Returns the origins of all scripted servers of this process, as a list of hosts for a
/// [secret](https://docs.rs/unicom-outbound): separated by commas.
pub fn hosts() -> String {
    lock(&ORIGINS).join(",")
}

/// A server at a local address. It stops with its runtime.
#[derive(Debug)]
pub struct Server {
    /// The IP address and the port.
    pub address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Starts a server at `host` that plays these in turn and repeats the last one.
    ///
    /// # Panics
    /// Panics if no port is available.
    pub async fn at(host: &str, plays: Vec<Play>) -> Self {
        let listener = TcpListener::bind((host, 0)).await;
        let listening = listener.and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (address, listener) =
            listening.unwrap_or_else(|error| panic!("cannot listen at {host}: {error}"));
        let port = address.port();
        lock(&ORIGINS).extend([
            format!("http://{address}"),
            format!("http://localhost:{port}"),
        ]);
        let requests = Arc::new(Mutex::new(Vec::new()));
        let received = Arc::clone(&requests);
        tokio::spawn(async move {
            for turn in 0.. {
                let Ok((stream, _)) = listener.accept().await else {
                    return;
                };
                let play = plays[turn.min(plays.len() - 1)].clone();
                tokio::spawn(serve(stream, play, Arc::clone(&received)));
            }
        });
        let address = address.to_string();
        Self { address, requests }
    }

    /// Starts a server at 127.0.0.2 that always plays this.
    ///
    /// # Panics
    /// Panics if no port is available.
    pub async fn new(play: Play) -> Self {
        Self::at("127.0.0.2", vec![play]).await
    }

    /// Returns the URL of a path on this server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns the received requests, in order.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.requests).clone()
    }

    /// Returns the only received request.
    ///
    /// # Panics
    /// Panics if there is not exactly one.
    pub fn only_request(&self) -> Request {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "the number of requests");
        requests.remove(0)
    }
}

async fn serve(mut stream: TcpStream, play: Play, requests: Arc<Mutex<Vec<Request>>>) {
    // A client that only checks the address may close the connection.
    let Some(request) = read(&mut stream).await else {
        return;
    };
    lock(&requests).push(request);
    // A client that has read enough may close the connection, too.
    match play {
        Play::Say(bytes) => drop(stream.write_all(&bytes).await),
        Play::Late(wait, bytes) => {
            tokio::time::sleep(wait).await;
            drop(stream.write_all(&bytes).await);
        }
        Play::Pieces(pause, pieces) => {
            for piece in pieces {
                if stream.write_all(&piece).await.is_err() {
                    return;
                }
                tokio::time::sleep(pause).await;
            }
        }
        Play::Stall(bytes) => {
            drop(stream.write_all(&bytes).await);
            std::future::pending::<()>().await;
        }
    }
}

/// Reads a request. Returns `None` if the client closes the connection, or sends no valid head.
async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let mut lines = head.lines();
    let line = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = match length {
        Some((_, length)) => length.parse().ok()?,
        None => 0,
    };
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return None;
        }
    }
    Some(Request {
        line,
        headers,
        body: bytes[end..].to_vec(),
    })
}

/// Returns the bytes of a response. The lines of `headers` must end with `\r\n`.
pub fn response(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} Any\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}").into_bytes()
}

/// Returns a response with this status and body.
pub fn say(status: u16, body: impl ToString) -> Play {
    Play::Say(response(status, "", &body.to_string()))
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
