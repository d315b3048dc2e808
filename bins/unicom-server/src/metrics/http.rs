//! Metrics of HTTP requests: their number, status and duration.

use std::time::Duration;

use metrics::{Gauge, counter, describe_counter, describe_histogram, gauge, histogram};

use super::Metrics;

/// The metrics of HTTP requests.
#[derive(Debug)]
pub(crate) struct HttpMetrics {
    metrics: Metrics,
    in_flight: Gauge,
}

impl HttpMetrics {
    pub fn new(metrics: Metrics) -> Self {
        let in_flight = metrics.record(|| {
            describe_counter!(
                "unicom_http_requests_total",
                "Requests by status; 499: the client disconnected first"
            );
            describe_histogram!(
                "unicom_http_request_duration_seconds",
                "Time from a request's head to the beginning of its answer"
            );
            gauge!(description: "Requests in progress", "unicom_http_requests_in_flight")
        });
        Self { metrics, in_flight }
    }

    /// Records that a request has begun.
    pub fn begun(&self) {
        self.in_flight.increment(1);
    }

    /// Records that a request has ended.
    pub fn ended(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        self.in_flight.decrement(1);
        self.metrics.record(|| {
            counter!(
                "unicom_http_requests_total",
                "method" => method,
                "route" => route.to_owned(),
                "status" => status.to_string()
            )
            .increment(1);
            histogram!(
                "unicom_http_request_duration_seconds",
                "method" => method,
                "route" => route.to_owned()
            )
            .record(took);
        });
    }
}
