//! The bare limit of live connections: a server that writes the same bytes to every connection.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::broadcast;

/// A server that writes what it is told to every connection, after its first bytes.
pub struct Broadcast {
    messages: broadcast::Sender<Arc<[u8]>>,
    address: SocketAddr,
    _runtime: Runtime,
}

/// What the server writes to a new connection.
pub const WELCOME: &str = "welcome";

impl Broadcast {
    pub fn start() -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let (messages, _) = broadcast::channel::<Arc<[u8]>>(1024);
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let address = listener.local_addr()?;
        let sender = messages.clone();
        runtime.spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut messages = sender.subscribe();
                tokio::spawn(async move {
                    let mut hello = [0; 4096];
                    if stream.read(&mut hello).await.is_err()
                        || stream.write_all(WELCOME.as_bytes()).await.is_err()
                    {
                        return;
                    }
                    while let Ok(message) = messages.recv().await {
                        if stream.write_all(&message).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Ok(Self {
            messages,
            address,
            _runtime: runtime,
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Writes these bytes to every connection.
    pub fn send(&self, message: Vec<u8>) {
        // An error means that there are no connections.
        let _ = self.messages.send(message.into());
    }
}
