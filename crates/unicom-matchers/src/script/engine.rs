//! The engine that runs scripts: the available functions and the limits.
//!
//! The engine starts with only the language's operators, and each function is registered here.
//! Rhai's packages are not used: they can sleep, and some of their functions build large values
//! before a limit is checked.

use std::ops::{Range, RangeInclusive};
use std::time::{Duration, Instant};

use rhai::{Array, Dynamic, Engine, INT, ImmutableString, OptimizationLevel};

/// Creates an engine with the language and its limits.
pub(super) fn for_compiling() -> Engine {
    let mut engine = Engine::new_raw();
    engine
        .set_optimization_level(OptimizationLevel::None)
        .set_max_operations(100_000)
        .set_max_call_levels(16)
        .set_max_expr_depths(32, 16)
        .set_max_string_size(MAX_TEXT_BYTES)
        .set_max_array_size(MAX_ITEMS)
        .set_max_map_size(1_000)
        .set_max_variables(64)
        .set_max_functions(16)
        .set_max_modules(0)
        // A mistyped name should be reported, when the script is saved if possible.
        .set_strict_variables(true)
        .set_fail_on_invalid_map_property(true)
        // A closure shares variables behind locks.
        .set_allow_anonymous_fn(false);
    for symbol in DISABLED {
        engine.disable_symbol(symbol);
    }
    engine
}

/// Creates an engine with all functions for scripts, which stops a script after `time_limit` of CPU
/// time. The thread must not have done other work before.
pub(super) fn for_running(time_limit: Duration) -> Engine {
    let mut engine = for_compiling();
    let begun = Instant::now();
    engine.on_progress(move |_| is_over(begun.elapsed(), time_limit).then_some(Dynamic::UNIT));
    add_texts(&mut engine);
    add_arrays(&mut engine);
    add_ranges(&mut engine);
    engine
}

/// Limit of elapsed time for a script that gets little CPU time, as a multiple of its limit.
const ELAPSED_FACTOR: u32 = 20;

/// Returns `true` if the script on this thread, started `elapsed` ago, has used up `limit`. On a
/// busy machine a thread may wait for a CPU longer than it runs. If the system does not report CPU
/// time, elapsed time counts.
fn is_over(elapsed: Duration, limit: Duration) -> bool {
    elapsed >= limit
        && (elapsed >= ELAPSED_FACTOR * limit || cpu_time().is_none_or(|used| used >= limit))
}

/// Returns the CPU time of this thread, if the system reports it.
#[cfg(unix)]
fn cpu_time() -> Option<Duration> {
    Duration::try_from(rustix::time::clock_gettime(
        rustix::time::ClockId::ThreadCPUTime,
    ))
    .ok()
}

#[cfg(not(unix))]
fn cpu_time() -> Option<Duration> {
    None
}

/// Maximum length of a string in bytes, and of all strings in an array or a map together.
const MAX_TEXT_BYTES: usize = 64 << 10;

/// Maximum number of items of an array, including those of nested arrays: enough for the words of a
/// long message.
const MAX_ITEMS: usize = 5_000;

/// Language features that scripts may not use. `Fn`, `curry` and `call` use functions as values: a
/// function that carries itself doubles in size with each step, and no limit counts it.
const DISABLED: [&str; 8] = [
    "eval", "import", "export", "Fn", "curry", "call", "print", "debug",
];

fn add_texts(engine: &mut Engine) {
    engine
        .register_fn("contains", |text: &str, part: &str| text.contains(part))
        .register_fn("contains", |text: &str, c: char| text.contains(c))
        .register_fn("starts_with", |text: &str, start: &str| {
            text.starts_with(start)
        })
        .register_fn("ends_with", |text: &str, end: &str| text.ends_with(end))
        .register_fn("to_lower", |text: &str| text.to_lowercase())
        .register_fn("to_upper", |text: &str| text.to_uppercase())
        .register_fn("split", split)
        .register_fn("len", text_len)
        .register_get("len", |text: &mut ImmutableString| text_len(text))
        .register_fn("is_empty", |text: &str| text.is_empty())
        .register_get("is_empty", |text: &mut ImmutableString| text.is_empty());
}

fn add_arrays(engine: &mut Engine) {
    engine
        .register_fn("contains", |array: &mut Array, text: &str| {
            let is_text = |item: &Dynamic| item.as_immutable_string_ref().is_ok_and(|s| *s == text);
            array.iter().any(is_text)
        })
        .register_fn("contains", |array: &mut Array, number: INT| {
            array.iter().any(|item| item.as_int() == Ok(number))
        })
        .register_fn("len", |array: &mut Array| count(array.len()))
        .register_get("len", |array: &mut Array| count(array.len()))
        .register_fn("is_empty", |array: &mut Array| array.is_empty())
        .register_get("is_empty", |array: &mut Array| array.is_empty())
        .register_iterator::<Array>();
}

fn add_ranges(engine: &mut Engine) {
    engine
        .register_fn("contains", |range: &mut Range<INT>, number: INT| {
            range.contains(&number)
        })
        .register_fn(
            "contains",
            |range: &mut RangeInclusive<INT>, number: INT| range.contains(&number),
        )
        .register_iterator::<Range<INT>>()
        .register_iterator::<RangeInclusive<INT>>();
}

/// Splits `text` at each separator. The result has at most one item more than an array may have,
/// which makes the script fail.
fn split(text: &str, separator: &str) -> Array {
    let parts = text.split(separator).take(MAX_ITEMS + 1);
    parts.map(|part| part.into()).collect()
}

fn text_len(text: &str) -> INT {
    count(text.chars().count())
}

fn count(len: usize) -> INT {
    INT::try_from(len).unwrap_or(INT::MAX)
}
