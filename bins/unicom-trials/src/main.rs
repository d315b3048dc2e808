//! `unicom-trials`: kills unicom's server, cuts its power, overloads it and leaves it a backlog, and looks whether anything
//! that its visitors were told is stored is missing, stored twice or never answered. `docs/TRIALS.md` has the figures.
//!
//! The server is the real binary. The visitors are clients as a page's scripts should be: they keep a connection, give
//! every message an id of its own, and send it again under that id when no answer comes.

mod ack_log;
mod backlog;
mod client;
mod connection;
mod database;
mod kills;
mod layout;
mod options;
mod overload;
mod power;
mod readback;
mod report;
mod row;
mod server;
mod verdict;
mod visitors;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::options::{OnDatabase, Options};

/// Kills unicom's server, cuts its power and overloads it, and looks whether anything acknowledged is lost
#[derive(Debug, Parser)]
#[command(name = "unicom-trials", version)]
struct Cli {
    #[command(flatten)]
    options: Options,

    /// Print JSON
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Kill the server with SIGKILL while visitors write and while it starts
    Kills(OnDatabase),
    /// Cut the power of a server on SQLite: what was not synced is lost, or torn (Linux)
    PowerCuts,
    /// Ask for several times as much as the server can do
    Overload(overload::Arguments),
    /// Start with many requests that wait for their answers
    Backlog(backlog::Arguments),
}

/// The exit code says whether every figure is as it must be.
fn main() -> anyhow::Result<ExitCode> {
    env_logger::Builder::from_env(env_logger::Env::new().filter_or("UNICOM_LOG", "warn")).init();
    let cli = Cli::parse();
    unicom_bench::interrupt::listen()?;
    let report = match &cli.command {
        Command::Kills(on) => kills::run(&cli.options, on),
        Command::PowerCuts => power::run(&cli.options),
        Command::Overload(arguments) => overload::run(&cli.options, arguments),
        Command::Backlog(arguments) => backlog::run(&cli.options, arguments),
    }?;
    report.print(cli.json)?;
    Ok(if report.is_met() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
