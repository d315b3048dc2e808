//! Statistics of repeated measurements.

use std::time::Duration;

/// Percentiles of durations, in microseconds.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Percentiles {
    /// The number of durations.
    pub count: usize,
    /// The median.
    pub p50_us: f64,
    /// The 99th percentile.
    pub p99_us: f64,
    /// The longest duration.
    pub max_us: f64,
}

impl Percentiles {
    /// Computes the percentiles of durations. All are 0 if there are no durations.
    pub fn of(mut durations: Vec<Duration>) -> Self {
        durations.sort();
        let at = |part: f64| {
            let last = durations.len().saturating_sub(1);
            let index = (last as f64 * part).round() as usize;
            durations
                .get(index)
                .map_or(0.0, |duration| duration.as_secs_f64() * 1e6)
        };
        Self {
            count: durations.len(),
            p50_us: at(0.5),
            p99_us: at(0.99),
            max_us: at(1.0),
        }
    }
}

/// The median, the lowest and the highest of several figures.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Range {
    /// The median.
    pub median: f64,
    /// The lowest figure.
    pub least: f64,
    /// The highest figure.
    pub most: f64,
}

impl Range {
    /// Computes the range of figures. All fields are 0 if there are no figures.
    pub fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        let at = |index: usize| figures.get(index).copied().unwrap_or_default();
        let middle = figures.len() / 2;
        let median = if figures.len() % 2 == 1 {
            at(middle)
        } else {
            (at(middle.saturating_sub(1)) + at(middle)) / 2.0
        };
        Self {
            median,
            least: at(0),
            most: at(figures.len().saturating_sub(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_percentiles() {
        let spread = Range::of(vec![3.0, 1.0, 2.0]);
        assert_eq!((spread.median, spread.least, spread.most), (2.0, 1.0, 3.0));
        assert_eq!(Range::of(vec![1.0, 2.0]).median, 1.5);
        let all = Percentiles::of((1..=101).map(Duration::from_micros).collect());
        assert_eq!(
            (all.p50_us.round(), all.p99_us.round(), all.max_us.round()),
            (51.0, 100.0, 101.0)
        );
    }
}
