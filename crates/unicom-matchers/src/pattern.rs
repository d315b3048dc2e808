//! Regular expressions of the `regex` crate, whose matching time is linear in the length of the
//! text.

use regex::{Error, Regex, RegexBuilder};

use unicom_core::matchers::InvalidMatcher;

/// Compiles an expression that is searched for in a text.
pub(super) fn compile(pattern: &str, case_sensitive: bool) -> Result<Regex, InvalidMatcher> {
    let chars = pattern.chars().count();
    if chars == 0 || chars > MAX_CHARS {
        return Err(InvalidMatcher(format!(
            "`pattern` has {chars} characters: expected 1 to {MAX_CHARS}"
        )));
    }
    RegexBuilder::new(pattern)
        .case_insensitive(!case_sensitive)
        .size_limit(MAX_BYTES)
        .dfa_size_limit(MAX_BYTES)
        .nest_limit(MAX_NESTING)
        .build()
        .map_err(|error| match error {
            Error::CompiledTooBig(_) => InvalidMatcher(format!(
                "`pattern` needs more than {MAX_BYTES} bytes: expected fewer repetitions"
            )),
            error => InvalidMatcher(format!(
                "`pattern` is not a regular expression: {}",
                cause(&error.to_string())
            )),
        })
}

/// Maximum length of an expression in characters.
const MAX_CHARS: usize = 1_000;

/// Maximum size in bytes of a compiled expression, and of the cache of each thread that uses it.
/// The slowest expression within this limit takes a second or two for 16 KiB of text.
const MAX_BYTES: usize = 1 << 20;

/// Maximum nesting depth of groups.
const MAX_NESTING: u32 = 50;

/// Returns the last line of a syntax error. The lines before it show the expression.
fn cause(error: &str) -> &str {
    let line = error.lines().last().unwrap_or(error);
    line.strip_prefix("error: ").unwrap_or(line)
}
