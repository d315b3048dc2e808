//! The options of all scenarios: the database, the duration and the number of runs.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;

/// The number of connections that a goal applies to, if the goal depends on it.
pub const USUAL_CONNECTIONS: usize = 64;

/// The default duration of a run.
const USUAL_SPAN: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The PostgreSQL server to measure on: postgres://USER@HOST/NAME, with a user who may create
    /// databases [default: SQLite in a temporary folder]
    #[arg(
        long,
        env = "UNICOM_BENCH_DATABASE_URL",
        hide_env_values = true,
        global = true
    )]
    pub database_url: Option<String>,

    /// Connections of the server to PostgreSQL, half of them for writing
    #[arg(long, default_value_t = 16, global = true, value_parser = clap::value_parser!(u16).range(2..=1000))]
    pub database_connections: u16,

    /// The server's binary [default: `unicom` in the folder of this binary]
    #[arg(long, global = true)]
    server: Option<PathBuf>,

    /// Pairs of runs, alternating between the subject and its bare limit
    #[arg(long, default_value_t = 5, global = true, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub pairs: u32,

    /// Seconds per run [default: 3; 5 for claims; 60 for the load before memory is measured]
    #[arg(long, global = true, value_parser = seconds)]
    seconds: Option<Duration>,

    /// Connections to the server, each with a separate session; several numbers, separated by
    /// commas, are measured one after the other [default: 64]
    #[arg(long, global = true, value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..=1000))]
    connections: Vec<u16>,
}

impl Options {
    /// Returns the duration of a run. Defaults to 3 seconds.
    pub fn span(&self) -> Duration {
        self.span_or(USUAL_SPAN)
    }

    /// Returns the duration of a run, or `usual` if the option is not set.
    pub fn span_or(&self, usual: Duration) -> Duration {
        self.seconds.unwrap_or(usual)
    }

    /// Returns the numbers of connections to measure with. Defaults to [`USUAL_CONNECTIONS`].
    pub fn connections(&self) -> Vec<usize> {
        self.connections_or(&[USUAL_CONNECTIONS])
    }

    /// Returns the numbers of connections to measure with, or `usual` if the option is not set.
    pub fn connections_or(&self, usual: &[usize]) -> Vec<usize> {
        if self.connections.is_empty() {
            usual.to_vec()
        } else {
            self.connections.iter().copied().map(usize::from).collect()
        }
    }

    /// Describes the database engine and the machine, for the title of a report.
    pub fn describe(&self) -> String {
        let engine = match self.database_url {
            Some(_) => "PostgreSQL",
            None => "SQLite, synchronous=FULL",
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        format!("{engine}; {cores} cores")
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
        let is_there = path.is_file();
        anyhow::ensure!(
            is_there,
            "there is no server at `{}`: build it in release mode, or name one with `--server`",
            path.display()
        );
        Ok(path)
    }
}

fn seconds(text: &str) -> anyhow::Result<Duration> {
    let seconds: f64 = text.parse()?;
    let span = Duration::try_from_secs_f64(seconds).context("expected seconds, such as `0.5`")?;
    anyhow::ensure!(
        (0.01..=3600.0).contains(&seconds),
        "expected 0.01 to 3600 seconds"
    );
    Ok(span)
}
