//! The `unicom` binary.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use unicom_server::App;

/// The global allocator of the Rust code, and also of SQLite (docs/decisions/0014).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    App::default().run()
}
