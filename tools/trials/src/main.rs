//! `unicom-trials`: kills unicom's server, cuts its power and its connections, overloads it and
//! gives it a backlog.
//!
//! Then it checks whether any acknowledged message is lost, stored twice or never answered.
//! `docs/TRIALS.md` has the figures.
//!
//! The server is the real binary. The visitors behave as a page's scripts should: they keep a
//! connection open, give every message a unique id, and send it again with that id if no response
//! arrives.

mod ack_log;
mod backlog;
mod client;
mod connection;
mod cuts;
mod database;
mod herd;
mod http;
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

/// Kills unicom's server, cuts its power and its connections and overloads it, and checks that
/// nothing acknowledged is lost and readers miss nothing
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
    /// Cut the power of a server on SQLite: unsynced data is lost or torn (Linux)
    PowerCuts,
    /// Cut live connections while visitors write, and kill servers; `--rounds` is the least number
    /// of cuts
    Cuts(OnDatabase),
    /// Send several times as many requests as the server can answer
    Overload(overload::Arguments),
    /// Keep many WebSockets open, wake them, and let all of them connect again at the same time
    Herd(herd::Arguments),
    /// Start the server with many pending requests
    Backlog(backlog::Arguments),
}

/// Runs a trial. The exit code is 0 if every figure meets its goal.
fn main() -> anyhow::Result<ExitCode> {
    env_logger::Builder::from_env(env_logger::Env::new().filter_or("UNICOM_LOG", "warn")).init();
    let cli = Cli::parse();
    unicom_bench::interrupt::listen()?;
    let report = match &cli.command {
        Command::Kills(on) => kills::run(&cli.options, on),
        Command::PowerCuts => power::run(&cli.options),
        Command::Cuts(on) => cuts::run(&cli.options, on),
        Command::Overload(arguments) => overload::run(&cli.options, arguments),
        Command::Herd(arguments) => herd::run(&cli.options, arguments),
        Command::Backlog(arguments) => backlog::run(&cli.options, arguments),
    }?;
    report.print(cli.json)?;
    Ok(if report.is_met() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
