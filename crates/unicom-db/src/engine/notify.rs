//! Processes on the same PostgreSQL: telling them that there is work, and hearing it from them.
//!
//! `NOTIFY` is sent on a connection of its own, after the commit: inside a write transaction it would take a lock that
//! holds up every other commit of the cluster. It is a hint, as events are: who misses one finds the same by polling.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};
use diesel::prelude::*;
use diesel::sql_types::Text;
use tokio::sync::broadcast;

use crate::{Db, DbError, Event};

/// The name of the channel that processes notify.
const CHANNEL: &str = "unicom_work";

/// However much is written, others are told no more often.
const NOTIFY_INTERVAL: Duration = Duration::from_millis(10);

/// How often the connection is looked at for what others told: the client library has no way to wait for it.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// How long to wait before connecting anew.
const RECONNECT_DELAY: Duration = Duration::from_secs(1);

/// The way to the other processes. The threads end when it is dropped.
pub(crate) struct PeerNotifier {
    url: String,
    /// By which a process knows its own notifications.
    name: String,
    wake_tx: Sender<()>,
    /// Alive as long as this is; the listening thread looks at it.
    alive: Arc<()>,
    listening: std::sync::Once,
}

impl PeerNotifier {
    /// Begins a thread that tells others, once there is something to tell.
    pub fn new(url: &str) -> Result<Self, DbError> {
        // One that is not taken yet says all that a second one would.
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

    /// Tells the others that there may be work, if one of `events` says so. Does not wait.
    pub fn announce(&self, events: &[Event]) {
        let is_work = |event| {
            matches!(
                event,
                &Event::RequestReady { .. } | &Event::DeliveryReady { .. }
            )
        };
        if events.iter().any(is_work) {
            // An error says that it is to be told anyway.
            let _ = self.wake_tx.try_send(());
        }
    }

    /// Begins a thread that publishes [`Event::RemoteWork`] for what the others tell; once.
    pub fn listen(&self, listeners: &broadcast::Sender<Event>) {
        self.listening.call_once(|| {
            let (url, name) = (self.url.clone(), self.name.clone());
            let (alive, listeners) = (Arc::downgrade(&self.alive), listeners.clone());
            let started = start("unicom-listen", move || {
                while alive.strong_count() > 0 {
                    if let Err(error) = listen(&url, &name, &alive, &listeners) {
                        log::warn!("cannot hear what other processes write: {error}");
                        thread::sleep(RECONNECT_DELAY);
                    }
                }
            });
            if let Err(error) = started {
                log::warn!("cannot hear what other processes write: {error}");
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
            reason: format!("no thread: {error}"),
        })
}

/// The telling thread's life: at once when it was quiet, then at intervals.
fn notify_loop(url: &str, name: &str, wake_rx: &Receiver<()>) {
    let mut connection = None;
    for () in wake_rx {
        let sent = notify(&mut connection, url, name);
        if let Err(error) = sent {
            log::debug!("other processes were not told: {error}");
            connection = None;
        }
        thread::sleep(NOTIFY_INTERVAL);
    }
}

fn notify(connection: &mut Option<PgConnection>, url: &str, name: &str) -> Result<(), DbError> {
    let connection = match connection {
        Some(connection) => connection,
        None => connection.insert(connect(url)?),
    };
    diesel::sql_query("SELECT pg_notify($1, $2)")
        .bind::<Text, _>(CHANNEL)
        .bind::<Text, _>(name)
        .execute(connection)?;
    Ok(())
}

fn listen(
    url: &str,
    name: &str,
    alive: &Weak<()>,
    listeners: &broadcast::Sender<Event>,
) -> Result<(), DbError> {
    let mut connection = connect(url)?;
    diesel::sql_query(format!("LISTEN {CHANNEL}")).execute(&mut connection)?;
    // What was told before this is not heard: look once.
    let _ = listeners.send(Event::RemoteWork);
    while alive.strong_count() > 0 {
        let mut is_told = false;
        for notification in connection.notifications_iter() {
            is_told |= notification?.payload != name;
        }
        if is_told {
            // An error says that nobody listens.
            let _ = listeners.send(Event::RemoteWork);
        }
        thread::sleep(POLL_INTERVAL);
    }
    Ok(())
}

fn connect(url: &str) -> Result<PgConnection, DbError> {
    match Db::connect(url)? {
        Db::Postgres(connection) => Ok(connection),
        Db::Sqlite(_) => Err(DbError::Closed),
    }
}
