//! The CPU time and memory of a process, read from `/proc` on Linux. Unknown on other systems.

use std::fs;
use std::time::Duration;

/// The ticks per second in `/proc`: the same on every architecture that servers run on.
const TICKS_PER_S: f64 = 100.0;

/// Returns the CPU time of all threads of the process, including ended ones.
pub fn cpu(pid: u32) -> Option<Duration> {
    cpu_in(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Measures the CPU time that a process uses from now on.
#[derive(Debug)]
pub struct Meter {
    pid: u32,
    before: Option<Duration>,
}

impl Meter {
    /// Starts to measure the process.
    pub fn start(pid: u32) -> Self {
        let before = cpu(pid);
        Self { pid, before }
    }

    /// Returns the CPU time since the start.
    pub fn used(&self) -> Option<Duration> {
        Some(cpu(self.pid)?.saturating_sub(self.before?))
    }
}

/// The memory of a process, in MiB.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// The resident memory now.
    pub resident_mib: f64,
    /// The peak resident memory since the process started.
    pub peak_mib: f64,
}

/// Returns the memory of the process.
pub fn memory(pid: u32) -> Option<Memory> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    Some(Memory {
        resident_mib: mib_in(&status, "VmRSS:")?,
        peak_mib: mib_in(&status, "VmHWM:")?,
    })
}

/// Returns the sum of the fields `utime` and `stime`. The process name, in parentheses before them,
/// may contain any character.
fn cpu_in(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some(Duration::from_secs_f64((ticks()? + ticks()?) / TICKS_PER_S))
}

fn mib_in(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_proc_files() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 9 0 2434860";
        assert_eq!(cpu_in(stat), Some(Duration::from_secs(2)));
        let status = "Name:\tunicom\nVmHWM:\t   20480 kB\nVmRSS:\t   10240 kB\n";
        assert_eq!(mib_in(status, "VmRSS:"), Some(10.0));
        assert_eq!(mib_in(status, "VmHWM:"), Some(20.0));
    }
}
