//! `SingleStatement`: one statement that commits by itself.

use unicom_models::UtcTime;

use crate::{Db, Event};

/// A PostgreSQL connection outside a transaction, for one writing statement that is committed when
/// it returns.
#[derive(Debug)]
pub struct SingleStatement<'a> {
    db: &'a mut Db,
    now: UtcTime,
    events: Vec<Event>,
}

impl<'a> SingleStatement<'a> {
    pub(crate) fn new(db: &'a mut Db, now: UtcTime) -> Self {
        Self {
            db,
            now,
            events: Vec::new(),
        }
    }

    /// Returns the application's time when the statement began.
    pub fn now(&self) -> UtcTime {
        self.now
    }

    /// Publishes `event` to all listeners once the statement is committed.
    pub fn emit(&mut self, event: Event) {
        self.events.push(event);
    }

    pub(crate) fn db(&mut self) -> &mut Db {
        self.db
    }

    pub(crate) fn into_events(self) -> Vec<Event> {
        self.events
    }
}
