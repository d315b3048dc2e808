//! `unicom-fuzz TARGET FILE…`: runs a target over files, for example those in which libFuzzer found
//! an error.
//!
//! Does not need a nightly compiler.

use std::process::ExitCode;
use std::{env, fs};

use unicom_fuzz::{TARGETS, answers};

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let Some((_, target)) = TARGETS.iter().find(|(known, _)| *known == name) else {
        let names = TARGETS.map(|(name, _)| name).join(", ");
        eprintln!("usage: unicom-fuzz TARGET FILE…, where TARGET is one of {names}");
        return ExitCode::from(2);
    };
    for file in arguments {
        match fs::read(&file) {
            Ok(input) => target(&input),
            Err(error) => {
                eprintln!("unicom-fuzz: cannot read `{file}`: {error}");
                return ExitCode::FAILURE;
            }
        }
        println!("{file}: as it must be; statuses so far: {:?}", answers());
    }
    ExitCode::SUCCESS
}
