//! Constructors of metrics whose numbers are counted elsewhere.

use std::time::Duration;

use prometheus::proto::{
    Bucket, Counter, Gauge, Histogram, LabelPair, Metric, MetricFamily, MetricType,
};
use unicom_db::metrics::HistogramSnapshot;

/// The names and values of labels.
pub(super) type Labels<'a> = &'a [(&'a str, &'a str)];

/// Creates a family: a metric with its values for each set of labels.
pub(super) fn family(
    kind: MetricType,
    name: &str,
    help: &str,
    metrics: Vec<Metric>,
) -> MetricFamily {
    let mut family = MetricFamily::default();
    family.set_name(name.to_owned());
    family.set_help(help.to_owned());
    family.set_field_type(kind);
    family.set_metric(metrics);
    family
}

#[expect(clippy::cast_precision_loss, reason = "the format has floats only")]
pub(super) fn counter(labels: Labels<'_>, value: u64) -> Metric {
    let mut counter = Counter::default();
    counter.set_value(value as f64);
    let mut metric = with(labels);
    metric.set_counter(counter);
    metric
}

/// Creates a counter of seconds.
pub(super) fn seconds(value: Duration) -> Metric {
    let mut counter = Counter::default();
    counter.set_value(value.as_secs_f64());
    let mut metric = with(&[]);
    metric.set_counter(counter);
    metric
}

pub(super) fn gauge(labels: Labels<'_>, value: f64) -> Metric {
    let mut gauge = Gauge::default();
    gauge.set_value(value);
    let mut metric = with(labels);
    metric.set_gauge(gauge);
    metric
}

pub(super) fn histogram(labels: Labels<'_>, values: &HistogramSnapshot) -> Metric {
    let buckets = values.buckets.iter().map(|(bound, count)| {
        let mut bucket = Bucket::default();
        bucket.set_upper_bound(*bound);
        bucket.set_cumulative_count(*count);
        bucket
    });
    let mut histogram = Histogram::default();
    histogram.set_bucket(buckets.collect());
    histogram.set_sample_count(values.count);
    histogram.set_sample_sum(values.sum);
    let mut metric = with(labels);
    metric.set_histogram(histogram);
    metric
}

fn with(labels: Labels<'_>) -> Metric {
    let pairs = labels.iter().map(|(name, value)| {
        let mut pair = LabelPair::default();
        pair.set_name((*name).to_owned());
        pair.set_value((*value).to_owned());
        pair
    });
    Metric::from_label(pairs.collect())
}
