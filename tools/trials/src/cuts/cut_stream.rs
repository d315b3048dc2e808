//! A connection that its client cuts after a number of bytes.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use fastrand::Rng;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

/// A connection from which only a limited number of bytes can be read.
pub struct CutStream {
    stream: TcpStream,
    left: usize,
}

impl CutStream {
    /// Connects. After `limit` bytes, reading fails.
    pub async fn connect(address: SocketAddr, limit: Option<usize>) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            left: limit.unwrap_or(usize::MAX),
        })
    }

    /// Returns `true` if the limit has been reached.
    pub fn is_cut(&self) -> bool {
        self.left == 0
    }

    /// Closes the connection, at random with an RST segment instead of FIN, and if there are
    /// `half` of some bytes, after these.
    pub async fn cut(mut self, rng: &mut Rng, half: Option<&[u8]>) {
        // The server may have closed it.
        if let Some(half) = half {
            let _ = self.stream.write_all(half).await;
        }
        if rng.bool() {
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for CutStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.left == 0 {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let mut bytes = [0; 4096];
        let limit = self.left.min(buffer.remaining()).min(bytes.len());
        let mut part = ReadBuf::new(&mut bytes[..limit]);
        std::task::ready!(Pin::new(&mut self.stream).poll_read(context, &mut part))?;
        self.left -= part.filled().len();
        buffer.put_slice(part.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for CutStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
