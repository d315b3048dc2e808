//! `SingleStatement`: one statement that commits by itself.

use diesel::PgConnection;
use unicom_models::UtcTime;

use crate::Event;

/// A PostgreSQL connection outside a transaction, for one writing statement that is committed when
/// it returns.
#[derive(Debug)]
pub struct SingleStatement<'a> {
    connection: OpaqueConnection<'a>,
    now: UtcTime,
    events: Vec<Event>,
}

struct OpaqueConnection<'a>(&'a mut PgConnection);

impl std::fmt::Debug for OpaqueConnection<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PgConnection")
    }
}

impl<'a> SingleStatement<'a> {
    pub(crate) fn new(connection: &'a mut PgConnection, now: UtcTime) -> Self {
        Self {
            connection: OpaqueConnection(connection),
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

    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        self.connection.0
    }

    pub(crate) fn into_events(self) -> Vec<Event> {
        self.events
    }
}
