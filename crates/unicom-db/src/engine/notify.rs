//! Notifications between processes on the same database, by a [`Bus`]: of new work, and of chats
//! and accounts that have changed.
//!
//! Like events, notifications are hints: a process that misses one finds the work, and connections
//! find what has changed, by looking now and then.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use unicom_models::{AccountId, ChatId};

use crate::engine::bus::{Bus, BusError, BusEvent};
use crate::{DbError, Event, Typing};

/// Minimum interval between two notifications.
const NOTIFY_INTERVAL: Duration = Duration::from_millis(5);

/// Maximum number of chats and accounts in a notification, whose length is limited to 8,000 bytes,
/// as PostgreSQL does. If more have changed, the others are told that anything may have.
const MOST_NAMED: usize = 50;

/// Maximum number of signals of typing in a notification.
const MOST_TYPING: usize = 20;

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
        let is_small = serde_json::to_string(&self.typing).is_ok_and(|json| json.len() <= 1_500);
        if !is_small {
            self.typing.clear();
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
    }
}

/// How long to wait before reconnecting.
const RECONNECT_DELAY: Duration = Duration::from_secs(1);

/// Sends notifications to other processes and receives theirs. Its threads end when it is dropped.
pub(crate) struct PeerNotifier {
    bus: Arc<dyn Bus>,
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
    pub fn new(bus: Arc<dyn Bus>) -> Result<Self, DbError> {
        // One pending signal is enough: a second one would add nothing.
        let (wake_tx, wake_rx) = crossbeam_channel::bounded(1);
        let name = unicom_models::Id::new().to_string();
        let news = Arc::<Mutex<News>>::default();
        let (to, source, pending) = (Arc::clone(&bus), name.clone(), Arc::clone(&news));
        start("unicom-notify", move || {
            notify_loop(&*to, &source, &pending, &wake_rx);
        })?;
        Ok(Self {
            bus,
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
            let (bus, name) = (Arc::clone(&self.bus), self.name.clone());
            let (alive, listeners) = (Arc::downgrade(&self.alive), listeners.clone());
            let started = start("unicom-listen", move || {
                while alive.strong_count() > 0 {
                    if let Err(error) = listen(&*bus, &name, &alive, &listeners) {
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
fn notify_loop(bus: &dyn Bus, name: &str, news: &Mutex<News>, wake_rx: &Receiver<()>) {
    for () in wake_rx {
        let told = std::mem::take(&mut *news.lock().unwrap_or_else(PoisonError::into_inner));
        if let Err(error) = notify(bus, name, told.fitting()) {
            log::debug!("other processes were not notified: {error}");
        }
        thread::sleep(NOTIFY_INTERVAL);
    }
}

fn notify(bus: &dyn Bus, name: &str, news: News) -> Result<(), BusError> {
    let from = name.to_owned();
    bus.send(&serde_json::to_string(&Notification { from, news })?)
}

fn listen(
    bus: &dyn Bus,
    name: &str,
    alive: &Weak<()>,
    listeners: &broadcast::Sender<Event>,
) -> Result<(), BusError> {
    let publish = |events: &mut dyn Iterator<Item = Event>| {
        for event in events {
            // An error means that there are no listeners.
            let _ = listeners.send(event);
        }
    };
    bus.listen(&mut |event| {
        match event {
            BusEvent::Connected => publish(&mut missed().events()),
            BusEvent::Message(message) => publish(&mut events_in(message, name)),
            BusEvent::Idle => {}
        }
        if alive.strong_count() > 0 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })
}

/// Returns what notifications may have said that did not arrive or cannot be read.
fn missed() -> News {
    News {
        work: true,
        anything: true,
        ..News::default()
    }
}

/// Returns the events of a notification, unless the process `name` sent it.
fn events_in(payload: &str, name: &str) -> impl Iterator<Item = Event> {
    let news = match serde_json::from_str::<Notification<News>>(payload) {
        Ok(notification) if notification.from == name => News::default(),
        Ok(notification) => notification.news,
        // Another version of unicom sent it.
        Err(_) => missed(),
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
