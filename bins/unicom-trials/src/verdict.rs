//! `Verdict`: what visitors were told, beside what is stored.

use crate::ack_log::{AckLog, Tally};
use crate::database::Books;
use crate::readback::Findings;
use crate::row::Row;

/// Complaints that are shown.
const SHOWN: usize = 20;

/// What came of what visitors wrote, over all databases.
#[derive(Debug, Default)]
pub struct Verdict {
    pub acknowledged: u64,
    pub tally: Tally,
    /// Answers that nobody should get, and whatever else is wrong.
    pub complaints: Vec<String>,
    findings: Findings,
    books: Books,
}

impl Verdict {
    /// Adds what was written to one database, and what was found there.
    pub fn add(&mut self, ack_log: &AckLog, found: Findings, books: Books) {
        self.acknowledged += ack_log.sent().len() as u64;
        self.tally.add(&ack_log.tally);
        self.complaints.extend(ack_log.complaints());
        self.findings.add(found);
        self.books.add(books);
    }

    /// The figures, but for how much was written.
    pub fn rows(&self) -> Vec<Row> {
        let complaints = self.complaints.len() as u64;
        let mut rows = vec![Row::none("answers that nobody should get", complaints)];
        rows.extend(self.findings.rows());
        rows.extend(self.books.rows());
        rows
    }

    /// What is wrong in words, the first ones of each kind.
    pub fn into_complaints(self) -> Vec<String> {
        let mut complaints = self.complaints;
        complaints.truncate(SHOWN);
        complaints.extend(self.findings.examples);
        complaints.extend(self.books.damage);
        complaints
    }
}
