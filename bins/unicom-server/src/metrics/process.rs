//! Metrics of the process, under the names that every Prometheus client uses. Values that the
//! system does not report are left out.

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use metrics::gauge;

const CPU: &str = "process_cpu_seconds_total";

/// Records the gauges of a process that started at `began`.
pub(super) fn record(began: SystemTime) {
    if let Ok(began) = began.duration_since(UNIX_EPOCH) {
        gauge!(
            description: "When the server began, in seconds since 1970",
            "process_start_time_seconds"
        )
        .set(began);
    }
    if let Some(bytes) = resident_bytes() {
        gauge!(description: "Resident memory of the process", "process_resident_memory_bytes")
            .set(bytes);
    }
    if let Some(files) = open_files() {
        gauge!(description: "Open file descriptors", "process_open_fds").set(files);
    }
}

/// Returns the CPU time in the text format. Counters of the `metrics` crate are whole numbers,
/// which would round it to seconds.
pub(super) fn cpu_time() -> String {
    let Some(time) = cpu() else {
        return String::new();
    };
    let seconds = time.as_secs_f64();
    format!(
        "# HELP {CPU} CPU time of all threads of the process\n# TYPE {CPU} counter\n{CPU} {seconds}\n"
    )
}

#[cfg(unix)]
fn cpu() -> Option<Duration> {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).ok()
}

#[cfg(not(unix))]
fn cpu() -> Option<Duration> {
    None
}

/// Returns the resident memory in bytes. Returns `None` on systems other than Linux.
fn resident_bytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u32 = line.split_whitespace().next()?.parse().ok()?;
    Some(f64::from(kibibytes) * 1024.0)
}

/// Returns the number of open files and connections, without the folder that is opened to count
/// them. Returns `None` on systems other than Linux.
fn open_files() -> Option<f64> {
    let open = fs::read_dir("/proc/self/fd").ok()?.count();
    u32::try_from(open.saturating_sub(1)).ok().map(f64::from)
}
