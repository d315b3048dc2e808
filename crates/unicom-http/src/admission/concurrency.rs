//! `ConcurrencyLimit`: limits the concurrent requests of one class from one address.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ApiError;

/// When a refused client may try again: most requests in progress have ended by then.
const LATER: Duration = Duration::from_secs(1);

/// Counts the concurrent requests of each address, if there is a limit.
#[derive(Debug)]
pub(super) struct ConcurrencyLimit {
    /// What is counted, as the error names it.
    what: &'static str,
    most: Option<usize>,
    /// Counts of the addresses with requests in progress.
    counts: Mutex<HashMap<IpAddr, usize>>,
}

/// A request that is counted until it is dropped.
#[derive(Debug)]
pub(super) struct Counted {
    by: Arc<ConcurrencyLimit>,
    address: IpAddr,
}

impl ConcurrencyLimit {
    pub fn new(what: &'static str, most: Option<usize>) -> Arc<Self> {
        Arc::new(Self {
            what,
            most,
            counts: Mutex::default(),
        })
    }

    /// Counts a request of the address. Returns `None` if there is no limit or the address is
    /// unknown.
    ///
    /// # Errors
    /// [`ApiError::rate_limited`] if the address has reached the limit.
    pub fn count(self: &Arc<Self>, address: Option<IpAddr>) -> Result<Option<Counted>, ApiError> {
        let (Some(most), Some(address)) = (self.most, address) else {
            return Ok(None);
        };
        let mut counts = self.counts();
        let count = counts.entry(address).or_default();
        if *count >= most {
            let sentence = format!(
                "{most} {} from this network address are in progress: try again when one has finished",
                self.what
            );
            return Err(ApiError::rate_limited(sentence).retry_after(LATER));
        }
        *count += 1;
        drop(counts);
        Ok(Some(Counted {
            by: Arc::clone(self),
            address,
        }))
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if let Entry::Occupied(mut entry) = self.by.counts().entry(self.address) {
            *entry.get_mut() -= 1;
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_counted_separately_and_released() {
        let max_concurrent = ConcurrencyLimit::new("requests", Some(2));
        let [one, other] = [1, 2].map(|last| Some(IpAddr::from([192, 0, 2, last])));
        let first = max_concurrent.count(one).unwrap();
        let second = max_concurrent.count(one).unwrap();
        assert!(max_concurrent.count(one).is_err());
        let elsewhere = max_concurrent.count(other).unwrap();
        drop(first);
        let third = max_concurrent.count(one).unwrap();
        assert!(max_concurrent.count(one).is_err());
        drop((second, third, elsewhere));
        assert!(max_concurrent.counts().is_empty());
    }

    #[test]
    fn without_a_limit_or_an_address_nothing_is_counted() {
        let (none, some) = (
            ConcurrencyLimit::new("requests", None),
            ConcurrencyLimit::new("requests", Some(1)),
        );
        let address = Some(IpAddr::from([192, 0, 2, 1]));
        let counted: Vec<_> = (0..9)
            .map(|_| (none.count(address).unwrap(), some.count(None).unwrap()))
            .collect();
        assert!(counted.iter().all(|(a, b)| a.is_none() && b.is_none()));
    }
}
