//! Scripts in Rhai, with limits on time, depth and size.

mod engine;
mod view;

#[cfg(test)]
mod tests;

use std::fmt::Display;
use std::thread;
use std::time::Duration;

use rhai::{AST, EvalAltResult};

use unicom_core::matchers::{CategoryMatcher, InvalidMatcher, MatchInput};

/// A compiled script that decides if a message belongs to a category.
pub(super) struct Script(AST);

impl Script {
    pub(super) fn new(source: &str) -> Result<Self, InvalidMatcher> {
        let source = source.trim_end();
        if source.is_empty() || source.len() > MAX_SOURCE_BYTES {
            return Err(InvalidMatcher(format!(
                "`source` has {} bytes: expected 1 to {MAX_SOURCE_BYTES}",
                source.len()
            )));
        }
        engine::for_compiling()
            .compile_with_scope(&view::names(), source)
            .map(Self)
            .map_err(|error| {
                InvalidMatcher(format!("`source` is not a script: {}", sentence(&error)))
            })
    }
}

impl CategoryMatcher for Script {
    fn matches(&self, input: &MatchInput) -> Result<bool, String> {
        on_own_stack(|| {
            let engine = engine::for_running(TIME_LIMIT);
            let result = engine.eval_ast_with_scope(&mut view::constants(input), &self.0);
            result.map_err(|error: Box<EvalAltResult>| failure(&error))
        })
    }
}

/// Maximum length of a script in bytes.
const MAX_SOURCE_BYTES: usize = 10_000;

/// Maximum CPU time of a script.
const TIME_LIMIT: Duration = Duration::from_millis(50);

/// Stack size of a script's thread in bytes. Memory is allocated only as it is used.
const STACK_BYTES: usize = 16 << 20;

/// Maximum length in characters of the message about a script's error. A script may throw a long
/// one.
const MAX_SENTENCE_CHARS: usize = 200;

/// Runs a script on a separate thread.
///
/// A stack overflow ends the process, and the depth limits hold only for the stack size that they
/// were measured with. How much is left on the stack of the caller is unknown. Panics are caught
/// here too.
fn on_own_stack(run: impl FnOnce() -> Result<bool, String> + Send) -> Result<bool, String> {
    thread::scope(|scope| {
        thread::Builder::new()
            .name("unicom-script".to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, run)
            .map_err(|error| format!("no thread for the script: {error}"))?
            .join()
            .unwrap_or_else(|_panic| Err("the script panicked".to_owned()))
    })
}

fn failure(error: &EvalAltResult) -> String {
    match error.unwrap_inner() {
        EvalAltResult::ErrorTerminated(..) => {
            format!("the script took longer than {} ms", TIME_LIMIT.as_millis())
        }
        EvalAltResult::ErrorMismatchOutputType(_, given, _) => {
            format!("the script gave a value of type `{given}`: expected true or false")
        }
        _ => format!("the script failed: {}", sentence(error)),
    }
}

/// Returns the error message of Rhai, as part of a sentence.
fn sentence(error: &impl Display) -> String {
    let error = error.to_string().replace('\n', ", ");
    let mut chars = error.chars();
    let first = chars.next().map(|c| c.to_ascii_lowercase());
    first
        .into_iter()
        .chain(chars)
        .take(MAX_SENTENCE_CHARS)
        .collect()
}
