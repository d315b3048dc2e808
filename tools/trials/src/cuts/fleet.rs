//! The servers of one database, one of which is killed now and then.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use fastrand::Rng;
use tempfile::TempDir;
use unicom_bench::scratch_db::ScratchDb;

use crate::layout::Layout;
use crate::server::{Server, Setting};

/// Servers that run on one database and share the secret key. Dropping them kills them.
pub struct Fleet {
    settings: Vec<Setting>,
    servers: Vec<Server>,
    _logs: TempDir,
}

impl Fleet {
    /// Creates the tables and a channel, and starts this number of servers.
    pub fn start(binary: PathBuf, scratch_db: &ScratchDb, count: usize) -> anyhow::Result<Self> {
        let logs = tempfile::tempdir()?;
        let settings = (0..count).map(|number| {
            let log = logs.path().join(number.to_string());
            Setting::new(binary.clone(), scratch_db, Layout::BESIDE, log)
        });
        let settings: Vec<Setting> = settings.collect::<anyhow::Result<_>>()?;
        settings[0].manage(&["migrate"])?;
        settings[0].create_channel()?;
        let mut fleet = Self {
            settings,
            servers: Vec::new(),
            _logs: logs,
        };
        for number in 0..count {
            let server = fleet.start_one(number)?;
            fleet.servers.push(server);
        }
        Ok(fleet)
    }

    /// Kills a random server with SIGKILL, and starts it again after a moment.
    pub fn kill_one(&mut self, rng: &mut Rng) -> anyhow::Result<()> {
        let number = rng.usize(..self.servers.len());
        self.servers.swap_remove(number).kill()?;
        thread::sleep(Duration::from_millis(rng.u64(..150)));
        // The last server has taken the place of the one that was removed.
        let last = self.settings.len() - 1;
        self.settings.swap(number, last);
        let server = self.start_one(last)?;
        self.servers.push(server);
        Ok(())
    }

    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.settings
            .iter()
            .map(|setting| setting.address)
            .collect()
    }

    /// Returns the last lines of the servers' logs.
    pub fn last_words(&self) -> String {
        let logs = self.settings.iter().map(Setting::last_words);
        logs.collect::<Vec<_>>().join("\n")
    }

    fn start_one(&self, number: usize) -> anyhow::Result<Server> {
        let setting = &self.settings[number];
        let mut server = setting.start(&["serve"], &[])?;
        server.wait_ready().with_context(|| setting.last_words())?;
        Ok(server)
    }
}
