//! Finding work that a clock which was ahead has put off.

use std::time::Duration;

use unicom_db::DbError;
use unicom_db::queries::clock_jumps;

use super::Shared;
use crate::platform::Stop;

/// How often to look.
const LOOK: Duration = Duration::from_secs(60);

impl Shared {
    /// Looks for such work when the pipeline starts and once a minute, until `stop` is requested.
    pub(super) async fn watch_clock(&self, stop: &Stop) {
        while !stop.is_requested() {
            if let Err(error) = self.end_waits_of_the_future().await {
                log::warn!("the pipeline cannot look for work that waits too long: {error}");
            }
            tokio::select! {
                () = stop.requested() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    async fn end_waits_of_the_future(&self) -> Result<(), DbError> {
        let found = || {
            let now = self.database.lease_time();
            self.database.read(move |db| clock_jumps::found(db, now))
        };
        while found().await? {
            let changed = self
                .database
                .write_background(clock_jumps::make_due)
                .await?;
            log::warn!(
                "the clock was ahead and has been set back: {changed} requests and deliveries that waited for the time \
                 it showed are due"
            );
        }
        Ok(())
    }
}
