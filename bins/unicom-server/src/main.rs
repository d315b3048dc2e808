//! The binary `unicom`.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = unicom_server::Cli::parse();
    match unicom_server::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("unicom: {failure}");
            failure.exit_code()
        }
    }
}
