//! Metrics of HTTP requests: their number, status and duration.

use std::time::Duration;

use actix_web::http::StatusCode;
use prometheus::core::Collector;
use prometheus::proto::MetricFamily;
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts};

/// The bounds of the duration's buckets in seconds: from what a poll takes to longer than a person
/// waits.
const BUCKETS: [f64; 14] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// The counters of HTTP requests. Cheap to clone: all clones share the counters.
#[derive(Debug, Clone)]
pub(crate) struct HttpMetrics {
    ended: IntCounterVec,
    took: HistogramVec,
    under_way: IntGauge,
}

impl HttpMetrics {
    pub fn new() -> Result<Self, prometheus::Error> {
        Ok(Self {
            ended: IntCounterVec::new(
                Opts::new(
                    "unicom_http_requests_total",
                    "Requests by status; 499: the client disconnected first",
                ),
                &["method", "route", "status"],
            )?,
            took: HistogramVec::new(
                HistogramOpts::new(
                    "unicom_http_request_duration_seconds",
                    "Time from a request's head to the beginning of its answer",
                )
                .buckets(BUCKETS.to_vec()),
                &["method", "route"],
            )?,
            under_way: IntGauge::new("unicom_http_requests_in_flight", "Requests in progress")?,
        })
    }

    /// Records that a request has begun.
    pub fn begun(&self) {
        self.under_way.inc();
    }

    /// Records that a request has ended.
    pub fn ended(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.under_way.dec();
        let known = StatusCode::from_u16(status);
        let status = known.as_ref().map_or("other", StatusCode::as_str);
        self.ended.with_label_values(&[method, route, status]).inc();
        self.took
            .with_label_values(&[method, route])
            .observe(took.as_secs_f64());
    }

    pub fn families(&self) -> Vec<MetricFamily> {
        let parts: [&dyn Collector; 3] = [&self.ended, &self.took, &self.under_way];
        parts.iter().flat_map(|part| part.collect()).collect()
    }
}
