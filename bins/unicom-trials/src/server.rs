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

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(1);

const SIGKILL: i32 = 9;

/// What a server is started with, again and again.
#[derive(Debug)]
pub struct Setting {
    binary: PathBuf,
    pub address: SocketAddr,
    url: String,
    /// Where they run, and the database is on SQLite.
    folder: PathBuf,
    layout: Layout,
    /// Where the servers complain, one after the other.
    pub log: PathBuf,
}

impl Setting {
    /// On a stage; what it logs goes to `log`.
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

    /// Starts `unicom` with these arguments and further variables.
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

    /// Runs `unicom` to its end.
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

    /// Makes a web chat channel on which the echo bot answers.
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

    /// The end of what the servers have logged.
    pub fn last_words(&self) -> String {
        last_lines(&self.log, 20)
    }
}

/// A running server, killed when it is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Waits until it answers.
    ///
    /// # Errors
    /// It ended, or does not answer in time.
    pub fn wait_ready(&mut self) -> anyhow::Result<()> {
        wait_answering(&mut self.child, self.address, "/healthz")
    }

    /// Waits until it says that it can work.
    ///
    /// # Errors
    /// As [`Server::wait_ready`].
    pub fn wait_at_work(&mut self) -> anyhow::Result<()> {
        wait_answering(&mut self.child, self.address, "/readyz")
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: the process gets no chance to end anything.
    ///
    /// # Errors
    /// It has ended by itself.
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

    /// Kills it unless it ends by itself before `span` is over, and says whether it was killed.
    pub fn kill_after(mut self, span: Duration) -> anyhow::Result<bool> {
        thread::sleep(span);
        // It may end just before the signal arrives: how it ended says which came first.
        self.child.kill()?;
        let status = self.child.wait()?;
        anyhow::ensure!(
            status.success() || is_killed(status),
            "the server has ended by itself with {status}"
        );
        Ok(is_killed(status))
    }

    /// Waits until it is killed by itself. Where it is not in time, it is killed, and false.
    ///
    /// # Errors
    /// It ended otherwise.
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

/// How a server ended that was to kill itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Killed,
    /// It had nothing more to do.
    Done,
    /// It was killed because it went on for too long.
    TooLate,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
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
