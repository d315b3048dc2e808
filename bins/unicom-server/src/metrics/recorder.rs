//! `Metrics`: the recorder that a server's metrics are kept in until they are read.

use std::sync::Arc;
use std::time::Duration;

use metrics::with_local_recorder;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusRecorder};

use crate::Failure;

/// Bucket bounds for waits and transactions of the database in seconds: from the overhead of a
/// queue to delays after which clients give up.
const WAITS: [f64; 16] = [
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
    1.0, 2.5, 5.0,
];

/// Bucket bounds for batch sizes. By default, a batch has at most 512 writes.
const BATCHES: [f64; 10] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

/// Bucket bounds for requests in seconds: from what a poll takes to longer than a person waits.
const REQUESTS: [f64; 14] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// How often recorded durations are sorted into their buckets. Until then they take memory.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// The metrics of a server and its database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<PrometheusRecorder>);

impl Metrics {
    /// Creates metrics that have no values yet.
    ///
    /// # Errors
    /// Returns [`Failure::Failed`] if the bounds of a histogram are invalid.
    pub fn new() -> Result<Self, Failure> {
        let builder = builder().map_err(Failure::failed)?;
        Ok(Self(Arc::new(builder.build_recorder())))
    }

    /// Runs `f` and records its metrics. A database that `f` connects is recorded from then on.
    pub fn record<T>(&self, f: impl FnOnce() -> T) -> T {
        with_local_recorder(&*self.0, f)
    }

    /// Returns the metrics in the text format of Prometheus.
    pub(crate) fn render(&self) -> String {
        self.0.handle().render()
    }

    /// Keeps the memory of the recorded durations bounded. Runs until it is dropped.
    pub(crate) async fn run_upkeep(self) {
        loop {
            tokio::time::sleep(UPKEEP_EVERY).await;
            self.0.handle().run_upkeep();
        }
    }
}

fn builder() -> Result<PrometheusBuilder, BuildError> {
    let named = |name: &str| Matcher::Full(name.to_owned());
    PrometheusBuilder::new()
        .set_buckets(&WAITS)?
        .set_buckets_for_metric(named("unicom_database_batch_writes"), &BATCHES)?
        .set_buckets_for_metric(named("unicom_http_request_duration_seconds"), &REQUESTS)
}
