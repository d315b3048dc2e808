//! The server's binary as a process: how it is started, and when it answers.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::http::{Client, get};

/// How long a server may take to start: far longer than it does, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(60);

/// Between two looks whether it has started.
const PAUSE: Duration = Duration::from_micros(500);

/// The binary in a folder and on a database, without the settings of whoever runs it, without limits of rates, and with
/// warnings on stderr.
pub fn command(binary: &Path, url: &str, folder: &Path) -> Command {
    let mut command = Command::new(binary);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("UNICOM_") {
            command.env_remove(&name);
        }
    }
    command
        .env("UNICOM_DATABASE_URL", url)
        .env("UNICOM_DATA_DIR", folder.join("data"))
        .env("UNICOM_LOG", "warn")
        .env("UNICOM_RATE_LIMIT", "off")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

/// An address that nobody listens on. Somebody may take it before the server does; then the server says so.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?)
}

/// Waits until the server answers `path` with 200.
///
/// # Errors
/// It ended, or does not answer in time.
pub fn wait_answering(server: &mut Child, address: SocketAddr, path: &str) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    let request = get(address, path);
    loop {
        let answered =
            Client::connect(address).and_then(|mut client| client.ok(&request).map(drop));
        let Err(error) = answered else { return Ok(()) };
        if let Some(status) = server.try_wait()? {
            anyhow::bail!("the server has ended with {status}");
        }
        if Instant::now() > deadline {
            return Err(error.context("the server does not start"));
        }
        thread::sleep(PAUSE);
    }
}
