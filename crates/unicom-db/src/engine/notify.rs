//! Notifications between processes on the same PostgreSQL database: of new work, and of chats and
//! accounts that have changed.
//!
//! `NOTIFY` is sent on a separate connection after the commit: inside a write transaction it would
//! take a lock that blocks every other commit of the cluster. Like events, notifications are hints:
//! a process that misses one finds the work, and connections find what has changed, by looking now
//! and then.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use unicom_models::{AccountId, ChatId};

use crate::{Db, DbError, Event, Typing, Viewing, by_engine, on_engine};

/// The name of the `NOTIFY` channel.
const CHANNEL: &str = "unicom_work";

/// Minimum interval between two notifications.
const NOTIFY_INTERVAL: Duration = Duration::from_millis(5);

/// How often the connection is checked for notifications. The client library cannot wait for them.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

/// Maximum number of chats and accounts in a notification, whose length PostgreSQL limits to 8,000
/// bytes. If more have changed, the others are told that anything may have.
const MOST_NAMED: usize = 50;

/// Maximum number of signals of typing in a notification.
const MOST_TYPING: usize = 20;

/// Maximum number of connections in a notification whose admins view another chat.
const MOST_VIEWING: usize = 20;

/// Maximum length of the signals in a notification together, in bytes.
const LONGEST_SIGNALS: usize = 1_500;

/// Maximum length of the names in a notification together, in bytes.
const LONGEST_NAMES: usize = 6_000;

/// What one process tells the others.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct News {
    /// There may be new work.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    work: bool,
    /// Any chat and any account may have changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    anything: bool,
    /// Chats that have changed.
    #[serde(default, skip_serializing_if = "HashSet::is_empty")]
    chats: HashSet<ChatId>,
    /// Accounts whose chats, rights or sessions have changed.
    #[serde(default, skip_serializing_if = "HashSet::is_empty")]
    accounts: HashSet<AccountId>,
    /// Who begins or stops to write. Dropped first if it does not fit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    typing: Vec<Typing>,
    /// What admins view, of each connection the last. Dropped first if it does not fit: it is told
    /// again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    viewing: Vec<Viewing>,
}

/// What is sent: the news, and who sends them.
#[derive(Serialize, Deserialize)]
struct Notification<N> {
    from: String,
    #[serde(flatten)]
    news: N,
}

impl News {
    /// Adds an event. Returns `true` if it concerns other processes.
    fn add(&mut self, event: &Event) -> bool {
        match event {
            Event::RequestReady { .. } | Event::DeliveryReady { .. } => self.work = true,
            // The names are bounded, also while they cannot be sent.
            Event::ChatChanged { .. } | Event::AccountChanged { .. } if self.anything => {}
            Event::ChatChanged { chat_id } => {
                self.chats.insert(chat_id.clone());
            }
            Event::AccountChanged { account_id } => {
                self.accounts.insert(account_id.clone());
            }
            Event::Typing(typing) => {
                if self.typing.len() >= MOST_TYPING {
                    return false;
                }
                self.typing.push(typing.clone());
            }
            Event::Viewing(viewing) => {
                self.viewing
                    .retain(|known| known.connection != viewing.connection);
                if self.viewing.len() >= MOST_VIEWING {
                    return false;
                }
                self.viewing.push(viewing.clone());
            }
            Event::AnythingChanged => self.anything = true,
            Event::MessageSaved { .. }
            | Event::ClickTaken { .. }
            | Event::RemoteWork
            | Event::AccountMerged { .. } => {
                return false;
            }
        }
        if self.chats.len() + self.accounts.len() > MOST_NAMED {
            self.name_nothing();
        }
        true
    }

    /// Replaces the names of what has changed.
    fn name_nothing(&mut self) {
        self.chats.clear();
        self.accounts.clear();
        self.anything = true;
    }

    /// Replaces names that would not fit into a notification.
    fn fitting(mut self) -> Self {
        let signals = serde_json::to_string(&(&self.typing, &self.viewing));
        if !signals.is_ok_and(|json| json.len() <= LONGEST_SIGNALS) {
            self.typing.clear();
            while serde_json::to_string(&self.viewing)
                .is_ok_and(|json| json.len() > LONGEST_SIGNALS)
            {
                self.viewing.pop();
            }
        }
        let names = serde_json::to_string(&(&self.chats, &self.accounts));
        let is_long = names.map_or(true, |names| names.len() > LONGEST_NAMES);
        if is_long {
            self.name_nothing();
        }
        self
    }

    /// Returns the events that tell a process what another one has done.
    fn events(self) -> impl Iterator<Item = Event> {
        let chats = self.chats.into_iter();
        let accounts = self.accounts.into_iter();
        (self.work.then_some(Event::RemoteWork).into_iter())
            .chain(self.anything.then_some(Event::AnythingChanged))
            .chain(chats.map(|chat_id| Event::ChatChanged { chat_id }))
            .chain(accounts.map(|account_id| Event::AccountChanged { account_id }))
            .chain(self.typing.into_iter().map(Event::Typing))
            .chain(self.viewing.into_iter().map(Event::Viewing))
    }
}

/// How long to wait before reconnecting.
const RECONNECT_DELAY: Duration = Duration::from_secs(1);

/// Sends notifications to other processes and receives theirs. Its threads end when it is dropped.
pub(crate) struct PeerNotifier {
    url: String,
    /// Identifies the notifications of this process.
    name: String,
    /// What the others have not been told yet.
    news: Arc<Mutex<News>>,
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
        let news = Arc::<Mutex<News>>::default();
        let (to, source, pending) = (url.to_owned(), name.clone(), Arc::clone(&news));
        start("unicom-notify", move || {
            notify_loop(&to, &source, &pending, &wake_rx);
        })?;
        Ok(Self {
            url: url.to_owned(),
            name,
            news,
            wake_tx,
            alive: Arc::new(()),
            listening: std::sync::Once::new(),
        })
    }

    /// Notifies other processes of what `events` mean for them. Does not wait.
    pub fn announce(&self, events: &[Event]) {
        let mut is_news = false;
        {
            let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
            for event in events {
                is_news |= news.add(event);
            }
        }
        if is_news {
            // An error means that a signal is pending already.
            let _ = self.wake_tx.try_send(());
        }
    }

    /// Starts the thread that publishes the events of other processes' notifications.
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
fn notify_loop(url: &str, name: &str, news: &Mutex<News>, wake_rx: &Receiver<()>) {
    let mut connection = None;
    for () in wake_rx {
        let told = std::mem::take(&mut *news.lock().unwrap_or_else(PoisonError::into_inner));
        let sent = notify(&mut connection, url, name, told.fitting());
        if let Err(error) = sent {
            log::debug!("other processes were not notified: {error}");
            connection = None;
        }
        thread::sleep(NOTIFY_INTERVAL);
    }
}

fn notify(connection: &mut Option<Db>, url: &str, name: &str, news: News) -> Result<(), DbError> {
    let from = name.to_owned();
    let payload = serde_json::to_string(&Notification { from, news })
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    let db = match connection {
        Some(db) => db,
        None => connection.insert(Db::connect(url)?),
    };
    on_engine!(db, conn => diesel::sql_query("SELECT pg_notify($1, $2)")
        .bind::<Text, _>(CHANNEL)
        .bind::<Text, _>(payload)
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
    let _ = listeners.send(Event::AnythingChanged);
    while alive.strong_count() > 0 {
        by_engine!(&mut db, Postgres(conn) => {
            for notification in conn.notifications_iter() {
                for event in events_in(&notification?.payload, name) {
                    // An error means that there are no listeners.
                    let _ = listeners.send(event);
                }
            }
        });
        thread::sleep(POLL_INTERVAL);
    }
    Ok(())
}

/// Returns the events of a notification, unless the process `name` sent it.
fn events_in(payload: &str, name: &str) -> impl Iterator<Item = Event> {
    let news = match serde_json::from_str::<Notification<News>>(payload) {
        Ok(notification) if notification.from == name => News::default(),
        Ok(notification) => notification.news,
        // Another version of unicom sent it.
        Err(_) => News {
            work: true,
            anything: true,
            ..News::default()
        },
    };
    news.events()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_arrive_as_they_were_sent() {
        let mut news = News::default();
        let events = [
            Event::ChatChanged {
                chat_id: "chat \"1\"".into(),
            },
            Event::AccountChanged {
                account_id: "webchat_user_7".into(),
            },
        ];
        assert!(events.iter().all(|event| news.add(event)));
        assert!(!news.add(&Event::RemoteWork));
        let from = "first".to_owned();
        let payload = serde_json::to_string(&Notification { from, news }).unwrap();
        assert_eq!(events_in(&payload, "second").collect::<Vec<_>>(), events);
        assert_eq!(events_in(&payload, "first").count(), 0);
        let of_another_version = events_in("0193", "second");
        assert_eq!(
            of_another_version.collect::<Vec<_>>(),
            [Event::RemoteWork, Event::AnythingChanged]
        );
    }

    #[test]
    fn names_that_do_not_fit_are_replaced() {
        let many = (0..=MOST_NAMED).map(|number| Event::ChatChanged {
            chat_id: format!("chat-{number}").into(),
        });
        let long = (0..10).map(|number| Event::ChatChanged {
            chat_id: format!("{number:900}").into(),
        });
        for events in [many.collect::<Vec<_>>(), long.collect()] {
            let mut news = News::default();
            for event in &events {
                news.add(event);
            }
            let fitting = news.fitting();
            assert!(fitting.anything && fitting.chats.is_empty());
        }
    }
}
