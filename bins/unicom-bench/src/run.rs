//! Runs: what is measured of a subject and of its limit, in turns.

use std::time::{Duration, Instant};

use crate::interrupt;
use crate::options::Options;
use crate::process::Meter;
use crate::summary::Percentiles;

/// The longest that what is not counted runs, for caches to fill and statements to be prepared.
const WARM_UP: Duration = Duration::from_secs(1);

/// What one run came to.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// Done in a second.
    pub rate: f64,
    /// CPU time of the whole process that did it, for each, in microseconds; none where it cannot be known.
    pub cpu_us: Option<f64>,
    /// How long each took.
    pub latency: Option<Percentiles>,
}

impl Run {
    /// Of so many done.
    pub fn new(done: usize, elapsed: Duration, cpu: Option<Duration>) -> Self {
        let done = done as f64;
        Self {
            rate: done / elapsed.as_secs_f64(),
            cpu_us: cpu.map(|cpu| cpu.as_secs_f64() * 1e6 / done),
            latency: None,
        }
    }

    /// Runs what counts what it does, in this process.
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

/// Runs both in turns, for the span that each is given, after a run of each that does not count.
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
