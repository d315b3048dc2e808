//! Notifications of new work between processes on the same PostgreSQL database.
//!
//! `NOTIFY` is sent on a separate connection after the commit: inside a write transaction it would
//! take a lock that blocks every other commit of the cluster. Like events, notifications are hints:
//! a process that misses one finds the work by polling.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};
use diesel::prelude::*;
use diesel::sql_types::Text;
use tokio::sync::broadcast;

use crate::{Db, DbError, Event, by_engine, on_engine};

/// The name of the `NOTIFY` channel.
const CHANNEL: &str = "unicom_work";

/// Minimum interval between two notifications.
const NOTIFY_INTERVAL: Duration = Duration::from_millis(10);

/// How often the connection is checked for notifications. The client library cannot wait for them.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// How long to wait before reconnecting.
const RECONNECT_DELAY: Duration = Duration::from_secs(1);

/// Sends notifications to other processes and receives theirs. Its threads end when it is dropped.
pub(crate) struct PeerNotifier {
    url: String,
    /// Identifies the notifications of this process.
    name: String,
    wake_tx: Sender<()>,
    /// Dropped with the notifier, which ends the listening thread.
    alive: Arc<()>,
    listening: std::sync::Once,
}

impl PeerNotifier {
    /// Starts the thread that notifies other processes.
    pub fn new(url: &str) -> Result<Self, DbError> {
        // One pending signal is enough: a second one would add nothing.
        let (wake_tx, wake_rx) = crossbeam_channel::bounded(1);
        let name = unicom_models::Id::new().to_string();
        let (to, source) = (url.to_owned(), name.clone());
        start("unicom-notify", move || notify_loop(&to, &source, &wake_rx))?;
        Ok(Self {
            url: url.to_owned(),
            name,
            wake_tx,
            alive: Arc::new(()),
            listening: std::sync::Once::new(),
        })
    }

    /// Notifies other processes if one of `events` means new work. Does not wait.
    pub fn announce(&self, events: &[Event]) {
        let is_work = |event| {
            matches!(
                event,
                &Event::RequestReady { .. } | &Event::DeliveryReady { .. }
            )
        };
        if events.iter().any(is_work) {
            // An error means that a signal is pending already.
            let _ = self.wake_tx.try_send(());
        }
    }

    /// Starts the thread that publishes [`Event::RemoteWork`] for notifications of other processes.
    /// Has no effect after the first call.
    pub fn listen(&self, listeners: &broadcast::Sender<Event>) {
        self.listening.call_once(|| {
            let (url, name) = (self.url.clone(), self.name.clone());
            let (alive, listeners) = (Arc::downgrade(&self.alive), listeners.clone());
            let started = start("unicom-listen", move || {
                while alive.strong_count() > 0 {
                    if let Err(error) = listen(&url, &name, &alive, &listeners) {
                        log::warn!("cannot listen to notifications of other processes: {error}");
                        thread::sleep(RECONNECT_DELAY);
                    }
                }
            });
            if let Err(error) = started {
                log::warn!("cannot listen to notifications of other processes: {error}");
            }
        });
    }
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), DbError> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map(drop)
        .map_err(|error| DbError::Unavailable {
            reason: format!("cannot start a thread: {error}"),
        })
}

/// Sends a notification for each signal: immediately if none was sent recently, otherwise at
/// intervals.
fn notify_loop(url: &str, name: &str, wake_rx: &Receiver<()>) {
    let mut connection = None;
    for () in wake_rx {
        let sent = notify(&mut connection, url, name);
        if let Err(error) = sent {
            log::debug!("other processes were not notified: {error}");
            connection = None;
        }
        thread::sleep(NOTIFY_INTERVAL);
    }
}

fn notify(connection: &mut Option<Db>, url: &str, name: &str) -> Result<(), DbError> {
    let db = match connection {
        Some(db) => db,
        None => connection.insert(Db::connect(url)?),
    };
    on_engine!(db, conn => diesel::sql_query("SELECT pg_notify($1, $2)")
        .bind::<Text, _>(CHANNEL)
        .bind::<Text, _>(name)
        .execute(conn))?;
    Ok(())
}

fn listen(
    url: &str,
    name: &str,
    alive: &Weak<()>,
    listeners: &broadcast::Sender<Event>,
) -> Result<(), DbError> {
    let mut db = Db::connect(url)?;
    on_engine!(&mut db, conn => diesel::sql_query(format!("LISTEN {CHANNEL}")).execute(conn))?;
    // Notifications sent before `LISTEN` were missed: have listeners check once.
    let _ = listeners.send(Event::RemoteWork);
    while alive.strong_count() > 0 {
        let mut is_told = false;
        by_engine!(&mut db, Postgres(conn) => {
            for notification in conn.notifications_iter() {
                is_told |= notification?.payload != name;
            }
        });
        if is_told {
            // An error means that there are no listeners.
            let _ = listeners.send(Event::RemoteWork);
        }
        thread::sleep(POLL_INTERVAL);
    }
    Ok(())
}
