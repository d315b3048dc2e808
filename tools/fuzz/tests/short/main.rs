//! Short fuzzing: runs every target over its seeds and over mutations of them, which are the same
//! in every run.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod mutate;

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use fastrand::Rng;
use unicom_fuzz::{TARGETS, Target, answers};

/// The random seed, which makes every run the same.
const SEED: u64 = 0x756e_6963_6f6d;

fn seeds(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz-targets/seeds")
        .join(name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut seeds: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    seeds.sort();
    assert!(seeds.len() >= 3, "{folder:?} has too few");
    seeds
}

/// Runs a target. If it panics, prints the input.
fn run(target: Target, input: &[u8], what: &str) {
    if let Err(panic) = catch_unwind(|| target(input)) {
        println!("{what}, with {}", input.escape_ascii());
        std::panic::resume_unwind(panic);
    }
}

fn fuzz(name: &str, changes: usize) {
    let (_, target) = TARGETS.iter().find(|(known, _)| *known == name).unwrap();
    let seeds = seeds(name);
    for (path, seed) in &seeds {
        run(*target, seed, &path.display().to_string());
    }
    let mut rng = Rng::with_seed(SEED);
    let inputs: Vec<&[u8]> = seeds.iter().map(|(_, seed)| seed.as_slice()).collect();
    for number in 0..changes {
        let input = mutate::changed(&mut rng, &inputs);
        run(
            *target,
            &input,
            &format!("change {number} of seed {SEED:#x}"),
        );
    }
    println!(
        "{name}: {} seeds, {changes} changes; answers {:?}",
        seeds.len(),
        answers()
    );
}

/// Defines a test for each target.
macro_rules! fuzz {
    ($($name:ident $changes:literal),+ $(,)?) => {
        $(#[test]
        fn $name() {
            fuzz(stringify!($name), $changes);
        })+

        #[test]
        fn every_target_is_run() {
            let run = [$(stringify!($name)),+];
            assert_eq!(TARGETS.map(|(name, _)| name), run);
        }
    };
}

fuzz! {
    json_bodies 1500,
    multipart 1500,
    filters_and_cursors 1500,
    cookies_and_csrf 1500,
    live_connections 1500,
    matchers 1500,
    images 5000,
    bot_replies 1500,
    import_lines 500,
    identity_tokens 3000,
}
