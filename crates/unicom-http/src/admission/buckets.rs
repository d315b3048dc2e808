//! `Buckets`: token buckets by key, in bounded memory.
//!
//! The arithmetic is the generic cell rate algorithm (ATM Forum TM 4.0): a bucket is stored as the
//! moment at which it is full again. A full bucket equals an absent one and is forgotten. Existing
//! crates for keyed buckets (`governor`) forget only on request, have no maximum number of keys,
//! and cannot give tokens back.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Rate;

/// Number of shards of the table, each with a separate lock.
const SHARDS: usize = 16;

/// Number of keys in a shard before it looks for keys to forget.
const FEW: usize = 64;

/// The buckets of one rate.
#[derive(Debug)]
pub(super) struct Buckets {
    /// Nanoseconds until one token has come back.
    interval: u64,
    /// Tokens in a full bucket.
    burst: u64,
    /// Nanoseconds until an empty bucket is full.
    depth: u64,
    hasher: RandomState,
    shards: [Mutex<Shard>; SHARDS],
    /// Maximum number of keys in a shard.
    most: usize,
}

/// The moment at which each bucket is full, in nanoseconds of the clock. The keys are keyed 64-bit
/// hashes: the probability that any two of 65,536 keys collide is about one in eight thousand
/// million.
#[derive(Debug)]
struct Shard {
    full_at: HashMap<u64, u64>,
    /// Number of buckets at which full ones are looked for.
    look_at: usize,
}

impl Buckets {
    /// Creates buckets for at most `most` keys. If more are not full at the same time, those with
    /// the most tokens left are forgotten.
    pub fn new(rate: Rate, most: usize) -> Self {
        let interval = Duration::from_secs(60).as_nanos() as u64 / u64::from(rate.per_minute());
        Self {
            interval,
            burst: rate.burst().into(),
            depth: interval * u64::from(rate.burst()),
            hasher: RandomState::new(),
            shards: std::array::from_fn(|_| {
                Mutex::new(Shard {
                    full_at: HashMap::new(),
                    look_at: FEW,
                })
            }),
            most: (most / SHARDS).max(1),
        }
    }

    /// Takes tokens from the key's bucket. More tokens than a bucket holds can be taken from a full
    /// bucket, which then takes correspondingly longer to refill.
    ///
    /// # Errors
    /// If there are not enough tokens, returns the time until there are and takes nothing.
    pub fn take_many(
        &self,
        key: &(impl Hash + ?Sized),
        tokens: u64,
        now: Duration,
    ) -> Result<(), Duration> {
        let now = nanoseconds(now);
        let worth = |tokens: u64| self.interval.saturating_mul(tokens);
        self.with(key, |shard, key| {
            let full_at = shard.full_at.get(&key).map_or(now, |at| (*at).max(now));
            let needed = full_at.saturating_add(worth(tokens.min(self.burst)));
            if needed > now.saturating_add(self.depth) {
                return Err(Duration::from_nanos(needed - self.depth - now));
            }
            let after = full_at.saturating_add(worth(tokens));
            if shard.full_at.len() >= shard.look_at && !shard.full_at.contains_key(&key) {
                shard.make_room(now, self.most);
            }
            shard.full_at.insert(key, after);
            Ok(())
        })
    }

    /// Returns one taken token to the key's bucket.
    pub fn give_back(&self, key: &(impl Hash + ?Sized)) {
        self.with(key, |shard, key| {
            if let Some(full_at) = shard.full_at.get_mut(&key) {
                *full_at = full_at.saturating_sub(self.interval);
            }
        });
    }

    fn with<T>(&self, key: &(impl Hash + ?Sized), work: impl FnOnce(&mut Shard, u64) -> T) -> T {
        let key = self.hasher.hash_one(key);
        let shard = &self.shards[key as usize % SHARDS];
        work(
            &mut shard.lock().unwrap_or_else(PoisonError::into_inner),
            key,
        )
    }
}

impl Shard {
    /// Forgets full buckets and, if that is not enough, the half with the most tokens left.
    fn make_room(&mut self, now: u64, most: usize) {
        self.full_at.retain(|_, at| *at > now);
        if self.full_at.len() >= most {
            let mut moments: Vec<u64> = self.full_at.values().copied().collect();
            let middle = moments.len() / 2;
            let (_, middle, _) = moments.select_nth_unstable(middle);
            let middle = *middle;
            self.full_at.retain(|_, at| *at > middle);
        }
        self.look_at = (2 * self.full_at.len()).max(FEW).min(most);
        self.full_at.shrink_to(self.look_at);
    }
}

/// Converts a time of the clock to nanoseconds. 64 bits last for over five hundred years.
fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    impl Buckets {
        /// Takes a token from the key's bucket.
        fn take(&self, key: &(impl Hash + ?Sized), now: Duration) -> Result<(), Duration> {
            self.take_many(key, 1, now)
        }
    }

    fn rate(per_minute: u32, burst: u32) -> Rate {
        Rate::new(per_minute, burst).unwrap()
    }

    fn remembered(buckets: &Buckets) -> usize {
        let shards = buckets.shards.iter();
        shards
            .map(|shard| shard.lock().unwrap().full_at.len())
            .sum()
    }

    /// Returns how many tokens the key gets at this moment.
    fn left(buckets: &Buckets, key: &str, now: Duration) -> usize {
        (0..).take_while(|_| buckets.take(key, now).is_ok()).count()
    }

    #[test]
    fn bucket_allows_its_burst_and_then_its_rate() {
        let buckets = Buckets::new(rate(60, 5), 1000);
        assert_eq!(left(&buckets, "a", Duration::ZERO), 5);
        assert_eq!(buckets.take("a", Duration::ZERO), Err(SECOND));
        let almost = Duration::from_millis(750);
        assert_eq!(buckets.take("a", almost), Err(SECOND / 4));
        // A refusal costs no tokens.
        assert_eq!(left(&buckets, "a", SECOND), 1);
        assert_eq!(left(&buckets, "a", 4 * SECOND), 3);
        // A bucket never holds more than its burst.
        assert_eq!(left(&buckets, "a", 3600 * SECOND), 5);
        assert_eq!(left(&buckets, "b", 3600 * SECOND), 5);
    }

    #[test]
    fn several_tokens_are_taken_if_available() {
        let buckets = Buckets::new(rate(60, 5), 1000);
        buckets.take_many("a", 3, Duration::ZERO).unwrap();
        assert_eq!(buckets.take_many("a", 4, Duration::ZERO), Err(2 * SECOND));
        buckets.take_many("a", 2, Duration::ZERO).unwrap();
        buckets.take_many("a", 0, Duration::ZERO).unwrap();
        assert_eq!(left(&buckets, "a", Duration::ZERO), 0);
        // A full bucket gives more than it holds and takes longer to refill.
        let later = 100 * SECOND;
        buckets.take_many("a", 8, later).unwrap();
        assert_eq!(buckets.take("a", later), Err(4 * SECOND));
        assert_eq!(buckets.take_many("a", 8, later), Err(8 * SECOND));
        buckets.take_many("b", u64::MAX, later).unwrap();
        assert!(buckets.take("b", Duration::from_secs(1 << 30)).is_err());
    }

    #[test]
    fn returned_tokens_do_not_exceed_the_burst() {
        let buckets = Buckets::new(rate(1, 3), 1000);
        buckets.give_back("a");
        assert_eq!(left(&buckets, "a", SECOND), 3);
        buckets.give_back("a");
        buckets.give_back("a");
        assert_eq!(left(&buckets, "a", SECOND), 2);
        buckets.give_back("nobody");
        assert_eq!(left(&buckets, "nobody", SECOND), 3);
    }

    #[test]
    fn extreme_rates_work() {
        for (per_minute, burst) in [(1, 1), (1, Rate::MOST), (Rate::MOST, 1)] {
            let buckets = Buckets::new(rate(per_minute, burst), 1000);
            let late = Duration::from_secs(1 << 32);
            assert_eq!(left(&buckets, "a", late), burst as usize);
            let wait = buckets.take("a", late).unwrap_err();
            assert!(wait > Duration::ZERO, "{wait:?}");
            assert!(buckets.take("a", late + wait).is_ok());
        }
    }

    #[test]
    fn flood_of_keys_is_bounded_and_frees_no_limited_key() {
        let (most, now) = (1 << 10, SECOND);
        let buckets = Buckets::new(rate(1, 10), most);
        assert_eq!(left(&buckets, "abuser", now), 10);
        for key in 0..1_000_000 {
            buckets.take(&key, now).unwrap();
        }
        assert!(remembered(&buckets) <= most, "{}", remembered(&buckets));
        // The key with the fewest tokens left is remembered longest.
        assert!(buckets.take("abuser", now).is_err());
    }

    #[test]
    fn eviction_removes_full_buckets_and_then_half_of_the_rest() {
        let shard = |buckets: u64| Shard {
            full_at: (1..=buckets).map(|number| (number, number)).collect(),
            look_at: FEW,
        };
        let mut few = shard(101);
        few.make_room(1, 1000);
        assert_eq!((few.full_at.len(), few.look_at), (100, 200));
        let mut many = shard(101);
        many.make_room(1, 100);
        assert_eq!((many.full_at.len(), many.look_at), (49, 98));
        assert!(many.full_at.values().all(|at| *at > 52));
    }

    #[test]
    fn full_buckets_are_evicted_and_their_memory_freed() {
        let buckets = Buckets::new(rate(60, 10), 1 << 16);
        for key in 0..50_000 {
            buckets.take(&key, SECOND).unwrap();
        }
        assert_eq!(remembered(&buckets), 50_000);
        // A second later all of them are full again.
        for key in 0..50_000 {
            buckets
                .take(&format!("later {key}"), Duration::from_secs(key))
                .unwrap();
        }
        assert!(remembered(&buckets) < 3_000, "{}", remembered(&buckets));
        let room: usize = buckets
            .shards
            .iter()
            .map(|shard| shard.lock().unwrap().full_at.capacity())
            .sum();
        assert!(room < 6_000, "{room}");
    }
}
