//! The command line: what it takes, and which command it leads to.

use clap::{Parser, Subcommand};

use crate::commands::{
    account, audit, backup, bot, category, channel, check, delivery, export, group, import, media,
    member, migrate, quickstart, request, restore, retention, send, serve, token, user,
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
    /// Manage members: the people behind accounts
    #[command(subcommand)]
    Member(member::Command),
    /// Manage groups of members
    #[command(subcommand)]
    Group(group::Command),
    /// Manage categories of requests
    #[command(subcommand)]
    Category(category::Command),
    /// Manage bots: kinds of bots with settings, under names
    #[command(subcommand)]
    Bot(bot::Command),
    /// Manage the tokens with which programs speak for a user
    #[command(subcommand)]
    Token(token::Command),
    /// Send a message to a chat
    Send(send::Arguments),
    /// Look at requests, and try failed ones again
    #[command(subcommand)]
    Request(request::Command),
    /// Look at deliveries to platforms, and try dead ones again
    #[command(subcommand)]
    Delivery(delivery::Command),
    /// Look at what was done by those who manage unicom
    #[command(subcommand)]
    Audit(audit::Command),
    /// Delete what is older than its channel keeps it
    #[command(subcommand)]
    Retention(retention::Command),
    /// Look after the files of messages
    #[command(subcommand)]
    Media(media::Command),
    /// Copy a SQLite database to a file, also while a server works with it
    Backup(backup::Arguments),
    /// Put a copy that `backup` made in the place of the SQLite database; stop the server first
    Restore(restore::Arguments),
    /// Write everything in the database as lines of JSON, which either engine can take in
    Export(export::Arguments),
    /// Take what `export` wrote into an empty database
    Import(import::Arguments),
}

/// Does what the command line says.
///
/// # Errors
/// [`Failure`] says why not, and with which exit code to end.
pub fn run(cli: Cli) -> Result<(), Failure> {
    // What is wrong with the settings is no line of the log: how that looks is a setting.
    let settings = Settings::load(cli.options.with_environment()?)?;
    check_links(&settings)?;
    logging::begin(settings.log_format, &settings.log, &settings.security_log);
    let format = if cli.json { Format::Json } else { Format::Text };
    match cli.command {
        Command::Quickstart => quickstart::run(&settings),
        Command::Serve => serve::run(&settings),
        Command::Migrate => migrate::run(&settings, format),
        Command::Check => check::run(&settings, format),
        Command::Channel(command) => channel::run(&settings, format, command),
        Command::User(command) => user::run(&settings, format, command),
        Command::Account(command) => account::run(&settings, format, command),
        Command::Member(command) => member::run(&settings, format, command),
        Command::Group(command) => group::run(&settings, format, command),
        Command::Category(command) => category::run(&settings, format, command),
        Command::Bot(command) => bot::run(&settings, format, command),
        Command::Token(command) => token::run(&settings, format, command),
        Command::Send(arguments) => send::run(&settings, format, arguments),
        Command::Request(command) => request::run(&settings, format, command),
        Command::Delivery(command) => delivery::run(&settings, format, command),
        Command::Audit(command) => audit::run(&settings, format, command),
        Command::Retention(command) => retention::run(&settings, format, command),
        Command::Media(command) => media::run(&settings, format, command),
        Command::Backup(arguments) => backup::run(&settings, format, &arguments),
        Command::Restore(arguments) => restore::run(&settings, format, &arguments),
        Command::Export(arguments) => export::run(&settings, format, &arguments),
        Command::Import(arguments) => import::run(&settings, format, &arguments),
    }
}
