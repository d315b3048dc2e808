//! `Signals`: SIGTERM and SIGINT, which tell a server to stop.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// A listener for SIGTERM and SIGINT (on systems other than Unix: Ctrl-C), active from
/// [`Signals::listen`] on.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    terminate: Signal,
    #[cfg(unix)]
    interrupt: Signal,
}

impl Signals {
    /// Starts to listen. From then on, these signals no longer end the process by themselves. Needs
    /// a tokio runtime.
    ///
    /// # Errors
    /// Returns an error if the operating system refuses.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next signal.
    pub(crate) async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
        #[cfg(not(unix))]
        if let Err(error) = tokio::signal::ctrl_c().await {
            log::error!("signals cannot be listened to: {error}");
            std::future::pending().await
        }
    }
}
