//! A minimal HTTP server that answers each connection as scripted and records its requests.

use std::sync::{Arc, Mutex};
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
    /// Waits, writes these bytes and closes the connection.
    Late(Duration, Vec<u8>),
}

/// A received request.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The method and path.
    pub line: String,
    /// The headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Asked {
    /// Returns the value of a header. `name` must be in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Returns the body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// The origins of all test servers of this process, in the format of a hosts variable.
static ORIGINS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Returns a hosts list with all test servers.
pub fn hosts() -> String {
    ORIGINS.lock().unwrap().join(",")
}

/// A server at a local address. It stops with its runtime.
#[derive(Debug)]
pub struct Server {
    pub address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Starts a server at `host` that plays these in turn and repeats the last one.
    pub async fn at(host: &str, plays: Vec<Play>) -> Self {
        let listener = TcpListener::bind((host, 0)).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let port = listener.local_addr().unwrap().port();
        let origins = [
            format!("http://{address}"),
            format!("http://localhost:{port}"),
        ];
        ORIGINS.lock().unwrap().extend(origins);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        tokio::spawn(async move {
            for turn in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let play = plays[turn.min(plays.len() - 1)].clone();
                tokio::spawn(serve(stream, play, Arc::clone(&kept)));
            }
        });
        Self { address, asked }
    }

    /// Starts a server at 127.0.0.2 that always plays this.
    pub async fn new(play: Play) -> Self {
        Self::at("127.0.0.2", vec![play]).await
    }

    /// Returns the URL of a path on this server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns the received requests, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Returns the only received request. Panics if there is not exactly one.
    pub fn only(&self) -> Asked {
        let asked = self.asked();
        assert_eq!(asked.len(), 1, "asked {} times", asked.len());
        asked.into_iter().next().unwrap()
    }
}

async fn serve(mut stream: TcpStream, play: Play, asked: Arc<Mutex<Vec<Asked>>>) {
    // A client that only checks the address may close the connection.
    let Some(request) = read(&mut stream).await else {
        return;
    };
    asked.lock().unwrap().push(request);
    // A client that has read enough may close the connection, too.
    match play {
        Play::Say(bytes) => drop(stream.write_all(&bytes).await),
        Play::Late(wait, bytes) => {
            tokio::time::sleep(wait).await;
            drop(stream.write_all(&bytes).await);
        }
        Play::Stall(bytes) => {
            drop(stream.write_all(&bytes).await);
            std::future::pending::<()>().await;
        }
    }
}

/// Reads a request. Returns `None` if the client closes the connection.
async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let line = lines
        .next()
        .unwrap()
        .trim_end_matches(" HTTP/1.1")
        .to_owned();
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, length)| length.parse().unwrap());
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return None;
        }
    }
    Some(Asked {
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
