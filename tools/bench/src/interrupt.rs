//! Early stop: on a signal, child processes end and temporary data is removed as at a normal exit.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

static IS_REQUESTED: AtomicBool = AtomicBool::new(false);

/// The exit code after a second signal, which exits without cleaning up.
const KILLED: i32 = 130;

/// Starts to listen for SIGTERM and SIGINT (Ctrl-C on platforms other than Unix).
///
/// The first signal only sets a flag. A second one ends the process immediately.
pub fn listen() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()?;
    thread::spawn(move || {
        runtime.block_on(async {
            while next_signal().await.is_ok() {
                if IS_REQUESTED.swap(true, Ordering::Relaxed) {
                    std::process::exit(KILLED);
                }
            }
        });
    });
    Ok(())
}

/// Returns `true` if a signal has asked the process to stop.
pub fn is_requested() -> bool {
    IS_REQUESTED.load(Ordering::Relaxed)
}

/// Returns an error if a signal has asked the process to stop.
pub fn check() -> anyhow::Result<()> {
    anyhow::ensure!(!is_requested(), "stopped by a signal");
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
