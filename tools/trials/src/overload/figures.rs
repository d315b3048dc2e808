//! The figures of the overload trial.

use std::time::Duration;

use unicom_bench::process::Memory;

use super::load::Load;
use super::machine::Cores;
use super::part::Recovery;

use crate::row::{Goal, Row};

/// The maximum resident memory of the server: this many MiB, plus `MOST_KIB_EACH` KiB for each
/// visitor with a connection and a request.
///
/// Measured: 23 MiB and 32 KiB for an optimized build, 52 MiB and 42 KiB for an unoptimized one,
/// whose futures are larger.
const MOST_MIB: u64 = 64;
const MOST_KIB_EACH: u64 = 48;

/// The maximum time until the server responds normally again, in milliseconds.
const MOST_MS: u64 = 10_000;

/// The measurements of the trial.
pub struct Figures {
    /// The number of visitors during the storm.
    pub visitors: usize,
    /// The peak load: visitors wait for each response.
    pub peak: Load,
    pub storm: Load,
    pub recovery: Recovery,
    /// The CPU time of the load tool during the storm.
    pub of_tool: Option<Duration>,
    pub memory: Option<Memory>,
}

impl Figures {
    /// Returns the rows of the report. `floor` is the percentage of the peak rate that must be
    /// acknowledged during the storm.
    pub fn rows(&self, floor: u8, cores: &Cores) -> Vec<Row> {
        let Self { peak, storm, .. } = self;
        let goodput = percent(storm.sent_rate(), peak.sent_rate());
        let of_server = cores.of_server().map(u64::from);
        let mut rows: Vec<Row> = of_server
            .map(|count| {
                Row::info(
                    "cores of the server and its database, beside one of the load tool",
                    count,
                )
            })
            .into_iter()
            .collect();
        rows.extend([
            Row::some(
                "maximum requests answered per second",
                whole(peak.answered_rate()),
            ),
            Row::info("of these, sends", whole(peak.sent_rate())),
            Row::info("visitors under overload", self.visitors as u64),
            Row::info(
                "requests a second that they would make",
                whole(storm.offered_rate()),
            ),
            Row::info(
                "– in percent of the most answered",
                percent(storm.offered_rate(), peak.answered_rate()),
            ),
            Row::info(
                "– made by visitors who did not wait for an answer",
                whole(storm.came_rate()),
            ),
            Row::info(
                "sends a second acknowledged under overload",
                whole(storm.sent_rate()),
            ),
            Row::info("– in percent of the most", goodput).with_goal(Goal::AtLeast(floor.into())),
        ]);
        rows.extend(answers(storm));
        rows.push(Row::none(
            "answered otherwise than 200 before the overload",
            peak.answers_in_all() + peak.unanswered() - peak.count(200, ""),
        ));
        rows.extend(self.times());
        let span = storm.span + storm.drained;
        let cpu = |used: Duration| percent(used.as_secs_f64(), span.as_secs_f64());
        rows.extend(storm.cpu.map(|used| {
            Row::info(
                "CPU of the server under overload, in percent of a core",
                cpu(used),
            )
        }));
        rows.extend(self.of_tool.map(|used| {
            Row::info(
                "CPU of the load tool under overload, in percent of a core",
                cpu(used),
            )
        }));
        rows.extend(self.costs());
        rows.extend(self.memory.map(|memory| {
            let row = Row::info(
                "the server's maximum resident memory, in MiB",
                whole(memory.peak_mib),
            );
            row.with_goal(Goal::AtMost(
                MOST_MIB + self.visitors as u64 * MOST_KIB_EACH / 1024,
            ))
        }));
        rows
    }

    /// Returns the CPU cost of answered and refused requests.
    ///
    /// The cost of refused requests is the CPU time that remains if answered requests cost as much
    /// as at the peak.
    fn costs(&self) -> Vec<Row> {
        let costs = || {
            let us = |cpu: Option<Duration>| Some(cpu?.as_secs_f64() * 1e6);
            let answered = us(self.peak.cpu)? / self.peak.count(200, "") as f64;
            let left = us(self.storm.cpu)? - answered * self.storm.count(200, "") as f64;
            Some((
                answered,
                left.max(0.0) / self.storm.count(503, "busy") as f64,
            ))
        };
        let rows = costs().map(|(answered, refused)| {
            [
                Row::info(
                    "µs of the server's CPU for a request that is answered",
                    whole(answered),
                ),
                Row::info(
                    "µs of the server's CPU for a request that is refused, about",
                    whole(refused),
                ),
            ]
        });
        rows.into_iter().flatten().collect()
    }

    fn times(&self) -> Vec<Row> {
        let (peak, storm) = (self.peak.of_sent(), self.storm.of_sent());
        let refused = self.storm.of_refused();
        let ms = |us: f64| whole(us / 1000.0);
        let within = |took: Option<Duration>| took.map_or(u64::MAX, |took| took.as_millis() as u64);
        vec![
            Row::info(
                "ms until a send is acknowledged at maximum throughput: median",
                ms(peak.p50_us),
            ),
            Row::info("– 99th percentile", ms(peak.p99_us)),
            Row::info(
                "ms until a send is acknowledged, under overload: median",
                ms(storm.p50_us),
            ),
            Row::info("– 99th percentile", ms(storm.p99_us)),
            Row::info("ms until a request is refused: median", ms(refused.p50_us)),
            Row::info("– 99th percentile", ms(refused.p99_us)),
            Row::info(
                "ms after the overload until all are answered",
                within(Some(self.storm.drained)),
            ),
            Row::info(
                "ms after the overload until `/readyz` answers 200",
                within(self.recovery.ready),
            )
            .with_goal(Goal::AtMost(MOST_MS)),
            Row::info(
                "ms after the overload until another visitor's send is acknowledged",
                within(self.recovery.sent),
            )
            .with_goal(Goal::AtMost(MOST_MS)),
        ]
    }
}

/// Returns the number of responses for each status and code.
fn answers(storm: &Load) -> Vec<Row> {
    let mut rows = Vec::new();
    for ((status, code), count) in &storm.answers {
        rows.push(match (status, code.as_str()) {
            (200, "") => Row::info("answered 200", *count),
            (503, "busy") => Row::info("answered 503 `busy`", *count),
            (429, "rate_limited") => Row::info("answered 429 `rate_limited`", *count),
            _ => Row::none(format!("answered {status} `{code}`"), *count),
        });
    }
    rows.push(Row::some(
        "refused: without any, the server was not overloaded",
        storm.count(503, "busy"),
    ));
    rows.push(Row::none(
        "refused without `Retry-After`",
        storm.without_retry_after,
    ));
    let broken = storm.broken.iter();
    rows.extend(broken.map(|(why, count)| Row::info(format!("without an answer: {why}"), *count)));
    rows
}

fn percent(part: f64, of: f64) -> u64 {
    whole(100.0 * part / of)
}

fn whole(figure: f64) -> u64 {
    figure.round() as u64
}

#[cfg(test)]
mod tests {
    use super::super::visitor::{Answered, Outcome, Wish};
    use super::*;
    use crate::report::Report;

    fn is_met(answered: &[(u16, &str)]) -> bool {
        let mut load = Load::default();
        for (status, code) in answered {
            let answered = Answered {
                wish: Wish::Send,
                took: Duration::from_millis(1),
                outcome: Outcome::Said {
                    status: *status,
                    code: (*code).to_owned(),
                    has_retry_after: *code != "hasty",
                },
            };
            load.end(answered, true);
        }
        let report = Report {
            title: String::new(),
            seed: None,
            rows: answers(&load),
            complaints: Vec::new(),
        };
        report.is_met()
    }

    #[test]
    fn only_200_429_and_503_are_accepted() {
        assert!(is_met(&[(200, ""), (503, "busy"), (429, "rate_limited")]));
        assert!(!is_met(&[(200, "")]), "nothing was refused");
        for wrong in [
            (500, "internal"),
            (503, "draining"),
            (503, "hasty"),
            (403, "csrf_failed"),
        ] {
            assert!(!is_met(&[(200, ""), (503, "busy"), wrong]), "{wrong:?}");
        }
    }
}
