//! The server's binary: a running `unicom serve`, and the commands that set it up.

use std::net::SocketAddr;
use std::process::{Child, Command};

use crate::launch::{self, free_address, wait_answering};
use crate::options::Options;
use crate::scratch_db::ScratchDb;

/// A running server, killed on drop.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts the server on a database and waits until it answers.
    pub fn start(options: &Options, scratch_db: &ScratchDb) -> anyhow::Result<Self> {
        let address = free_address()?;
        let connections = options.database_connections;
        let child = command(options, scratch_db)?
            .arg("serve")
            .args(["--listen", &address.to_string()])
            .args(["--database-connections", &connections.to_string()])
            .spawn()?;
        let mut server = Self { child, address };
        wait_answering(&mut server.child, address, "/healthz")?;
        Ok(server)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Creates all tables, including those of the bundled server.
pub fn migrate(options: &Options, scratch_db: &ScratchDb) -> anyhow::Result<()> {
    manage(options, scratch_db, &["migrate"])
}

/// Creates a web chat channel with this configuration.
pub fn create_channel(
    options: &Options,
    scratch_db: &ScratchDb,
    config: &str,
) -> anyhow::Result<()> {
    let arguments = ["channel", "create", "--platform", "WebChat"];
    let arguments = [&arguments[..], &["--name", "Bench", "--config", config]].concat();
    manage(options, scratch_db, &arguments)
}

fn manage(options: &Options, scratch_db: &ScratchDb, arguments: &[&str]) -> anyhow::Result<()> {
    let status = command(options, scratch_db)?.args(arguments).status()?;
    anyhow::ensure!(status.success(), "`unicom {}`: {status}", arguments[0]);
    Ok(())
}

fn command(options: &Options, scratch_db: &ScratchDb) -> anyhow::Result<Command> {
    let binary = options.server()?;
    Ok(launch::command(
        &binary,
        scratch_db.url(),
        scratch_db.folder(),
    ))
}
