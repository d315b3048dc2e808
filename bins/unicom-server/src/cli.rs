//! The command-line interface: its arguments, and the command that each subcommand runs.

use std::process::ExitCode;

use clap::{Args, FromArgMatches, Subcommand};
use unicom_core::platform::PlatformContext;
use unicom_outbound::{Outbound, OutboundOptions};

use crate::commands::{
    Context, account, audit, backup, bot, category, channel, check, delivery, describe, export,
    group, import, media, member, migrate, quickstart, request, restore, retention, send, serve,
    token, user, widget,
};
use crate::output::{Format, note};
use crate::parts::Parts;
use crate::paths::check_links;
use crate::settings::environment;
use crate::{App, Failure, Options, Settings, logging};

/// The arguments that every command takes.
#[derive(Debug, Args)]
struct Common {
    /// Print JSON
    #[arg(long, global = true)]
    json: bool,

    #[command(flatten, next_help_heading = "Settings")]
    options: Options,
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
    Check(check::Arguments),
    /// Manage channels
    #[command(subcommand)]
    Channel(channel::Command),
    /// Put the chat on pages, also of other sites, and let sites identify their users
    #[command(subcommand)]
    Widget(widget::Command),
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

impl App {
    /// Runs the command that the arguments of the process name. Prints the reason of a failure to
    /// standard error and returns the exit code: 2 for wrong usage, 1 for any other failure.
    pub fn run(self) -> ExitCode {
        match run(&self) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => {
                note(format_args!("{}: {failure}", self.name));
                failure.exit_code()
            }
        }
    }
}

/// Returns the whole command line of `app`.
fn command_line(app: &App) -> clap::Command {
    let line = clap::Command::new(app.name)
        .version(app.version)
        .about("A web chat backend in one binary")
        .subcommand_required(true)
        .arg_required_else_help(true);
    let line = Command::augment_subcommands(Common::augment_args(line));
    let line = describe::Command::augment_subcommands(line);
    let outbound = Outbound::new(OutboundOptions::default());
    let platforms = app.parts.platforms(&PlatformContext::default(), &outbound);
    let line = line.mut_subcommand("channel", |channel| channel::describe(channel, &platforms));
    let own = app.commands.iter().map(|own| own.command.clone());
    environment::ignore_empty(own.fold(line, clap::Command::subcommand))
}

/// Runs the command that the arguments of the process name.
fn run(app: &App) -> Result<(), Failure> {
    let line = command_line(app);
    let arguments = line.clone().get_matches();
    let own = arguments.subcommand().and_then(|(name, arguments)| {
        let mut all = app.commands.iter();
        let own = all.find(|own| own.command.get_name() == name)?;
        Some((own, arguments))
    });
    if own.is_none()
        && let Ok(command) = describe::Command::from_arg_matches(&arguments)
    {
        return describe::run(line, command);
    }
    let common = Common::from_arg_matches(&arguments).unwrap_or_else(|error| error.exit());
    // Problems with the settings are not logged, because the format of the log is itself a setting.
    let settings = Settings::load(common.options.with_environment()?)?;
    check_links(&settings)?;
    logging::begin(settings.log_format, &settings.log, &settings.security_log);
    for sentence in environment::unknown(&line) {
        log::warn!("{sentence}");
    }
    let format = if common.json {
        Format::Json
    } else {
        Format::Text
    };
    if let Some((own, arguments)) = own {
        return (own.run)(&Context::open(&app.parts, &settings, format)?, arguments);
    }
    let command = Command::from_arg_matches(&arguments).unwrap_or_else(|error| error.exit());
    run_command(&app.parts, &settings, format, command)
}

fn run_command(
    parts: &Parts,
    settings: &Settings,
    format: Format,
    command: Command,
) -> Result<(), Failure> {
    let context = || Context::open(parts, settings, format);
    match command {
        Command::Quickstart => quickstart::run(parts, settings),
        Command::Serve => serve::run(parts, settings),
        Command::Migrate => migrate::run(settings, format),
        Command::Check(arguments) => check::run(parts, settings, format, &arguments),
        Command::Channel(command) => channel::run(&context()?, command),
        Command::Widget(command) => widget::run(&context()?, command),
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
        Command::Backup(arguments) => backup::run(settings, format, &arguments),
        Command::Restore(arguments) => restore::run(settings, format, &arguments),
        Command::Export(arguments) => export::run(settings, format, &arguments),
        Command::Import(arguments) => import::run(settings, format, &arguments),
    }
}
