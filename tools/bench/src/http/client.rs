//! A client that sends one request after the other, for what is not measured.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::Answer;

/// How long to wait for a response.
const PATIENCE: Duration = Duration::from_secs(60);

/// One persistent connection.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    received: Vec<u8>,
    /// The length of the previous response, which is still at the beginning of `received`.
    done: usize,
}

impl Client {
    /// Connects to the server.
    pub fn connect(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self {
            stream,
            received: Vec::new(),
            done: 0,
        })
    }

    /// Sends a request and returns the response.
    ///
    /// # Errors
    ///
    /// Fails if the status is not 200.
    pub fn ok(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        self.stream.write_all(request)?;
        self.received.drain(..self.done);
        let mut bytes = vec![0; 64 << 10];
        while Answer::parse(&self.received)?.is_none() {
            let read = self.stream.read(&mut bytes)?;
            anyhow::ensure!(read > 0, "the server closed the connection");
            self.received.extend_from_slice(&bytes[..read]);
        }
        match Answer::parse(&self.received)? {
            Some(answer) => {
                answer.expect_status(200)?;
                self.done = answer.length;
                Ok(answer)
            }
            None => anyhow::bail!("the answer is not whole"),
        }
    }
}
