//! Stopping early: what was started is ended and what was made is removed, as at the end.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

static IS_TOLD: AtomicBool = AtomicBool::new(false);

/// The exit code after a second signal, at which nothing is removed.
const KILLED: i32 = 130;

/// From now on SIGTERM and SIGINT (elsewhere than on Unix: Ctrl-C) only tell; a second one ends the process at once.
pub fn listen() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    thread::spawn(move || {
        runtime.block_on(async {
            while next_signal().await.is_ok() {
                if IS_TOLD.swap(true, Ordering::Relaxed) {
                    std::process::exit(KILLED);
                }
            }
        });
    });
    Ok(())
}

/// Whether somebody wants an end.
pub fn is_told() -> bool {
    IS_TOLD.load(Ordering::Relaxed)
}

/// Fails where somebody wants an end.
pub fn check() -> anyhow::Result<()> {
    anyhow::ensure!(!is_told(), "stopped by a signal");
    Ok(())
}

#[cfg(unix)]
async fn next_signal() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn next_signal() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
