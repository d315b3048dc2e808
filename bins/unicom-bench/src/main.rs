//! `unicom-bench`: measures unicom against the bare limits of the machine it runs on, in the same minutes.
//!
//! Figures of a shared machine say little by themselves; their ratio to a bare limit, measured in turns, says more. The
//! server is the real binary, asked over loopback by connections that are kept open; the limits do the same work without
//! HTTP, or answer without a database.

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
use crate::scenarios::{chats, claims, echo, first_sends, footprint, large, messages};
use crate::scenarios::{poll, replies, sends};

/// The server's: the limits shall not be measured with a slower one.
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
    /// Sends of visitors who have written before, beside the same rows without HTTP
    Sends,
    /// First sends of new guests, beside the same rows without HTTP
    FirstSends(first_sends::Arguments),
    /// Pages of 50 messages, beside the same pages read and serialised without HTTP
    Messages(messages::Arguments),
    /// Lists of 20 chats, beside the same lists read and serialised without HTTP
    Chats,
    /// Polls that find nothing new, beside a constant JSON from the same server
    Poll,
    /// Sends to the echo bot until it has answered them all, beside sends that nobody answers
    Echo,
    /// Sends in a database of many messages, beside sends in an empty one
    Large(large::Arguments),
    /// Messages of a dialogue, beside messages without replies
    Replies,
    /// The binary's size, the time to start, and resident memory
    Footprint,
    /// From a request's commit to its bot's start, beside the bare claim
    Claims(claims::Arguments),
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
    };
    report?.print(cli.json)
}
