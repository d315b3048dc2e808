//! Regular expressions, of the crate whose time grows with the text and never explodes.

use regex::{Error, Regex, RegexBuilder};

use super::MatcherError;

/// An expression to find in a text.
pub(super) fn compile(pattern: &str, case_sensitive: bool) -> Result<Regex, MatcherError> {
    let chars = pattern.chars().count();
    if chars == 0 || chars > MAX_CHARS {
        return Err(MatcherError::Invalid(format!(
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
            Error::CompiledTooBig(_) => MatcherError::Invalid(format!(
                "`pattern` needs more than {MAX_BYTES} bytes: expected fewer repetitions"
            )),
            error => MatcherError::Invalid(format!(
                "`pattern` is not a regular expression: {}",
                cause(&error.to_string())
            )),
        })
}

/// The longest expression in characters.
const MAX_CHARS: usize = 1_000;

/// What an expression may need once it is compiled, and each thread that uses it for its cache, in bytes. The worst
/// that fits takes a second or two for 16 KiB of text.
const MAX_BYTES: usize = 1 << 20;

/// How deep groups may stand in each other.
const MAX_NESTING: u32 = 50;

/// The last line of a syntax error; those before it draw the expression.
fn cause(error: &str) -> &str {
    let line = error.lines().last().unwrap_or(error);
    line.strip_prefix("error: ").unwrap_or(line)
}
