//! Listeners: many connections that wait for messages and note when each arrives.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

/// What precedes the number in the text of a message.
pub const MARKER: &str = "live message ";

/// How long listeners may wait for a message, or for the first bytes of a connection.
const PATIENCE: Duration = Duration::from_secs(60);

/// The number of connections that are opened at the same time.
const AT_ONCE: usize = 64;

/// A message that has arrived at a listener.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// The number in the text of the message.
    pub number: u64,
    /// When the listener had read it.
    pub at: Instant,
}

/// Open connections.
pub struct Listeners {
    runtime: Runtime,
    arrivals: UnboundedReceiver<Arrival>,
    count: usize,
}

impl Listeners {
    /// Opens `count` connections, on each of which `hello` is sent, and waits until each has
    /// received bytes that contain `ready`.
    pub fn open(
        address: SocketAddr,
        count: usize,
        hello: &[u8],
        ready: &'static str,
    ) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let (found, arrivals) = unbounded_channel();
        let mut left = count;
        while left > 0 {
            let opening = left.min(AT_ONCE);
            let opened = runtime.block_on(async {
                let mut opened = Vec::new();
                for _ in 0..opening {
                    let mut stream = TcpStream::connect(address).await?;
                    stream.set_nodelay(true)?;
                    stream.write_all(hello).await?;
                    opened.push(stream);
                }
                for stream in &mut opened {
                    let welcomed = timeout(PATIENCE, read_until(stream, ready));
                    welcomed.await.context("a connection was not welcomed")??;
                }
                anyhow::Ok(opened)
            })?;
            for stream in opened {
                runtime.spawn(listen(stream, found.clone()));
            }
            left -= opening;
        }
        Ok(Self {
            runtime,
            arrivals,
            count,
        })
    }

    /// Waits until the message with this number has arrived at every listener. Returns the
    /// arrivals, and those of other messages meanwhile.
    pub fn wait(&mut self, number: u64) -> anyhow::Result<Vec<Arrival>> {
        let mut found = Vec::new();
        let mut left = self.count;
        while left > 0 {
            let next = async { timeout(PATIENCE, self.arrivals.recv()).await };
            let next = self.runtime.block_on(next);
            let arrival = next.context("a message did not arrive")?;
            let arrival = arrival.context("the listeners have ended")?;
            left -= usize::from(arrival.number == number);
            found.push(arrival);
        }
        Ok(found)
    }
}

async fn read_until(stream: &mut TcpStream, ready: &str) -> anyhow::Result<()> {
    let mut received = Vec::new();
    while !contains(&received, ready.as_bytes()) {
        anyhow::ensure!(
            stream.read_buf(&mut received).await? > 0,
            "a connection was closed"
        );
    }
    Ok(())
}

/// Notes when each message arrives, once.
async fn listen(mut stream: TcpStream, found: UnboundedSender<Arrival>) {
    let mut received = Vec::with_capacity(4096);
    let mut last = 0;
    while let Ok(1..) = stream.read_buf(&mut received).await {
        let at = Instant::now();
        let mut rest = &received[..];
        while let Some(start) = position(rest, MARKER.as_bytes()) {
            let digits = &rest[start + MARKER.len()..];
            let Some(end) = digits.iter().position(|byte| !byte.is_ascii_digit()) else {
                break;
            };
            let number = std::str::from_utf8(&digits[..end]).unwrap_or_default();
            if let Ok(number) = number.parse::<u64>()
                && number > last
            {
                last = number;
                let _ = found.send(Arrival { number, at });
            }
            rest = &digits[end..];
        }
        // What may be the beginning of a marker is kept.
        let kept = received.len().saturating_sub(MARKER.len() + 20);
        if position(&received[kept..], MARKER.as_bytes()).is_none() {
            received.drain(..kept);
        }
        if received.len() > 64 << 10 {
            received.clear();
        }
    }
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    position(bytes, part).is_some()
}
