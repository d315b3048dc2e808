//! Keeping the pace that platforms accept. Each process has its own buckets; what is too much
//! nevertheless, the provider answers as busy.

use std::sync::PoisonError;
use std::time::Duration;

use tokio::time::Instant;
use unicom_db::DbError;
use unicom_db::queries::chats;
use unicom_db::queries::leases::{self, Lease};
use unicom_models::{Chat, ChatId};

use super::Shared;
use super::pace::SHORTEST;
use crate::platform::Pace;

impl Shared {
    /// Returns those of the claimed leases of chats that may be sent a message now. Gives the
    /// others back until then.
    pub(super) async fn keep_pace(&self, claimed: Vec<Lease>) -> Result<Vec<Lease>, DbError> {
        if claimed.is_empty() || !self.platforms.have_pace() {
            return Ok(claimed);
        }
        let ids: Vec<ChatId> = claimed
            .iter()
            .map(|lease| lease.key.as_str().into())
            .collect();
        let chats = self
            .database
            .read(move |db| chats::of_ids(db, &ids))
            .await?;
        let (mut now, mut later) = (Vec::new(), Vec::new());
        for lease in claimed {
            let wait = chats
                .iter()
                .find(|chat| chat.id.as_str() == lease.key)
                .map_or(Duration::ZERO, |chat| self.wait_of(chat));
            if wait < SHORTEST {
                now.push(lease);
            } else {
                later.push((lease, wait));
            }
        }
        if !later.is_empty() {
            let given_back = self.database.write_background(move |tx| {
                for (lease, wait) in &later {
                    leases::renew(tx, lease, *wait)?;
                }
                Ok::<_, DbError>(())
            });
            given_back.await?;
        }
        Ok(now)
    }

    /// Returns how long the next message of a chat has to wait.
    fn wait_of(&self, chat: &Chat) -> Duration {
        let platform = self.platforms.get(&chat.platform);
        let pace = platform.map_or(Pace::default(), |platform| platform.capabilities().pace);
        let rate = if chat.is_private {
            pace.chat
        } else {
            pace.group
        };
        let buckets = self.buckets.lock();
        let mut buckets = buckets.unwrap_or_else(PoisonError::into_inner);
        buckets.wait(chat, rate, pace.channel, Instant::now())
    }
}
