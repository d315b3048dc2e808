//! Many WebSockets, each of which connects again when it is cut.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use unicom_bench::http::{Guest, MARKER};

/// The pause before a socket connects again to a server that takes no connection.
const PAUSE: Duration = Duration::from_millis(50);

/// How long the server may take to answer: its clients would wait about as long.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
struct Counts {
    ready: AtomicUsize,
    /// The number of the message that is waited for, and the sockets at which it is.
    awaited: AtomicU64,
    arrived: AtomicUsize,
    refused: AtomicU64,
    refused_otherwise: AtomicU64,
}

/// Open sockets, each of which follows the default chat of its guest.
pub struct Sockets {
    counts: Arc<Counts>,
    count: usize,
    _runtime: Runtime,
}

/// How an attempt has ended.
enum Ended {
    /// The server did not take the connection, or closed it.
    Lost,
    /// The server asks to come back after this time.
    Later(Duration),
    Refused,
}

impl Sockets {
    /// Begins to open this number of sockets for each guest.
    pub fn open(address: SocketAddr, guests: &[Guest], of_each: usize) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let counts = Arc::new(Counts::default());
        for guest in guests {
            let hello: Arc<[u8]> = guest.follow().into();
            for _ in 0..of_each {
                runtime.spawn(stay(address, hello.clone(), counts.clone()));
            }
        }
        Ok(Self {
            counts,
            count: guests.len() * of_each,
            _runtime: runtime,
        })
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// Returns the number of sockets that follow their chat.
    pub fn ready(&self) -> usize {
        self.counts.ready.load(Ordering::Relaxed)
    }

    /// Counts from now on at how many sockets this message is.
    pub fn await_message(&self, number: u64) {
        self.counts.arrived.store(0, Ordering::Relaxed);
        self.counts.awaited.store(number, Ordering::Relaxed);
    }

    /// Returns the number of sockets at which the message is.
    pub fn arrived(&self) -> usize {
        self.counts.arrived.load(Ordering::Relaxed)
    }

    /// Counts refusals from now on.
    pub fn forget_refusals(&self) {
        self.counts.refused.store(0, Ordering::Relaxed);
    }

    /// Returns how many attempts were refused with 503 and `Retry-After`.
    pub fn refused(&self) -> u64 {
        self.counts.refused.load(Ordering::Relaxed)
    }

    /// Returns how many attempts were refused in any other way.
    pub fn refused_otherwise(&self) -> u64 {
        self.counts.refused_otherwise.load(Ordering::Relaxed)
    }
}

/// Keeps one socket open.
async fn stay(address: SocketAddr, hello: Arc<[u8]>, counts: Arc<Counts>) {
    loop {
        match once(address, &hello, &counts).await {
            Ok(Ended::Lost) | Err(_) => tokio::time::sleep(PAUSE).await,
            Ok(Ended::Later(span)) => {
                counts.refused.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(span).await;
            }
            Ok(Ended::Refused) => {
                counts.refused_otherwise.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Opens the socket and reads until it is closed.
async fn once(address: SocketAddr, hello: &[u8], counts: &Counts) -> anyhow::Result<Ended> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(hello).await?;
    let mut received = Vec::with_capacity(2048);
    let opening = open(&mut stream, &mut received);
    let opened = tokio::time::timeout(PATIENCE, opening);
    if let Some(ended) = opened.await.context("no answer")?? {
        return Ok(ended);
    }
    counts.ready.fetch_add(1, Ordering::Relaxed);
    let ended = listen(&mut stream, counts).await;
    counts.ready.fetch_sub(1, Ordering::Relaxed);
    ended.map(|()| Ended::Lost)
}

/// Waits until the socket follows its chat. Returns how the attempt has ended if it does not.
async fn open(stream: &mut TcpStream, received: &mut Vec<u8>) -> anyhow::Result<Option<Ended>> {
    loop {
        if let Some(end) = position(received, b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&received[..end]).to_ascii_lowercase();
            if !head.starts_with("http/1.1 101") {
                let mut lines = head.lines();
                let later = lines.find_map(|line| line.strip_prefix("retry-after:"));
                let later = later.and_then(|seconds| seconds.trim().parse().ok());
                return Ok(Some(match later {
                    Some(seconds) if head.starts_with("http/1.1 503") => {
                        Ended::Later(Duration::from_secs(seconds))
                    }
                    _ => Ended::Refused,
                }));
            }
            if position(received, b"\"changes\"").is_some() {
                return Ok(None);
            }
        }
        if stream.read_buf(received).await? == 0 {
            return Ok(Some(Ended::Lost));
        }
    }
}

/// Reads until the socket is closed, and counts the message that is waited for.
async fn listen(stream: &mut TcpStream, counts: &Counts) -> anyhow::Result<()> {
    let mut received = Vec::new();
    let mut last = 0;
    loop {
        stream.readable().await?;
        match stream.try_read_buf(&mut received) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error.into()),
        }
        let awaited = counts.awaited.load(Ordering::Relaxed);
        let marker = format!("{MARKER}{awaited}.");
        if last < awaited && position(&received, marker.as_bytes()).is_some() {
            last = awaited;
            counts.arrived.fetch_add(1, Ordering::Relaxed);
        }
        // A marker may be divided between two reads.
        let kept = received.len().saturating_sub(marker.len());
        received.drain(..kept);
        received.shrink_to(256);
    }
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
