//! The `unicom` binary.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

/// The global allocator of the Rust code, and also of SQLite (docs/decisions/0014).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

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
