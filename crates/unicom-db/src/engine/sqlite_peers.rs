//! Notices what other processes commit to the same SQLite file, which cannot notify each other.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use crate::connection::pool::Pool;
use crate::engine::publisher::Publisher;
use crate::engine::read_cache;
use crate::{DbError, Event};

/// The time between two looks.
const INTERVAL: Duration = Duration::from_secs(1);

/// Publishes [`Event::RemoteWork`] and [`Event::AnythingChanged`] from now on when another process
/// has committed, until `owner` is dropped. `parts` returns the pool with the only connection that
/// writes in this process, and the publisher.
///
/// SQLite tells a connection whether others have committed since it last asked. The connection that
/// writes asks, so that the commits of this process do not count. It is not waited for: if it is in
/// use, it asks the next time.
///
/// # Errors
/// [`DbError::Unavailable`] if the thread cannot be started.
pub(crate) fn watch<T: Send + Sync + 'static>(
    owner: Weak<T>,
    parts: impl Fn(&T) -> (&Pool, &Arc<Publisher>) + Send + 'static,
) -> Result<(), DbError> {
    let watch = move || {
        let mut seen = None;
        loop {
            thread::sleep(INTERVAL);
            let Some(owner) = owner.upgrade() else {
                return;
            };
            let (pool, publisher) = parts(&owner);
            let Some(mut pooled) = pool.try_get() else {
                continue;
            };
            let version = read_cache::version(&mut pooled.db).ok();
            drop(pooled);
            if seen.is_some() && version.is_some() && version != seen {
                publisher.publish(vec![Event::RemoteWork, Event::AnythingChanged]);
            }
            seen = version.or(seen);
        }
    };
    thread::Builder::new()
        .name("unicom-peers".to_owned())
        .spawn(watch)
        .map(drop)
        .map_err(|error| DbError::Unavailable {
            reason: error.to_string(),
        })
}
