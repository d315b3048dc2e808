//! Metrics of file storage: the free space of the file systems that are written to, and the number
//! of refused files.

use prometheus::proto::MetricFamily;
use prometheus::proto::MetricType::{COUNTER, GAUGE};
use unicom_http::storage::Storage;

use super::family::{counter, family, gauge};

pub(super) async fn families(storage: &Storage) -> Vec<MetricFamily> {
    let asked = storage.clone();
    let spaces = actix_web::web::block(move || asked.spaces()).await;
    let free = spaces.unwrap_or_default().into_iter();
    let refused = storage.refused().into_iter();
    vec![
        family(
            GAUGE,
            "unicom_free_bytes",
            "Free bytes of the file system of each place that is written to; 0 if it is read-only",
            free.map(|(place, space)| {
                let bytes = if space.is_read_only {
                    0
                } else {
                    space.free_bytes
                };
                gauge(&[("place", place)], bytes as f64)
            })
            .collect(),
        ),
        family(
            COUNTER,
            "unicom_uploads_refused_total",
            "Files that were refused because there was no room for them",
            refused
                .map(|(reason, number)| counter(&[("reason", reason.as_str())], number))
                .collect(),
        ),
    ]
}
