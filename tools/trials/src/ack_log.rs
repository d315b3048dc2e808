//! The log of acknowledged messages. A visitor records each one before sending the next.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::row::Row;

/// A message that the server has acknowledged.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The id that the client assigned.
    pub client_id: String,
    /// The id that the server assigned.
    pub id: String,
    pub text: String,
    /// The file sent with the message.
    pub file: Option<Arc<[u8]>>,
}

/// The acknowledged messages and the complaints of all visitors.
#[derive(Debug, Default)]
pub struct AckLog {
    sent: Mutex<Vec<Sent>>,
    complaints: Mutex<Vec<String>>,
    pub counters: Counters,
}

/// Counters of what happened during a trial.
#[derive(Debug, Default)]
pub struct Counters {
    /// Guests who started a session.
    pub guests: AtomicU64,
    /// Registrations and logins, each of which migrated a guest's chats to the user's account.
    pub logins: AtomicU64,
    /// Messages with a file.
    pub files: AtomicU64,
    /// Requests without a response, which were sent again.
    pub unanswered: AtomicU64,
    /// Requests that the server asked to repeat later, with a 5xx or 429.
    pub postponed: AtomicU64,
    /// Messages that a request without a response had stored, as the response to the retry
    /// reported.
    pub replayed: AtomicU64,
}

impl Counters {
    /// Adds the counters of another tally.
    pub fn add(&self, other: &Self) {
        for (mine, theirs) in self.counters().into_iter().zip(other.counters()) {
            mine.0
                .fetch_add(theirs.0.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }

    pub fn rows(&self) -> Vec<Row> {
        let rows = self.counters().into_iter();
        rows.map(|(counter, name)| Row::info(name, counter.load(Ordering::Relaxed)))
            .collect()
    }

    fn counters(&self) -> [(&AtomicU64, &'static str); 6] {
        [
            (&self.guests, "guests"),
            (
                &self.logins,
                "registrations and logins, each of a guest with a history",
            ),
            (&self.files, "messages with a file"),
            (&self.unanswered, "requests without an answer, sent again"),
            (&self.postponed, "requests answered 5xx or 429, sent again"),
            (
                &self.replayed,
                "messages stored by a request without an answer, recognised when sent again",
            ),
        ]
    }

    pub fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

impl AckLog {
    pub fn write(&self, sent: Sent) {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sent);
    }

    /// Returns the messages acknowledged so far.
    pub fn sent(&self) -> Vec<Sent> {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Records a response that no client should get.
    pub fn complain(&self, complaint: String) {
        self.complaints
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(complaint);
    }

    pub fn complaints(&self) -> Vec<String> {
        self.complaints
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
