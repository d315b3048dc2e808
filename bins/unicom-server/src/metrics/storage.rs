//! Metrics of file storage: the free space of the file systems that are written to, and the number
//! of refused files.

use metrics::{counter, gauge};
use unicom_http::storage::{Space, Storage};

/// Records the free space of each place, and how many files `storage` refused.
pub(super) fn record(storage: &Storage, spaces: Vec<(&'static str, Space)>) {
    for (place, space) in spaces {
        let free = if space.is_read_only {
            0
        } else {
            space.free_bytes
        };
        gauge!(
            description: "Free bytes of the file system of each place that is written to; 0 if it is read-only",
            "unicom_free_bytes",
            "place" => place
        )
        .set(free as f64);
    }
    for (reason, number) in storage.refused() {
        counter!(
            description: "Files that were refused because there was no room for them",
            "unicom_uploads_refused_total",
            "reason" => reason.as_str()
        )
        .absolute(number);
    }
}
