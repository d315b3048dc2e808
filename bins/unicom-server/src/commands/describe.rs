//! The commands `unicom completions` and `unicom man`, which describe the command line itself.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::Failure;
use crate::output::say;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print a script that completes commands and options in a shell
    Completions {
        /// The shell that loads the script
        shell: Shell,
    },
    /// Write the manual pages, one for each command, to a folder
    Man {
        /// The folder, which is created if it does not exist
        folder: PathBuf,
    },
}

/// Runs a command on the command line `line`. Needs neither settings nor a database.
pub(crate) fn run(mut line: clap::Command, command: Command) -> Result<(), Failure> {
    match command {
        Command::Completions { shell } => {
            let (name, mut script) = (line.get_name().to_owned(), Vec::new());
            clap_complete::generate(shell, &mut line, name, &mut script);
            say(String::from_utf8_lossy(&script).trim_end())
        }
        Command::Man { folder } => write_pages(line, &folder).map_err(|error| {
            Failure::Failed(format!("cannot write to `{}`: {error}", folder.display()))
        }),
    }
}

fn write_pages(line: clap::Command, folder: &Path) -> io::Result<()> {
    let version = line.get_version().unwrap_or_default();
    let (source, see) = (
        format!("{} {version}", line.get_name()),
        format!("The settings are described in {}(1).", line.get_name()),
    );
    let mut line = line.disable_help_subcommand(true);
    line.build();
    fs::create_dir_all(folder)?;
    let mut commands = vec![line];
    while let Some(command) = commands.pop() {
        // Every command has the settings. One page describes them.
        commands.extend(command.get_subcommands().map(|below| {
            let hide = |arg: clap::Arg| match arg.is_global_set() {
                true => arg.hide(true),
                false => arg,
            };
            let after = below
                .get_after_help()
                .map(|help| format!("{help}\n\n{see}"));
            let after = after.unwrap_or_else(|| see.clone());
            below.clone().mut_args(hide).after_help(after)
        }));
        Man::new(command).source(&source).generate_to(folder)?;
    }
    Ok(())
}
