//! `Recorded`: a database, and its metrics as Prometheus reads them.

use metrics::with_local_recorder;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use unicom_db::{Database, DatabaseOptions};
use unicom_testing::TestDatabase;

/// Bucket bounds for durations in seconds and for batch sizes.
const BUCKETS: [f64; 2] = [0.025, 2.0];

/// A database whose metrics are recorded.
pub struct Recorded {
    pub database: Database,
    metrics: PrometheusHandle,
}

impl Recorded {
    /// Opens the database again with these options.
    pub fn with(db: &TestDatabase, options: DatabaseOptions) -> Self {
        let builder = PrometheusBuilder::new().set_buckets(&BUCKETS).unwrap();
        let recorder = builder.build_recorder();
        Self {
            database: with_local_recorder(&recorder, || db.connect_with(options)),
            metrics: recorder.handle(),
        }
    }

    /// Returns the value of a sample, such as `up{job="a"}`. Panics if it does not exist.
    #[track_caller]
    pub fn value(&self, sample: &str) -> f64 {
        self.database.refresh_gauges();
        let text = self.metrics.render();
        let value = |line: &str| line.strip_prefix(sample)?.strip_prefix(' ')?.parse().ok();
        let found = text.lines().find_map(value);
        found.unwrap_or_else(|| panic!("no {sample} in {text}"))
    }
}
