//! `LineLimit`: limits how many lines about refusals the log accepts per minute, so that refusals
//! do not fill the disk.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::admission::Clock;

/// Lines of one kind that one address may cause per minute.
const OF_ADDRESS: u32 = 60;

/// Lines of one kind that all addresses together may cause per minute. This also bounds the number
/// of addresses that are remembered, since an address is only remembered once it has caused a line.
const OF_ALL: u32 = 1_000;

const MINUTE: Duration = Duration::from_secs(60);

/// Counts lines by kind and address, in one-minute windows that begin with a line.
///
/// Each kind is counted separately: an address that floods the log with lines of one kind does not
/// hide lines of another.
#[derive(Debug)]
pub(crate) struct LineLimit {
    clock: Clock,
    minute: Mutex<Minute>,
}

#[derive(Debug, Default)]
struct Minute {
    began: Duration,
    kinds: HashMap<&'static str, OfKind>,
}

#[derive(Debug, Default)]
struct OfKind {
    written: u32,
    addresses: HashMap<IpAddr, OfAddress>,
    /// Lines left out after all addresses together had reached the limit.
    suppressed: u64,
}

#[derive(Debug, Default)]
struct OfAddress {
    written: u32,
    suppressed: u64,
}

/// Lines that were left out in a minute that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suppressed {
    pub kind: &'static str,
    /// `None` for lines that exceeded the limit of all addresses together.
    pub address: Option<IpAddr>,
    pub lines: u64,
}

impl LineLimit {
    /// Creates a limit that has counted nothing yet.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            minute: Mutex::default(),
        }
    }

    /// Counts a line of this kind. Returns `true` if it is to be written, and the suppressed lines
    /// of a minute that has ended, which are to be reported first.
    pub fn take(&self, kind: &'static str, address: IpAddr) -> (bool, Vec<Suppressed>) {
        let now = self.clock.now();
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = minute.end(now);
        if minute.kinds.is_empty() {
            minute.began = now;
        }
        let is_written = minute.kinds.entry(kind).or_default().take(address);
        (is_written, ended)
    }

    /// Returns the suppressed lines of a minute that has ended. Each minute is returned once.
    pub fn ended(&self) -> Vec<Suppressed> {
        let now = self.clock.now();
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        minute.end(now)
    }
}

impl Minute {
    /// Resets the minute if it has ended, and returns the lines that were suppressed in it.
    fn end(&mut self, now: Duration) -> Vec<Suppressed> {
        if now.saturating_sub(self.began) < MINUTE {
            return Vec::new();
        }
        let mut suppressed = Vec::new();
        for (kind, of) in std::mem::take(&mut self.kinds) {
            let of_addresses = of.addresses.into_iter();
            let of_addresses = of_addresses.map(|(address, of)| (Some(address), of.suppressed));
            for (address, lines) in of_addresses.chain([(None, of.suppressed)]) {
                if lines > 0 {
                    suppressed.push(Suppressed {
                        kind,
                        address,
                        lines,
                    });
                }
            }
        }
        suppressed
    }
}

impl OfKind {
    fn take(&mut self, address: IpAddr) -> bool {
        let has_room = self.written < OF_ALL;
        match self.addresses.entry(address) {
            Entry::Occupied(mut known) if known.get().written >= OF_ADDRESS => {
                known.get_mut().suppressed += 1;
                false
            }
            entry if has_room => {
                entry.or_default().written += 1;
                self.written += 1;
                true
            }
            _ => {
                self.suppressed += 1;
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn limit() -> (LineLimit, Arc<AtomicU64>) {
        let seconds = Arc::new(AtomicU64::new(7));
        let shown = Arc::clone(&seconds);
        let clock = Clock::new(move || Duration::from_secs(shown.load(Ordering::Relaxed)));
        (LineLimit::new(clock), seconds)
    }

    fn address(number: u32) -> IpAddr {
        IpAddr::V4(number.into())
    }

    fn written(limit: &LineLimit, kind: &'static str, address: IpAddr, lines: usize) -> usize {
        let taken = (0..lines).map(|_| limit.take(kind, address));
        taken.filter(|(is_written, _)| *is_written).count()
    }

    #[test]
    fn lines_per_address_and_kind_are_limited() {
        let (limit, seconds) = limit();
        assert_eq!(written(&limit, "refused", address(1), 100), 60);
        assert_eq!(written(&limit, "login", address(1), 100), 60);
        assert_eq!(written(&limit, "refused", address(2), 60), 60);
        assert_eq!(limit.ended(), []);
        seconds.fetch_add(60, Ordering::Relaxed);
        let (is_written, mut ended) = limit.take("refused", address(1));
        ended.sort_by_key(|suppressed| suppressed.kind);
        let of = |kind| Suppressed {
            kind,
            address: Some(address(1)),
            lines: 40,
        };
        assert_eq!(
            (is_written, ended),
            (true, vec![of("login"), of("refused")])
        );
        // A minute is reported once.
        seconds.fetch_add(60, Ordering::Relaxed);
        assert_eq!(limit.ended(), []);
    }

    #[test]
    fn lines_and_remembered_addresses_are_limited_in_total() {
        let (limit, seconds) = limit();
        let of_many: usize = (0..5_000)
            .map(|number| written(&limit, "refused", address(number), 2))
            .sum();
        assert_eq!(of_many, 1_000);
        let remembered = |limit: &LineLimit| {
            limit.minute.lock().unwrap().kinds["refused"]
                .addresses
                .len()
        };
        assert_eq!(remembered(&limit), 500);
        seconds.fetch_add(61, Ordering::Relaxed);
        let all = Suppressed {
            kind: "refused",
            address: None,
            lines: 9_000,
        };
        assert_eq!(limit.ended(), [all]);
    }
}
