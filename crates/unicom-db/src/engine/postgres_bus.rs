//! [`PostgresBus`]: messages between processes by PostgreSQL's `NOTIFY`.
//!
//! They are sent on a separate connection after the commit: inside a write transaction, `NOTIFY`
//! would take a lock that blocks every other commit of the cluster.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::engine::bus::{Bus, BusError, BusEvent};
use crate::{Db, Synchronous, by_engine, on_engine};

/// The name of the `NOTIFY` channel. Databases of one server do not share channels.
const CHANNEL: &str = "unicom_work";

/// How often the connection is checked for messages. The client library cannot wait for them.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// The bus of the database at a URL.
pub(crate) struct PostgresBus {
    url: String,
    /// The connection that sends, once there is one.
    sending: Mutex<Option<Db>>,
}

impl PostgresBus {
    /// Creates the bus. It connects when it is used.
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            sending: Mutex::default(),
        }
    }
}

impl Bus for PostgresBus {
    fn send(&self, message: &str) -> Result<(), BusError> {
        let mut sending = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
        let mut db = match sending.take() {
            Some(db) => db,
            None => Db::connect_with(&self.url, Synchronous::default())?,
        };
        on_engine!(&mut db, conn => diesel::sql_query("SELECT pg_notify($1, $2)")
            .bind::<Text, _>(CHANNEL)
            .bind::<Text, _>(message)
            .execute(conn))?;
        // After an error, the next call connects again.
        *sending = Some(db);
        Ok(())
    }

    fn listen(
        &self,
        on_event: &mut dyn FnMut(BusEvent<'_>) -> ControlFlow<()>,
    ) -> Result<(), BusError> {
        let mut db = Db::connect_with(&self.url, Synchronous::default())?;
        on_engine!(&mut db, conn => diesel::sql_query(format!("LISTEN {CHANNEL}")).execute(conn))?;
        let mut flow = on_event(BusEvent::Connected);
        while flow.is_continue() {
            by_engine!(&mut db, Postgres(conn) => {
                for notification in conn.notifications_iter() {
                    flow = on_event(BusEvent::Message(&notification?.payload));
                    if flow.is_break() {
                        return Ok(());
                    }
                }
            });
            thread::sleep(POLL_INTERVAL);
            flow = on_event(BusEvent::Idle);
        }
        Ok(())
    }
}

impl std::fmt::Debug for PostgresBus {
    /// Without the URL, which may contain a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresBus").finish_non_exhaustive()
    }
}
