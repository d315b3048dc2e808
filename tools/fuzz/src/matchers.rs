//! Fuzzes category matchers that admins write, with texts that visitors write.

use std::time::{Duration, Instant};

use unicom_core::matchers::{MatchInput, MatcherCompiler};
use unicom_matchers::Matchers;

use crate::input::first_line;

/// The time limit for an input: a script is stopped after 50 ms, but the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(10);

/// Parses the first line of the input as a message's text, and the rest as a matcher's JSON.
///
/// Compiling and evaluating the matcher must end soon, with a result or an error, and must not
/// panic.
pub fn matchers(data: &[u8]) {
    let (text, matcher) = first_line(data);
    let Ok(matcher) = serde_json::from_slice(matcher) else {
        return;
    };
    let began = Instant::now();
    let known = Matchers::default().with("vip", |_: &MatchInput| Ok(true));
    match known.compile(&matcher) {
        Err(error) => assert_tells(&error.to_string()),
        Ok(compiled) => {
            let input = MatchInput::of_visitor(String::from_utf8_lossy(text));
            if let Err(reason) = compiled.matches(&input) {
                assert_tells(&reason);
            }
        }
    }
    assert!(began.elapsed() < PATIENCE, "it took {:?}", began.elapsed());
}

/// Checks an error. A panic in a script's thread would appear as an error that mentions it.
fn assert_tells(told: &str) {
    assert!(!told.contains("panicked"), "{told}");
    assert!(told.len() < 10_000, "{} bytes: {told}", told.len());
}
