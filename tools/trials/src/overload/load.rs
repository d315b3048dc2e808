//! The measurements of a load.

use std::collections::BTreeMap;
use std::time::Duration;

use unicom_bench::summary::Percentiles;

use super::visitor::{Answered, Outcome, Wish};

#[derive(Debug, Default)]
pub struct Load {
    /// How long new requests were sent.
    pub span: Duration,
    /// The CPU time of the server until the last response, if it is known.
    pub cpu: Option<Duration>,
    /// The time from the last request sent to the last response.
    pub drained: Duration,
    /// The number of messages sent. `others` counts the other requests.
    pub sends: u64,
    pub others: u64,
    /// The number of requests that were due but not sent, because every visitor was waiting for a
    /// response.
    pub held_back: u64,
    /// The number of messages acknowledged within `span`. `read_within` counts the polls answered
    /// within it.
    sent_within: u64,
    read_within: u64,
    /// The number of responses by status and code.
    pub answers: BTreeMap<(u16, String), u64>,
    /// The number of refusals without a `Retry-After` header.
    pub without_retry_after: u64,
    /// The number of requests without a response, by reason.
    pub broken: BTreeMap<String, u64>,
    sent: Vec<Duration>,
    refused: Vec<Duration>,
}

impl Load {
    /// Counts a request that is sent.
    pub fn begin(&mut self, wish: Wish) {
        match wish {
            Wish::Send => self.sends += 1,
            Wish::Poll | Wish::Ready => self.others += 1,
        }
    }

    /// Counts a request that has ended, with or without a response.
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

    /// Returns the number of acknowledged messages per second.
    pub fn sent_rate(&self) -> f64 {
        self.sent_within as f64 / self.span.as_secs_f64()
    }

    /// Returns the number of messages and polls answered with 200 per second.
    pub fn answered_rate(&self) -> f64 {
        (self.sent_within + self.read_within) as f64 / self.span.as_secs_f64()
    }

    /// Returns the number of requests of all kinds that were due per second.
    pub fn offered_rate(&self) -> f64 {
        (self.sends + self.others + self.held_back) as f64 / self.span.as_secs_f64()
    }

    /// Returns the number of requests of all kinds that were sent per second.
    pub fn came_rate(&self) -> f64 {
        (self.sends + self.others) as f64 / self.span.as_secs_f64()
    }

    /// Returns the latencies of acknowledged messages.
    pub fn of_sent(&self) -> Percentiles {
        Percentiles::of(self.sent.clone())
    }

    /// Returns the latencies of refusals.
    pub fn of_refused(&self) -> Percentiles {
        Percentiles::of(self.refused.clone())
    }

    /// Returns the number of responses with this status and code.
    pub fn count(&self, status: u16, code: &str) -> u64 {
        let key = (status, code.to_owned());
        self.answers.get(&key).copied().unwrap_or_default()
    }

    /// Returns the number of all responses.
    pub fn answers_in_all(&self) -> u64 {
        self.answers.values().sum()
    }

    /// Returns the number of requests without a response.
    pub fn unanswered(&self) -> u64 {
        self.broken.values().sum()
    }
}
