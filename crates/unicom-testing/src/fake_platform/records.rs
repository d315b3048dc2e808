//! What a [`FakePlatform`](super::FakePlatform) has and has been given.

use std::collections::{BTreeMap, VecDeque};

use unicom_content::text::plain_parts;
use unicom_core::platform::{DeliveryError, DeliveryJob, Signal};

/// The files at the fake provider, and what happens when they are fetched.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub contents: BTreeMap<String, Vec<u8>>,
    pub failures: VecDeque<DeliveryError>,
    pub fetched: Vec<String>,
    pub are_held: bool,
}

/// The signals so far, and what happens with more of them.
#[derive(Debug, Default)]
pub(super) struct Signals {
    pub shown: Vec<(String, Signal)>,
    pub hang: bool,
}

/// The texts that were sent, and how they are sent.
#[derive(Debug, Default)]
pub(super) struct Text {
    /// Maximum length of a text, if the platform shows only texts.
    pub limit: Option<usize>,
    pub sent: Vec<String>,
}

impl Text {
    /// Sends the parts of a message that have not been sent, if the platform shows only texts.
    /// Returns the ids of what was sent. The first part of a message has the id `id`.
    pub fn send(&mut self, job: &DeliveryJob, id: &str) -> Vec<String> {
        let Some(limit) = self.limit else {
            return vec![id.to_owned()];
        };
        let parts = plain_parts(&job.message, limit);
        let left = parts.into_iter().enumerate().skip(job.sent_parts.len());
        left.map(|(at, text)| {
            self.sent.push(text);
            match at {
                0 => id.to_owned(),
                at => format!("{id}-{}", at + 1),
            }
        })
        .collect()
    }
}
