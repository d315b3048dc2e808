//! The options of all trials: the number of rounds, the server's binary and the random seed.

use std::path::PathBuf;

use clap::Args;
use unicom_testing::postgres::{Postgres, postgres};

#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Number of kills, power cuts or cuts of connections
    #[arg(long, default_value_t = 30, global = true, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub rounds: u32,

    /// Visitors who write at the same time
    #[arg(long, default_value_t = 8, global = true, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub visitors: u32,

    /// Seed for the times of kills and the actions of visitors; repeats a run as far as scheduling
    /// on the machine allows [default: random]
    #[arg(long, global = true)]
    seed: Option<u64>,

    /// The server's binary [default: `unicom` in the folder of this binary]
    #[arg(long, global = true)]
    server: Option<PathBuf>,
}

impl Options {
    /// Returns the seed of this run, which is random if the option is not set.
    pub fn seed(&self) -> u64 {
        self.seed.unwrap_or_else(|| fastrand::u32(..).into())
    }

    /// Returns the path of the server's binary.
    ///
    /// # Errors
    ///
    /// Fails if there is no file at this path.
    pub fn server(&self) -> anyhow::Result<PathBuf> {
        let path = match &self.server {
            Some(path) => std::path::absolute(path)?,
            None => {
                let beside = format!("unicom{}", std::env::consts::EXE_SUFFIX);
                std::env::current_exe()?.with_file_name(beside)
            }
        };
        anyhow::ensure!(
            path.is_file(),
            "there is no server at `{}`: build it with `cargo build -p unicom-server`, or name one with `--server`",
            path.display()
        );
        Ok(path)
    }
}

/// The database to run a trial on.
#[derive(Debug, Clone, Args)]
pub struct OnDatabase {
    /// The PostgreSQL server to use: postgres://USER@HOST/NAME, with a user who may create
    /// databases [default: SQLite in a temporary folder]
    #[arg(long, hide_env_values = true)]
    database_url: Option<String>,

    /// Use PostgreSQL, on the server of UNICOM_TEST_POSTGRES_URL or on a temporary one started from
    /// locally installed programs
    #[arg(long, conflicts_with = "database_url")]
    postgres: bool,
}

impl OnDatabase {
    /// Returns the URL of the PostgreSQL server, or `None` for SQLite.
    pub fn server(&self) -> anyhow::Result<Option<String>> {
        if !self.postgres {
            return Ok(self.database_url.clone());
        }
        match postgres() {
            Postgres::Url(url) => Ok(Some(url.clone())),
            Postgres::Missing(why) => anyhow::bail!("{why}"),
        }
    }

    /// Returns the engine's name, for the title of a report.
    pub fn describe(&self) -> &'static str {
        if self.postgres || self.database_url.is_some() {
            "PostgreSQL"
        } else {
            "SQLite"
        }
    }
}
