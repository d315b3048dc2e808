//! Runs: alternating measurements of a subject and of its limit.

use std::time::{Duration, Instant};

use crate::interrupt;
use crate::options::Options;
use crate::process::Meter;
use crate::summary::Percentiles;

/// The longest duration of the warm-up, which fills caches and prepares statements and does not
/// count.
const WARM_UP: Duration = Duration::from_secs(1);

/// The result of one run.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// The operations per second.
    pub rate: f64,
    /// The CPU time of the whole process per operation, in microseconds. `None` if it is unknown.
    pub cpu_us: Option<f64>,
    /// The latencies of the operations.
    pub latency: Option<Percentiles>,
}

impl Run {
    /// Creates the result of a run with `done` operations.
    pub fn new(done: usize, elapsed: Duration, cpu: Option<Duration>) -> Self {
        let done = done as f64;
        Self {
            rate: done / elapsed.as_secs_f64(),
            cpu_us: cpu.map(|cpu| cpu.as_secs_f64() * 1e6 / done),
            latency: None,
        }
    }

    /// Runs `work` in this process. It returns the number of its operations.
    pub fn here(work: impl FnOnce() -> anyhow::Result<usize>) -> anyhow::Result<Self> {
        let meter = Meter::start(std::process::id());
        let begun = Instant::now();
        let done = work()?;
        Ok(Self::new(done, begun.elapsed(), meter.used()))
    }
}

/// Runs of a subject and of its limit, pair by pair.
#[derive(Debug, Clone, Default)]
pub struct Pairs {
    pub subject: Vec<Run>,
    pub limit: Vec<Run>,
}

/// Runs subject and limit in turn, for the span they are given, after one warm-up run of each that
/// does not count.
pub fn in_turns(
    options: &Options,
    mut subject: impl FnMut(Duration) -> anyhow::Result<Run>,
    mut limit: impl FnMut(Duration) -> anyhow::Result<Run>,
) -> anyhow::Result<Pairs> {
    let span = options.span();
    subject(span.min(WARM_UP))?;
    limit(span.min(WARM_UP))?;
    let mut pairs = Pairs::default();
    for _ in 0..options.pairs {
        interrupt::check()?;
        pairs.subject.push(subject(span)?);
        pairs.limit.push(limit(span)?);
    }
    Ok(pairs)
}
