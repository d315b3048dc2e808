//! `Exposition`: a response of `/metrics`, parsed as Prometheus does (text format 0.0.4), and
//! checked.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::TestApp;
use crate::client::Client;

/// Samples by name and labels, such as `up{job="a",zone="b"}`.
#[derive(Debug)]
pub struct Exposition {
    samples: BTreeMap<String, f64>,
    kinds: BTreeMap<String, String>,
}

impl Exposition {
    /// Requests the current metrics.
    pub async fn of(app: &TestApp) -> Self {
        let answer = Client::new(app.base()).get("/metrics").await;
        assert_eq!(answer.status, 200);
        let kind = answer.header("content-type");
        assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
        Self::read(&answer.text())
    }

    #[track_caller]
    pub fn read(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line has no end");
        let mut read = Self {
            samples: BTreeMap::new(),
            kinds: BTreeMap::new(),
        };
        let mut helped = BTreeSet::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').unwrap();
                assert!(!help.is_empty() && helped.insert(name.to_owned()), "{line}");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap();
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                let before = read.kinds.insert(name.to_owned(), kind.to_owned());
                assert!(before.is_none() && helped.contains(name), "{line}");
            } else if !line.is_empty() {
                read.sample(line);
            }
        }
        read.histograms_add_up();
        read
    }

    #[track_caller]
    fn sample(&mut self, line: &str) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        let value: f64 = value.parse().unwrap();
        let (family, labels) = match name.split_once('{') {
            Some((family, labels)) => (family, labels.strip_suffix('}').unwrap()),
            None => (name, ""),
        };
        let is_name = |text: &str| {
            let first = |c: char| c.is_ascii_alphabetic() || c == '_';
            text.starts_with(first) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        assert!(is_name(family), "{line}");
        for label in labels.split_terminator("\",") {
            let (name, value) = label.split_once("=\"").unwrap();
            assert!(
                is_name(name) && !value.trim_end_matches('"').contains(['"', '\n']),
                "{line}"
            );
        }
        let is_of = |kind: &str| self.kinds.get(family).is_some_and(|known| known == kind);
        let part = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| family.strip_suffix(end));
        let is_part =
            part.is_some_and(|of| self.kinds.get(of).is_some_and(|kind| kind == "histogram"));
        assert!(
            is_of("gauge") || is_of("counter") || is_part,
            "no type: {line}"
        );
        assert!(
            !is_of("counter") || (value >= 0.0 && family.ends_with("_total")),
            "{line}"
        );
        let before = self.samples.insert(name.to_owned(), value);
        assert!(before.is_none(), "twice: {line}");
    }

    /// Asserts that bucket counts never decrease and that the last bucket equals the count.
    #[track_caller]
    fn histograms_add_up(&self) {
        for (name, count) in &self.samples {
            let (family, labels) = name.split_once('{').unwrap_or((name, "}"));
            let Some(family) = family.strip_suffix("_count") else {
                continue;
            };
            let labels = labels.trim_end_matches('}');
            let begins = format!("{family}_bucket{{{labels}");
            let mut buckets: Vec<(f64, f64)> = Vec::new();
            for (bucket, value) in self.samples.range(begins.clone()..) {
                let Some(rest) = bucket.strip_prefix(&begins) else {
                    break;
                };
                let Some(bound) = rest.trim_start_matches(',').strip_prefix("le=\"") else {
                    continue;
                };
                buckets.push((bound.trim_end_matches("\"}").parse().unwrap(), *value));
            }
            buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert!(
                buckets.is_sorted_by(|a, b| a.1 <= b.1),
                "{name}: {buckets:?}"
            );
            let last = buckets.last().unwrap();
            assert_eq!(
                (last.0, last.1),
                (f64::INFINITY, *count),
                "{name}: {buckets:?}"
            );
        }
    }

    /// Returns the value of a sample. Panics if it does not exist.
    #[track_caller]
    pub fn known(&self, name: &str) -> f64 {
        *self
            .samples
            .get(name)
            .unwrap_or_else(|| panic!("no {name} in {:#?}", self.samples.keys()))
    }

    /// Returns all samples whose name begins with `begins`.
    pub fn beginning(&self, begins: &str) -> Vec<(&str, f64)> {
        let all = self.samples.iter();
        all.filter(|(name, _)| name.starts_with(begins))
            .map(|(name, value)| (name.as_str(), *value))
            .collect()
    }

    /// Returns every value of a label.
    pub fn values_of(&self, label: &str) -> BTreeSet<&str> {
        let begins = format!("{label}=\"");
        let names = self.samples.keys();
        names
            .filter_map(|name| name.split_once(&begins)?.1.split('"').next())
            .collect()
    }

    pub fn len(&self) -> usize {
        self.samples.len()
    }
}
