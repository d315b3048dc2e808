//! What a load came to.

use std::collections::BTreeMap;
use std::time::Duration;

use unicom_bench::summary::Percentiles;

use super::visitor::{Answered, Outcome, Wish};

#[derive(Debug, Default)]
pub struct Load {
    /// While requests came in.
    pub span: Duration,
    /// CPU time of the server until the last answer, where it can be known.
    pub cpu: Option<Duration>,
    /// From the last that came in to the last answer.
    pub drained: Duration,
    /// Sends that came in, and other requests.
    pub sends: u64,
    pub others: u64,
    /// Those that were to come in and did not, since every visitor waited for an answer.
    pub held_back: u64,
    /// Sends acknowledged, and other requests answered, while requests came in.
    sent_within: u64,
    read_within: u64,
    /// Answers by their status and code.
    pub answers: BTreeMap<(u16, String), u64>,
    /// Refusals that do not say when to come again.
    pub without_retry_after: u64,
    /// Requests without an answer, by why.
    pub broken: BTreeMap<String, u64>,
    sent: Vec<Duration>,
    refused: Vec<Duration>,
}

impl Load {
    /// One came in.
    pub fn begin(&mut self, wish: Wish) {
        match wish {
            Wish::Send => self.sends += 1,
            Wish::Poll | Wish::Ready => self.others += 1,
        }
    }

    /// One was answered, or not.
    pub fn end(&mut self, answered: Answered, is_within: bool) {
        let (is_ok, wish, took) = (answered.is_ok(), answered.wish, answered.took);
        match wish {
            Wish::Send if is_ok => {
                self.sent.push(took);
                self.sent_within += u64::from(is_within);
            }
            Wish::Poll if is_ok => self.read_within += u64::from(is_within),
            _ => {}
        }
        match answered.outcome {
            Outcome::Said {
                status,
                code,
                has_retry_after,
            } => {
                if matches!(status, 429 | 503) {
                    self.refused.push(took);
                    self.without_retry_after += u64::from(!has_retry_after);
                }
                *self.answers.entry((status, code)).or_default() += 1;
            }
            Outcome::Broken(why) => *self.broken.entry(why).or_default() += 1,
        }
    }

    /// Sends acknowledged a second.
    pub fn sent_rate(&self) -> f64 {
        self.sent_within as f64 / self.span.as_secs_f64()
    }

    /// Requests of all kinds answered 200 a second.
    pub fn answered_rate(&self) -> f64 {
        (self.sent_within + self.read_within) as f64 / self.span.as_secs_f64()
    }

    /// Requests of all kinds that were to come in a second.
    pub fn offered_rate(&self) -> f64 {
        (self.sends + self.others + self.held_back) as f64 / self.span.as_secs_f64()
    }

    /// Requests of all kinds that came in a second.
    pub fn came_rate(&self) -> f64 {
        (self.sends + self.others) as f64 / self.span.as_secs_f64()
    }

    /// How long sends took that were acknowledged.
    pub fn of_sent(&self) -> Percentiles {
        Percentiles::of(self.sent.clone())
    }

    /// How long refusals took.
    pub fn of_refused(&self) -> Percentiles {
        Percentiles::of(self.refused.clone())
    }

    /// Answers with this status and code.
    pub fn count(&self, status: u16, code: &str) -> u64 {
        let key = (status, code.to_owned());
        self.answers.get(&key).copied().unwrap_or_default()
    }

    /// Answers of all kinds.
    pub fn answers_in_all(&self) -> u64 {
        self.answers.values().sum()
    }

    /// Requests without an answer.
    pub fn unanswered(&self) -> u64 {
        self.broken.values().sum()
    }
}
