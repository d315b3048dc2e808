//! `ConcurrencyLimit`: how many requests of one address are under way at the same time.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ApiError;

/// When to come again: what is under way has mostly ended by then.
const LATER: Duration = Duration::from_secs(1);

/// Counts them, where there is a most.
#[derive(Debug)]
pub(super) struct ConcurrencyLimit {
    most: Option<usize>,
    /// Of addresses with any: no more of them than there are requests.
    counts: Mutex<HashMap<IpAddr, usize>>,
}

/// A request that is counted until it is dropped.
#[derive(Debug)]
pub(super) struct Counted<'a> {
    by: &'a ConcurrencyLimit,
    address: IpAddr,
}

impl ConcurrencyLimit {
    pub fn new(most: Option<usize>) -> Self {
        Self {
            most,
            counts: Mutex::default(),
        }
    }

    /// Counts one of the address; none where nothing is counted.
    ///
    /// # Errors
    /// [`ApiError::rate_limited`] where there are as many as there may be.
    pub fn count(&self, address: Option<IpAddr>) -> Result<Option<Counted<'_>>, ApiError> {
        let (Some(most), Some(address)) = (self.most, address) else {
            return Ok(None);
        };
        let mut counts = self.counts();
        let count = counts.entry(address).or_default();
        if *count >= most {
            let sentence = format!(
                "{most} requests from this network address are under way: try again when one has ended"
            );
            return Err(ApiError::rate_limited(sentence).retry_after(LATER));
        }
        *count += 1;
        Ok(Some(Counted { by: self, address }))
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Counted<'_> {
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
    fn each_address_has_its_own_and_what_has_ended_is_forgotten() {
        let max_concurrent = ConcurrencyLimit::new(Some(2));
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
    fn without_a_most_or_an_address_nothing_is_counted() {
        let (none, some) = (ConcurrencyLimit::new(None), ConcurrencyLimit::new(Some(1)));
        let address = Some(IpAddr::from([192, 0, 2, 1]));
        let counted: Vec<_> = (0..9)
            .map(|_| (none.count(address).unwrap(), some.count(None).unwrap()))
            .collect();
        assert!(counted.iter().all(|(a, b)| a.is_none() && b.is_none()));
    }
}
