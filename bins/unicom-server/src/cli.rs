//! The command line: what it takes, and which command it leads to.

use clap::{Parser, Subcommand};

use crate::commands::{account, channel, check, migrate, quickstart, request, send, serve, user};
use crate::output::Format;
use crate::{Failure, Options, Settings};

/// A web chat backend in one binary.
#[derive(Debug, Parser)]
#[command(name = "unicom", version)]
pub struct Cli {
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
    /// Make a database with a WebChat channel, the echo bot and the users alice and bob; serve; say what to try
    Quickstart,
    /// Serve the web chat, and let bots answer
    Serve,
    /// Bring the database's tables up to date
    Migrate,
    /// Look the configuration, the database and the channels over; the exit code says whether all is well
    Check,
    /// Manage channels
    #[command(subcommand)]
    Channel(channel::Command),
    /// Manage the users who can log in
    #[command(subcommand)]
    User(user::Command),
    /// Manage the accounts of visitors
    #[command(subcommand)]
    Account(account::Command),
    /// Send a message to a chat
    Send(send::Arguments),
    /// Look at requests, and try failed ones again
    #[command(subcommand)]
    Request(request::Command),
}

/// Does what the command line says.
///
/// # Errors
/// [`Failure`] says why not, and with which exit code to end.
pub fn run(cli: Cli) -> Result<(), Failure> {
    env_logger::Builder::from_env(env_logger::Env::new().filter_or("UNICOM_LOG", "info")).init();
    let settings = Settings::load(cli.options)?;
    let format = if cli.json { Format::Json } else { Format::Text };
    match cli.command {
        Command::Quickstart => quickstart::run(&settings),
        Command::Serve => serve::run(&settings),
        Command::Migrate => migrate::run(&settings, format),
        Command::Check => check::run(&settings, format),
        Command::Channel(command) => channel::run(&settings, format, command),
        Command::User(command) => user::run(&settings, format, command),
        Command::Account(command) => account::run(&settings, format, command),
        Command::Send(arguments) => send::run(&settings, format, arguments),
        Command::Request(command) => request::run(&settings, format, command),
    }
}
