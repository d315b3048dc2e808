//! How often, with which server, and from which seed: the same for every trial.

use std::path::PathBuf;

use clap::Args;
use unicom_testing::postgres::{Postgres, postgres};

#[derive(Debug, Clone, Args)]
pub struct Options {
    /// How often the server is killed, or its power cut
    #[arg(long, default_value_t = 30, global = true, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub rounds: u32,

    /// Visitors who write at the same time
    #[arg(long, default_value_t = 8, global = true, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub visitors: u32,

    /// Decides when the server is killed and what the visitors do, so that a run can be had again, as far as the machine
    /// takes turns in the same way [default: by the clock]
    #[arg(long, global = true)]
    seed: Option<u64>,

    /// The server's binary [default: `unicom` beside this one]
    #[arg(long, global = true)]
    server: Option<PathBuf>,
}

impl Options {
    /// The seed of this run.
    pub fn seed(&self) -> u64 {
        self.seed.unwrap_or_else(|| fastrand::u32(..).into())
    }

    /// The server's binary.
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

/// On which database a trial is run.
#[derive(Debug, Clone, Args)]
pub struct OnDatabase {
    /// The PostgreSQL server to try: postgres://USER@HOST/NAME, of a user who may create databases [default: SQLite in a
    /// temporary folder]
    #[arg(long, hide_env_values = true)]
    database_url: Option<String>,

    /// Try PostgreSQL, on the server of UNICOM_TEST_POSTGRES_URL or on a throw-away one of the programs on this machine
    #[arg(long, conflicts_with = "database_url")]
    postgres: bool,
}

impl OnDatabase {
    /// The PostgreSQL server; none for SQLite.
    pub fn server(&self) -> anyhow::Result<Option<String>> {
        if !self.postgres {
            return Ok(self.database_url.clone());
        }
        match postgres() {
            Postgres::Url(url) => Ok(Some(url.clone())),
            Postgres::Missing(why) => anyhow::bail!("{why}"),
        }
    }

    /// The engine's name, for the title of a report.
    pub fn describe(&self) -> &'static str {
        if self.postgres || self.database_url.is_some() {
            "PostgreSQL"
        } else {
            "SQLite"
        }
    }
}
