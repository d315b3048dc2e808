//! The comparison of acknowledged with stored messages.

use crate::ack_log::{AckLog, Counters};
use crate::database::Books;
use crate::readback::Findings;
use crate::row::Row;

/// The maximum number of complaints in a report.
const SHOWN: usize = 20;

/// The results of all messages, over all databases.
#[derive(Debug, Default)]
pub struct Verdict {
    pub acknowledged: u64,
    pub counters: Counters,
    /// Responses that no client should get, and other problems.
    pub complaints: Vec<String>,
    findings: Findings,
    books: Books,
}

impl Verdict {
    /// Adds the log, the findings and the checks of one database.
    pub fn add(&mut self, ack_log: &AckLog, found: Findings, books: Books) {
        self.acknowledged += ack_log.sent().len() as u64;
        self.counters.add(&ack_log.counters);
        self.complaints.extend(ack_log.complaints());
        self.findings.add(found);
        self.books.add(books);
    }

    /// Returns the figures, except how much was written.
    pub fn rows(&self) -> Vec<Row> {
        let complaints = self.complaints.len() as u64;
        let mut rows = vec![Row::none("unexpected responses", complaints)];
        rows.extend(self.findings.rows());
        rows.extend(self.books.rows());
        rows
    }

    /// Returns descriptions of the first problems of each kind.
    pub fn into_complaints(self) -> Vec<String> {
        let mut complaints = self.complaints;
        complaints.truncate(SHOWN);
        complaints.extend(self.findings.examples);
        complaints.extend(self.books.damage);
        complaints
    }
}
