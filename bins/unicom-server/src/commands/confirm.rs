//! The question before a command deletes something.

use std::io::IsTerminal;

use clap::Args;

use crate::Failure;
use crate::output::{ask, note};
use crate::printable::printable;

#[derive(Debug, Args)]
pub(crate) struct Confirm {
    /// Do not ask for confirmation
    #[arg(long)]
    yes: bool,
}

impl Confirm {
    /// Asks the question, unless `--yes` answers it. Fails if the answer is not yes, or if there is
    /// no terminal.
    pub fn ask(&self, question: impl FnOnce() -> Result<String, Failure>) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
            return Err(Failure::Usage(
                "this cannot be undone: confirm it with `--yes`".to_owned(),
            ));
        }
        ask(format_args!("{} [y/N]", printable(&question()?)));
        let mut answer = String::new();
        if std::io::stdin().read_line(&mut answer)? == 0 {
            note("");
        }
        match answer.trim().to_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(Failure::Failed("nothing was changed".to_owned())),
        }
    }
}
