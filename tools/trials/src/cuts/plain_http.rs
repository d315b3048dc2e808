//! HTTP/1.1 on a connection that may be cut anywhere: the head of a response, a body of known
//! length, and pieces of a chunked body (RFC 9112, 7.1).

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::cut_stream::CutStream;

/// A connection, with what was received and not taken yet.
pub struct PlainHttp {
    pub stream: CutStream,
    received: Vec<u8>,
}

impl PlainHttp {
    pub fn new(stream: CutStream) -> Self {
        Self {
            stream,
            received: Vec::new(),
        }
    }

    /// Sends a request without a body, and returns the status and the length of the response's
    /// body, or `None` if it is chunked.
    pub async fn ask(&mut self, request: &str) -> io::Result<(u16, Option<usize>)> {
        self.stream.write_all(request.as_bytes()).await?;
        let head = self.take_until(b"\r\n\r\n").await?;
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let status = head.get(9..12).and_then(|status| status.parse().ok());
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        Ok((status.ok_or(io::ErrorKind::InvalidData)?, length))
    }

    /// Returns a body of this length.
    pub async fn body(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.received.len() < length {
            self.receive().await?;
        }
        let rest = self.received.split_off(length);
        Ok(std::mem::replace(&mut self.received, rest))
    }

    /// Returns the next piece of a chunked body. It is empty at the end.
    ///
    /// Nothing is lost if the future is dropped.
    pub async fn chunk(&mut self) -> io::Result<Vec<u8>> {
        loop {
            if let Some(end) = position(&self.received, b"\r\n") {
                let length = std::str::from_utf8(&self.received[..end]).ok();
                let length = length.and_then(|text| usize::from_str_radix(text, 16).ok());
                let length = length.ok_or(io::ErrorKind::InvalidData)?;
                let begin = end + 2;
                if self.received.len() >= begin + length + 2 {
                    let rest = self.received.split_off(begin + length + 2);
                    let mut piece = std::mem::replace(&mut self.received, rest);
                    piece.truncate(begin + length);
                    return Ok(piece.split_off(begin));
                }
            }
            self.receive().await?;
        }
    }

    async fn take_until(&mut self, end: &[u8]) -> io::Result<Vec<u8>> {
        loop {
            if let Some(at) = position(&self.received, end) {
                let rest = self.received.split_off(at + end.len());
                return Ok(std::mem::replace(&mut self.received, rest));
            }
            self.receive().await?;
        }
    }

    async fn receive(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.received).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
