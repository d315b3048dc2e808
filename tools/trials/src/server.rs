//! The server's binary under trial.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use unicom_bench::launch::{command, free_address, wait_answering};
use unicom_bench::scratch_db::ScratchDb;

use crate::layout::Layout;

/// The pause between two checks of the process.
const PAUSE: Duration = Duration::from_millis(1);

const SIGKILL: i32 = 9;

/// The settings with which a server is started repeatedly.
#[derive(Debug)]
pub struct Setting {
    binary: PathBuf,
    pub address: SocketAddr,
    url: String,
    /// The working folder of the servers. On SQLite it contains the database.
    folder: PathBuf,
    layout: Layout,
    /// The log file of all servers, which they append to.
    pub log: PathBuf,
}

impl Setting {
    /// Creates the settings for a database. The servers log to `log`.
    pub fn new(
        binary: PathBuf,
        scratch_db: &ScratchDb,
        layout: Layout,
        log: PathBuf,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            layout,
            binary,
            address: free_address()?,
            url: scratch_db.url().to_owned(),
            folder: scratch_db.folder().to_owned(),
            log,
        })
    }

    /// Starts `unicom` with these arguments and additional environment variables.
    pub fn start(
        &self,
        arguments: &[&str],
        variables: &[(&str, &OsStr)],
    ) -> anyhow::Result<Server> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = command(&self.binary, &self.url, &self.folder);
        if self.layout.is_media_said {
            let media = self.folder.join(self.layout.media());
            command.env("UNICOM_MEDIA_URL", format!("file://{}", media.display()));
        }
        let child = command
            .args(arguments)
            .env("UNICOM_LISTEN", self.address.to_string())
            .env("UNICOM_DATA_DIR", self.folder.join(self.layout.data))
            .envs(variables.iter().copied())
            .stderr(log)
            .spawn()
            .with_context(|| format!("`{}` does not start", self.binary.display()))?;
        Ok(Server {
            child,
            address: self.address,
        })
    }

    /// Runs `unicom` until it exits.
    pub fn manage(&self, arguments: &[&str]) -> anyhow::Result<()> {
        let status = self.start(arguments, &[])?.child.wait()?;
        anyhow::ensure!(
            status.success(),
            "`unicom {}`: {status}\n{}",
            arguments[0],
            self.last_words()
        );
        Ok(())
    }

    /// Creates a web chat channel on which the echo bot answers.
    pub fn create_channel(&self) -> anyhow::Result<()> {
        let config = r#"{"bot":"echo"}"#;
        self.manage(&[
            "channel",
            "create",
            "--platform",
            "WebChat",
            "--name",
            "Trial",
            "--config",
            config,
        ])
    }

    /// Returns the last 20 lines of the servers' log.
    pub fn last_words(&self) -> String {
        last_lines(&self.log, 20)
    }
}

/// A running server, killed on drop.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Waits until the server answers.
    ///
    /// # Errors
    ///
    /// Fails if the server has ended or does not answer in time.
    pub fn wait_ready(&mut self) -> anyhow::Result<()> {
        wait_answering(&mut self.child, self.address, "/healthz")
    }

    /// Waits until the server reports that it is ready.
    ///
    /// # Errors
    ///
    /// Fails if the server has ended or is not ready in time.
    pub fn wait_at_work(&mut self) -> anyhow::Result<()> {
        wait_answering(&mut self.child, self.address, "/readyz")
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Kills the server with SIGKILL, so that the process cannot finish anything.
    ///
    /// # Errors
    ///
    /// Fails if the server has already ended.
    pub fn kill(mut self) -> anyhow::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            anyhow::bail!("the server has ended by itself with {status}");
        }
        self.child.kill()?;
        let status = self.child.wait()?;
        anyhow::ensure!(
            is_killed(status),
            "the server has ended by itself with {status}"
        );
        Ok(())
    }

    /// Kills the server after `span`. Returns `true` if it was killed, or `false` if it had
    /// finished before.
    pub fn kill_after(mut self, span: Duration) -> anyhow::Result<bool> {
        thread::sleep(span);
        // The process may end just before the signal arrives. The exit status shows which came
        // first.
        self.child.kill()?;
        let status = self.child.wait()?;
        anyhow::ensure!(
            status.success() || is_killed(status),
            "the server has ended by itself with {status}"
        );
        Ok(is_killed(status))
    }

    /// Waits until the server is killed by the preloaded library. Kills it after `patience`.
    ///
    /// # Errors
    ///
    /// Fails if the server ended with an error.
    pub fn wait_killed(&mut self, patience: Duration) -> anyhow::Result<Ended> {
        let deadline = Instant::now() + patience;
        loop {
            match self.child.try_wait()? {
                Some(status) if is_killed(status) => return Ok(Ended::Killed),
                Some(status) if status.success() => return Ok(Ended::Done),
                Some(status) => anyhow::bail!("the server has ended with {status}"),
                None if Instant::now() > deadline => {
                    self.child.kill()?;
                    self.child.wait()?;
                    return Ok(Ended::TooLate);
                }
                None => thread::sleep(PAUSE),
            }
        }
    }
}

/// How a server that was to be killed has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Killed,
    /// It had nothing more to do.
    Done,
    /// It ran for too long and was killed.
    TooLate,
}

impl Drop for Server {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_killed(status: ExitStatus) -> bool {
    status.signal() == Some(SIGKILL)
}

fn last_lines(path: &Path, count: usize) -> String {
    let text = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
