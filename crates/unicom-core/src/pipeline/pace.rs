//! Buckets: how many more messages a platform accepts for a chat and for a channel.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;
use unicom_models::{ChannelId, Chat, ChatId};

use crate::platform::Rate;

/// A wait that is not worth giving a claim back.
pub(super) const SHORTEST: Duration = Duration::from_millis(10);

/// Number of chats above which those with a full bucket are forgotten.
const MANY: usize = 10_000;

/// The buckets of this process.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    chats: HashMap<ChatId, Bucket>,
    channels: HashMap<ChannelId, Bucket>,
    /// The chats that wait for their channel, and until when: their message is counted already.
    /// They would compete for every free place otherwise.
    reserved: HashMap<ChatId, Instant>,
}

impl Buckets {
    /// Returns how long the next message of a chat has to wait, and counts it: in its chat once it
    /// need not wait, in its channel at once.
    pub fn wait(
        &mut self,
        chat: &Chat,
        of_chat: Option<Rate>,
        of_channel: Option<Rate>,
        now: Instant,
    ) -> Duration {
        let free = self.chats.get(&chat.id).copied().unwrap_or_default();
        let wait = of_chat.map_or(Duration::ZERO, |rate| free.wait(rate, now));
        if wait >= SHORTEST {
            return wait;
        }
        if let Some(rate) = of_channel {
            let at = self.reserved.remove(&chat.id).unwrap_or_else(|| {
                let bucket = self.channels.entry(chat.channel_id).or_default();
                let at = now + bucket.wait(rate, now);
                bucket.count(rate, at);
                at
            });
            let wait = at.saturating_duration_since(now);
            if wait >= SHORTEST {
                self.reserved.insert(chat.id.clone(), at);
                return wait;
            }
        }
        if let Some(rate) = of_chat {
            self.forget(now);
            let bucket = self.chats.entry(chat.id.clone()).or_default();
            bucket.count(rate, now);
        }
        Duration::ZERO
    }

    /// Forgets full buckets, and reserved places that were not taken.
    fn forget(&mut self, now: Instant) {
        if self.chats.len() > MANY {
            self.chats
                .retain(|_, bucket| bucket.full_at.is_some_and(|at| at > now));
        }
        if self.reserved.len() > MANY {
            self.reserved.retain(|_, at| *at > now);
        }
    }
}

/// A bucket with a place for each message of a rate. A place becomes free at equal intervals.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    /// When all places will be free again.
    full_at: Option<Instant>,
}

impl Bucket {
    /// Returns how long the next message has to wait for a place.
    fn wait(self, rate: Rate, now: Instant) -> Duration {
        let all_but_one = rate.per.saturating_sub(rate.interval());
        let full_in = self.full_at.unwrap_or(now).saturating_duration_since(now);
        full_in.saturating_sub(all_but_one)
    }

    /// Takes a place at `at`, when one is free.
    fn count(&mut self, rate: Rate, at: Instant) {
        let full_at = self.full_at.map_or(at, |full_at| full_at.max(at));
        self.full_at = Some(full_at + rate.interval());
    }
}

#[cfg(test)]
mod tests {
    use unicom_models::{Channel, UtcTime};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn chat(id: &str, channel: i64) -> Chat {
        let now = UtcTime::BEGINNING;
        let channel = Channel::new(ChannelId(channel), "Fake".into(), "Site".into(), now);
        Chat::new(id.into(), &channel, now)
    }

    /// Returns the times, in seconds, at which messages of these chats are sent, each at once when
    /// it may.
    fn sent(chats: &[&str], of_chat: Option<Rate>, of_channel: Option<Rate>) -> Vec<(f32, String)> {
        let (mut buckets, begun) = (Buckets::default(), Instant::now());
        let mut queue: Vec<(Instant, usize)> = (0..chats.len()).map(|at| (begun, at)).collect();
        let mut sent = Vec::new();
        while !queue.is_empty() {
            queue.sort();
            let (now, at) = queue.remove(0);
            match buckets.wait(&chat(chats[at], 1), of_chat, of_channel, now) {
                Duration::ZERO => {
                    let seconds = (now - begun).as_secs_f32();
                    sent.push(((seconds * 100.0).round() / 100.0, chats[at].to_owned()));
                }
                wait => queue.push((now + wait, at)),
            }
        }
        sent
    }

    #[test]
    fn burst_is_followed_by_equal_intervals() {
        let rate = Rate::new(2, 4 * SECOND);
        let times: Vec<f32> = sent(&["a"; 5], Some(rate), None)
            .into_iter()
            .map(|one| one.0)
            .collect();
        assert_eq!(times, [0.0, 0.0, 2.0, 4.0, 6.0]);
    }

    #[test]
    fn each_chat_has_its_own_bucket() {
        let rate = Rate::new(1, SECOND);
        let times = sent(&["a", "b", "a"], Some(rate), None);
        assert_eq!(times.iter().filter(|one| one.0 == 0.0).count(), 2);
    }

    #[test]
    fn chats_of_a_channel_take_turns_and_a_slow_one_blocks_no_other() {
        let (slow, channel) = (Rate::new(1, 10 * SECOND), Rate::new(1, SECOND));
        let chats = ["a", "a", "b", "c", "d"];
        let found = sent(&chats, Some(slow), Some(channel));
        let times: Vec<f32> = found.iter().map(|one| one.0).collect();
        assert_eq!(times, [0.0, 1.0, 2.0, 3.0, 10.0], "{found:?}");
        assert_eq!(found.last().unwrap().1, "a");
    }

    #[test]
    fn rate_has_at_least_one_message() {
        assert_eq!(Rate::new(0, SECOND).interval(), SECOND);
        assert_eq!(
            sent(&["a"; 3], Some(Rate::new(5, Duration::ZERO)), None).len(),
            3
        );
    }
}
