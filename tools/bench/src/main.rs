//! `unicom-bench`: measures unicom against the bare limits of the machine, within the same minutes.
//!
//! Absolute figures from a shared machine say little. Their ratio to a bare limit, measured in
//! alternating runs, says more. The server is the real binary and receives its requests over
//! persistent loopback connections. The limits do the same work without HTTP, or answer without a
//! database.

mod bare;
mod fixture;
mod options;
mod report;
mod run;
mod scenarios;
mod server;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;
use unicom_bench::{fill, http, interrupt, launch, process, scratch_db, summary};

use crate::options::Options;
use crate::scenarios::{chats, claims, echo, first_sends, footprint, large, live, messages};
use crate::scenarios::{nchan, poll, replies, sends};

/// The allocator that the server uses, so that a slower one does not distort the limits.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Measures unicom against the bare limits of the machine it runs on
#[derive(Debug, Parser)]
#[command(name = "unicom-bench", version)]
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
    /// Every scenario, one report after the other
    All,
    /// Sends of visitors who have written before, compared with the same rows without HTTP
    Sends,
    /// First sends of new guests, compared with the same rows without HTTP
    FirstSends(first_sends::Arguments),
    /// Pages of 50 messages, compared with the same pages read and serialised without HTTP
    Messages(messages::Arguments),
    /// Lists of 20 chats, compared with the same lists read and serialised without HTTP
    Chats,
    /// Polls that find nothing new, compared with a constant JSON response of the same server
    Poll,
    /// Sends to the echo bot until it has answered them all, compared with sends without a bot
    Echo,
    /// Sends in a database with many messages, compared with sends in an empty one
    Large(large::Arguments),
    /// Messages with replies, compared with messages without replies
    Replies,
    /// The size of the binary, the start-up time, and the resident memory
    Footprint,
    /// The time from a request's commit to its bot's start, compared with the bare claim
    Claims(claims::Arguments),
    /// The memory of idle live connections, and the time until a message is at its listeners,
    /// compared with a server that writes the same bytes to every connection
    Live(live::Arguments),
    /// Live connections beside nchan, a module of nginx that passes messages on; needs both
    Nchan(nchan::Arguments),
}

fn main() -> anyhow::Result<()> {
    env_logger::Builder::from_env(env_logger::Env::new().filter_or("UNICOM_LOG", "warn")).init();
    let cli = Cli::parse();
    interrupt::listen()?;
    let options = &cli.options;
    let report = match &cli.command {
        Command::All => return scenarios::all(options, cli.json),
        Command::Sends => sends::run(options),
        Command::FirstSends(arguments) => first_sends::run(options, arguments),
        Command::Messages(arguments) => messages::run(options, arguments),
        Command::Chats => chats::run(options),
        Command::Poll => poll::run(options),
        Command::Echo => echo::run(options),
        Command::Large(arguments) => large::run(options, arguments),
        Command::Replies => replies::run(options),
        Command::Footprint => footprint::run(options),
        Command::Claims(arguments) => claims::run(options, arguments),
        Command::Live(arguments) => live::run(options, arguments),
        Command::Nchan(arguments) => nchan::run(options, arguments),
    };
    report?.print(cli.json)
}
