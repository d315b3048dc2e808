//! `Limiter`: enforces one rate, if it is enabled.

use std::hash::Hash;
use std::marker::PhantomData;
use std::time::Duration;

use super::buckets::Buckets;
use super::{Clock, Rate};
use crate::ApiError;

/// Maximum number of keys that are remembered: about 2 MiB, once that many have come at the same
/// time.
const MOST_KEYS: usize = 1 << 16;

/// Enforces one rate by keys of type `K`.
#[derive(Debug)]
pub(super) struct Limiter<K: ?Sized> {
    buckets: Option<Buckets>,
    clock: Clock,
    sentence: &'static str,
    by: PhantomData<fn(&K)>,
}

impl<K: Hash + ?Sized> Limiter<K> {
    /// Creates a limiter that refuses requests over `rate` with this error message. `None` disables
    /// it.
    pub fn new(rate: Option<Rate>, clock: &Clock, sentence: &'static str) -> Self {
        Self {
            buckets: rate.map(|rate| Buckets::new(rate, MOST_KEYS)),
            clock: clock.clone(),
            sentence,
            by: PhantomData,
        }
    }

    pub fn is_on(&self) -> bool {
        self.buckets.is_some()
    }

    /// Counts one request.
    pub fn take(&self, key: &K) -> Result<(), ApiError> {
        self.take_many(key, 1)
    }

    /// Counts several units together.
    pub fn take_many(&self, key: &K, number: u64) -> Result<(), ApiError> {
        let Some(buckets) = &self.buckets else {
            return Ok(());
        };
        buckets
            .take_many(key, number, self.clock.now())
            .map_err(|wait| self.refused(wait))
    }

    /// Takes one counted request back.
    pub fn give_back(&self, key: &K) {
        if let Some(buckets) = &self.buckets {
            buckets.give_back(key);
        }
    }

    fn refused(&self, wait: Duration) -> ApiError {
        let seconds = wait.as_nanos().div_ceil(1_000_000_000).max(1);
        let unit = if seconds == 1 { "second" } else { "seconds" };
        ApiError::rate_limited(format!("{}: try again in {seconds} {unit}", self.sentence))
            .retry_after(wait)
    }
}
