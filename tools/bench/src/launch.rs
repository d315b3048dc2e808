//! The server binary as a process: starting it and waiting until it answers.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::http::{Client, get};

/// How long a server may take to start. It needs far less, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The pause between two checks whether the server answers.
const PAUSE: Duration = Duration::from_micros(500);

/// Returns the command that runs the binary in a folder and on a database.
///
/// The process does not inherit `UNICOM_*` variables, has no rate limits, and logs warnings to
/// stderr.
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

/// Returns a local address that no process listens on.
///
/// Another process may take the address before the server does. The server then fails with an
/// error.
pub fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?)
}

/// Waits until the server answers `path` with 200.
///
/// # Errors
///
/// Fails if the server has ended or does not answer within 60 seconds.
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
