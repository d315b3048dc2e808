//! The environment variables of the options: empty ones count as unset, and unknown ones are named.
//!
//! An empty secret key is refused instead, as any other that is too short: an operator who sets the
//! variable relies on it, for example to have one key on several machines.

use std::ffi::OsStr;

use clap::builder::Resettable;
use clap::{Arg, Command};
use unicom_core::secrets::CHANNEL_SECRETS;

use super::config_file::SECRET_KEY;
use crate::most_like::most_like;

/// The prefix of the environment variables that this program reads.
const PREFIX: &str = "UNICOM_";

/// The prefixes of the secrets of bots and channels, which may have any name.
const SECRETS: [&str; 2] = ["UNICOM_BOT_", CHANNEL_SECRETS];

/// Returns the command line with the options, and those of its commands, unaffected by variables
/// that are empty: container systems set a variable without a value where it is to be left out.
pub(crate) fn ignore_empty(line: Command) -> Command {
    let line = line.mut_args(|argument| match argument.get_env() {
        Some(name) if is_empty(name) => argument.env(Resettable::Reset),
        _ => argument,
    });
    line.mut_subcommands(ignore_empty)
}

fn is_empty(name: &OsStr) -> bool {
    std::env::var_os(name).is_some_and(|value| value.to_string_lossy().trim().is_empty())
}

/// Returns a sentence for each variable of the environment that looks like an option and is none.
pub(crate) fn unknown(line: &Command) -> Vec<String> {
    let mut known = vec![SECRET_KEY.to_owned()];
    collect(line, &mut known);
    let mut names: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| {
            name.starts_with(PREFIX) && !known.contains(name) && !is_empty(name.as_ref())
        })
        .filter(|name| !SECRETS.iter().any(|prefix| name.starts_with(prefix)))
        .collect();
    names.sort();
    let sentence = |name: String| match most_like(&name, known.clone()) {
        Some(meant) => {
            format!("the environment variable `{name}` has no effect: did you mean `{meant}`?")
        }
        None => format!(
            "the environment variable `{name}` has no effect: `--help` lists those that have"
        ),
    };
    names.into_iter().map(sentence).collect()
}

/// Adds the variables of the options of a command and of its subcommands.
fn collect(line: &Command, known: &mut Vec<String>) {
    let name = |argument: &Arg| Some(argument.get_env()?.to_string_lossy().into_owned());
    known.extend(line.get_arguments().filter_map(name));
    line.get_subcommands()
        .for_each(|command| collect(command, known));
}
