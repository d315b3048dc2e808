//! The server's binary: a running `unicom serve`, killed when it is dropped, and what sets it up.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::http::{Client, get};
use crate::options::Options;
use crate::stage::Stage;

/// How long a server may take to start: far longer than it does, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(60);

/// Between two looks whether it has started.
const PAUSE: Duration = Duration::from_micros(500);

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts the server on a stage and waits until it answers.
    pub fn start(options: &Options, stage: &Stage) -> anyhow::Result<Self> {
        let address = free_address()?;
        let connections = options.database_connections;
        let child = command(options, stage)?
            .arg("serve")
            .args(["--listen", &address.to_string()])
            .args(["--database-connections", &connections.to_string()])
            .spawn()?;
        let mut server = Self { child, address };
        server.wait()?;
        Ok(server)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn wait(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let request = get(self.address, "/healthz");
        loop {
            let answered =
                Client::connect(self.address).and_then(|mut client| client.ok(&request).map(drop));
            let Err(error) = answered else { return Ok(()) };
            if let Some(status) = self.child.try_wait()? {
                anyhow::bail!("the server has ended with {status}");
            }
            if Instant::now() > deadline {
                return Err(error.context("the server does not start"));
            }
            thread::sleep(PAUSE);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes all tables, those of the bundled server included.
pub fn migrate(options: &Options, stage: &Stage) -> anyhow::Result<()> {
    manage(options, stage, &["migrate"])
}

/// Makes a web chat channel with these settings.
pub fn create_channel(options: &Options, stage: &Stage, config: &str) -> anyhow::Result<()> {
    let arguments = ["channel", "create", "--platform", "WebChat"];
    let arguments = [&arguments[..], &["--name", "Bench", "--config", config]].concat();
    manage(options, stage, &arguments)
}

fn manage(options: &Options, stage: &Stage, arguments: &[&str]) -> anyhow::Result<()> {
    let status = command(options, stage)?.args(arguments).status()?;
    anyhow::ensure!(status.success(), "`unicom {}`: {status}", arguments[0]);
    Ok(())
}

/// The binary in the stage's folder, without the settings of whoever runs the measurement.
fn command(options: &Options, stage: &Stage) -> anyhow::Result<Command> {
    let mut command = Command::new(options.server()?);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("UNICOM_") {
            command.env_remove(&name);
        }
    }
    command
        .env("UNICOM_DATABASE_URL", stage.url())
        .env("UNICOM_DATA_DIR", stage.folder().join("data"))
        .env("UNICOM_LOG", "warn")
        .env("UNICOM_RATE_LIMIT", "off")
        .current_dir(stage.folder())
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    Ok(command)
}

/// An address that nobody listens on. Somebody may take it before the server does; then the server says so.
fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?)
}
