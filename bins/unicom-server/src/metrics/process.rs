//! Metrics of the process, under the names that every Prometheus client uses. Values that the
//! system does not report are left out.

use metrics::gauge;
use metrics_process::collector::Metrics;

const CPU: &str = "process_cpu_seconds_total";

/// Records the values that are gauges.
pub(super) fn record(process: &Metrics) {
    if let Some(seconds) = process.start_time_seconds {
        gauge!(
            description: "When the server began, in seconds since 1970",
            "process_start_time_seconds"
        )
        .set(seconds as f64);
    }
    if let Some(bytes) = process.resident_memory_bytes {
        gauge!(
            description: "Resident memory of the process",
            "process_resident_memory_bytes"
        )
        .set(bytes as f64);
    }
    if let Some(files) = process.open_fds {
        gauge!(description: "Open file descriptors", "process_open_fds").set(files as f64);
    }
}

/// Returns the CPU time in the text format. Counters of the `metrics` crate are whole numbers,
/// which would round it to seconds.
pub(super) fn cpu_time(process: &Metrics) -> String {
    let Some(seconds) = process.cpu_seconds_total else {
        return String::new();
    };
    format!(
        "# HELP {CPU} CPU time of all threads of the process\n# TYPE {CPU} counter\n{CPU} {seconds}\n"
    )
}
