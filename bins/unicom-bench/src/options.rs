//! What is measured on, how long and how often: the same for every scenario.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;

/// Connections that a goal is about, where it names any.
pub const USUAL_CONNECTIONS: usize = 64;

/// How long a run takes.
const USUAL_SPAN: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The PostgreSQL server to measure on: postgres://USER@HOST/NAME, of a user who may create databases [default:
    /// SQLite in a temporary folder]
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

    /// The server's binary [default: `unicom` beside this one]
    #[arg(long, global = true)]
    server: Option<PathBuf>,

    /// Pairs of runs, the subject and its bare limit in turns
    #[arg(long, default_value_t = 5, global = true, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub pairs: u32,

    /// Seconds that each run takes [default: 3; of claims 5; of the load before memory is read 60]
    #[arg(long, global = true, value_parser = seconds)]
    seconds: Option<Duration>,

    /// Connections to the server, each with a session of its own; several numbers, separated by commas, are measured one
    /// after the other [default: 64]
    #[arg(long, global = true, value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..=1000))]
    connections: Vec<u16>,
}

impl Options {
    /// How long a run takes, where nothing else is usual.
    pub fn span(&self) -> Duration {
        self.span_or(USUAL_SPAN)
    }

    /// How long a run takes, where this is usual.
    pub fn span_or(&self, usual: Duration) -> Duration {
        self.seconds.unwrap_or(usual)
    }

    /// The numbers of connections to measure with.
    pub fn connections(&self) -> Vec<usize> {
        self.connections_or(&[USUAL_CONNECTIONS])
    }

    /// The numbers of connections to measure with, where these are usual.
    pub fn connections_or(&self, usual: &[usize]) -> Vec<usize> {
        if self.connections.is_empty() {
            usual.to_vec()
        } else {
            self.connections.iter().copied().map(usize::from).collect()
        }
    }

    /// What is measured on, for the title of a report.
    pub fn describe(&self) -> String {
        let engine = match self.database_url {
            Some(_) => "PostgreSQL",
            None => "SQLite, synchronous=FULL",
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        format!("{engine}; {cores} cores")
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
