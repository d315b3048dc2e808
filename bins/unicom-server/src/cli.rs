//! The command-line interface: its arguments, and the command that each subcommand runs.

use clap::{Parser, Subcommand};

use crate::commands::{
    Context, account, audit, backup, bot, category, channel, check, delivery, export, group,
    import, media, member, migrate, quickstart, request, restore, retention, send, serve, token,
    user,
};
use crate::output::Format;
use crate::paths::check_links;
use crate::{Failure, Options, Settings, logging};

/// A web chat backend in one binary.
#[derive(Debug, Parser)]
#[command(name = "unicom", version)]
pub struct Cli {
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,

    #[command(flatten, next_help_heading = "Settings")]
    options: Options,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Create a database with a WebChat channel, the echo bot and the users alice and bob, start
    /// serving, and print what to try
    Quickstart,
    /// Serve the web chat and run the bots
    Serve,
    /// Run the pending database migrations
    Migrate,
    /// Check the configuration, the database and the channels; the exit code is 0 if all checks
    /// pass
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
    /// Manage members: the people behind accounts
    #[command(subcommand)]
    Member(member::Command),
    /// Manage groups of members
    #[command(subcommand)]
    Group(group::Command),
    /// Manage categories of requests
    #[command(subcommand)]
    Category(category::Command),
    /// Manage bots: kinds of bots with settings, each under a name
    #[command(subcommand)]
    Bot(bot::Command),
    /// Manage API tokens, with which programs act for a user
    #[command(subcommand)]
    Token(token::Command),
    /// Send a message to a chat
    Send(send::Arguments),
    /// List requests and retry failed ones
    #[command(subcommand)]
    Request(request::Command),
    /// List deliveries to platforms and retry dead ones
    #[command(subcommand)]
    Delivery(delivery::Command),
    /// Show the audit trail of admin actions
    #[command(subcommand)]
    Audit(audit::Command),
    /// Delete data that is older than its channel's retention period
    #[command(subcommand)]
    Retention(retention::Command),
    /// Manage the files of messages
    #[command(subcommand)]
    Media(media::Command),
    /// Copy a SQLite database to a file, even while a server is using it
    Backup(backup::Arguments),
    /// Replace the SQLite database with a copy made by `backup`; stop the server first
    Restore(restore::Arguments),
    /// Export the whole database as lines of JSON, which either engine can import
    Export(export::Arguments),
    /// Import the output of `export` into an empty database
    Import(import::Arguments),
}

/// Runs the command that the command line names.
///
/// # Errors
/// Returns a [`Failure`] with the reason and the exit code.
pub fn run(cli: Cli) -> Result<(), Failure> {
    // Problems with the settings are not logged, because the format of the log is itself a setting.
    let settings = Settings::load(cli.options.with_environment()?)?;
    check_links(&settings)?;
    logging::begin(settings.log_format, &settings.log, &settings.security_log);
    let format = if cli.json { Format::Json } else { Format::Text };
    let context = || Context::open(&settings, format);
    match cli.command {
        Command::Quickstart => quickstart::run(&settings),
        Command::Serve => serve::run(&settings),
        Command::Migrate => migrate::run(&settings, format),
        Command::Check => check::run(&settings, format),
        Command::Channel(command) => channel::run(&context()?, command),
        Command::User(command) => user::run(&context()?, command),
        Command::Account(command) => account::run(&context()?, command),
        Command::Member(command) => member::run(&context()?, command),
        Command::Group(command) => group::run(&context()?, command),
        Command::Category(command) => category::run(&context()?, command),
        Command::Bot(command) => bot::run(&context()?, command),
        Command::Token(command) => token::run(&context()?, command),
        Command::Send(arguments) => send::run(&context()?, arguments),
        Command::Request(command) => request::run(&context()?, command),
        Command::Delivery(command) => delivery::run(&context()?, command),
        Command::Audit(command) => audit::run(&context()?, command),
        Command::Retention(command) => retention::run(&context()?, command),
        Command::Media(command) => media::run(&context()?, command),
        Command::Backup(arguments) => backup::run(&settings, format, &arguments),
        Command::Restore(arguments) => restore::run(&settings, format, &arguments),
        Command::Export(arguments) => export::run(&settings, format, &arguments),
        Command::Import(arguments) => import::run(&settings, format, &arguments),
    }
}
