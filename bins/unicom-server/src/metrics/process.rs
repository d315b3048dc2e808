//! Metrics of the process, under the names that every Prometheus client uses. Values that the
//! system does not report are left out.

use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prometheus::proto::MetricFamily;
use prometheus::proto::MetricType::{COUNTER, GAUGE};

use super::family::{family, gauge, seconds};

/// Returns the metrics of a process that started at `began`.
pub(super) fn families(began: SystemTime) -> Vec<MetricFamily> {
    let began = began.duration_since(UNIX_EPOCH).ok();
    let gauges = [
        (
            "process_start_time_seconds",
            "When the server began, in seconds since 1970",
            began.map(|since| since.as_secs_f64()),
        ),
        (
            "process_resident_memory_bytes",
            "Resident memory of the process",
            resident_bytes(),
        ),
        ("process_open_fds", "Open file descriptors", open_files()),
    ];
    let gauges = gauges.into_iter().filter_map(|(name, help, value)| {
        value.map(|value| family(GAUGE, name, help, vec![gauge(&[], value)]))
    });
    let cpu = cpu_time().map(|time| {
        family(
            COUNTER,
            "process_cpu_seconds_total",
            "CPU time of all threads of the process",
            vec![seconds(time)],
        )
    });
    gauges.chain(cpu).collect()
}

#[cfg(unix)]
fn cpu_time() -> Option<Duration> {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).ok()
}

#[cfg(not(unix))]
fn cpu_time() -> Option<Duration> {
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
