//! `unicom-bench`: measures unicom against the bare limits of the machine it runs on, in the same minutes.
//!
//! Figures of a shared machine say little by themselves; their ratio to a bare limit, measured in turns, says more.

mod claims;
mod report;
mod spread;
mod stage;

use clap::{Parser, Subcommand};

/// Measures unicom against the bare limits of the machine it runs on
#[derive(Debug, Parser)]
#[command(name = "unicom-bench", version)]
struct Cli {
    /// The PostgreSQL server to measure on: postgres://USER@HOST/NAME, an empty database [default: SQLite in a
    /// temporary folder]
    #[arg(long, env = "UNICOM_BENCH_DATABASE_URL", global = true)]
    database_url: Option<String>,

    /// Pairs of runs, the subject and its bare limit in turns
    #[arg(long, default_value_t = 5, global = true, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pairs: u32,

    /// Print JSON
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// From a request's commit to its bot's start, beside the bare claim
    Claims(claims::Arguments),
}

fn main() -> anyhow::Result<()> {
    env_logger::Builder::from_env(env_logger::Env::new().filter_or("UNICOM_LOG", "warn")).init();
    let cli = Cli::parse();
    let stage = stage::Stage::new(cli.database_url.as_deref())?;
    let report = match cli.command {
        Command::Claims(arguments) => claims::run(&stage, cli.pairs, &arguments)?,
    };
    report.print(cli.json)
}
