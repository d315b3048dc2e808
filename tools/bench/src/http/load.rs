//! The load generator: many persistent connections, driven by one thread.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::Answer;
use crate::interrupt;

/// The size of the read buffer in bytes: larger than most responses, so that one read suffices.
const ROOM: usize = 64 << 10;

/// The requests of one connection.
#[derive(Debug, Clone)]
pub struct Script {
    requests: Vec<Vec<u8>>,
    turns: usize,
}

impl Script {
    /// Repeats the same request.
    pub fn again(request: Vec<u8>) -> Self {
        Self {
            requests: vec![request],
            turns: usize::MAX,
        }
    }

    /// Sends each of these requests once.
    pub fn once_each(requests: Vec<Vec<u8>>) -> Self {
        let turns = requests.len();
        Self { requests, turns }
    }
}

/// The result of a load.
#[derive(Debug)]
pub struct Load {
    /// The latency of each response.
    pub latencies: Vec<Duration>,
    /// The time from the first request to the last response.
    pub elapsed: Duration,
}

/// Runs all scripts for `span`. Each connection sends its next request once it has the response to
/// the previous one.
///
/// # Errors
///
/// Fails if a response has another status than `status`. The error quotes its body.
pub fn drive(
    address: SocketAddr,
    scripts: &[Script],
    status: u16,
    span: Duration,
) -> anyhow::Result<Load> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    runtime.block_on(async {
        let mut streams = Vec::new();
        for _ in scripts {
            let stream = TcpStream::connect(address).await;
            let stream = stream.context("the server takes no connection")?;
            stream.set_nodelay(true)?;
            streams.push(stream);
        }
        let begun = Instant::now();
        let mut talks = JoinSet::new();
        for (stream, script) in streams.into_iter().zip(scripts) {
            talks.spawn(talk(stream, script.clone(), status, begun + span));
        }
        let mut latencies = Vec::new();
        while let Some(talk) = talks.join_next().await {
            latencies.extend(talk??);
        }
        interrupt::check()?;
        Ok(Load {
            latencies,
            elapsed: begun.elapsed(),
        })
    })
}

async fn talk(
    mut stream: TcpStream,
    script: Script,
    status: u16,
    until: Instant,
) -> anyhow::Result<Vec<Duration>> {
    let mut latencies = Vec::new();
    let mut received = Vec::with_capacity(ROOM);
    for request in script.requests.iter().cycle().take(script.turns) {
        let begun = Instant::now();
        if begun >= until || interrupt::is_requested() {
            break;
        }
        stream.write_all(request).await?;
        let length = loop {
            if let Some(answer) = Answer::parse(&received)? {
                answer.expect_status(status)?;
                break answer.length;
            }
            received.reserve(ROOM);
            let read = stream.read_buf(&mut received).await?;
            anyhow::ensure!(read > 0, "the server closed the connection");
        };
        received.drain(..length);
        latencies.push(begun.elapsed());
    }
    Ok(latencies)
}
