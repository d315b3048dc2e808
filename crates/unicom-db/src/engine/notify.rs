//! Notifications between processes on the same database, by a [`Bus`]: of new work, of chats and
//! accounts that have changed, and of replies that are being written.
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
use unicom_models::{AccountId, ChatId, MessageId};

use crate::engine::bus::{Bus, BusError, BusEvent};
use crate::{DbError, Event, StreamDelta, StreamEnd, Typing, Viewing};

/// Minimum interval between two notifications.
const NOTIFY_INTERVAL: Duration = Duration::from_millis(5);

/// Maximum number of chats and accounts in a notification, whose length is limited to 8,000 bytes,
/// as PostgreSQL does. If more have changed, the others are told that anything may have.
const MOST_NAMED: usize = 50;

/// Maximum number of signals of typing in a notification.
const MOST_TYPING: usize = 20;

/// Maximum number of connections in a notification whose admins view another chat.
const MOST_VIEWING: usize = 20;

/// Maximum number of requests to stop a reply in a notification. Others are found when the text of
/// the reply is stored the next time.
const MOST_STOPS: usize = 20;

/// Maximum length of the pieces of replies that wait to be sent, in bytes.
const LONGEST_PIECES: usize = 64 << 10;

/// Maximum length of the news in a notification as JSON, in bytes. The name of the sender is added.
const LONGEST: usize = 7_800;

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
    /// Who begins or stops to write. Dropped if it does not fit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    typing: Vec<Typing>,
    /// Pieces of replies, at most one for each reply. Dropped first if they do not fit: those who
    /// miss one read the stored text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    deltas: Vec<StreamDelta>,
    /// Replies that have ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ended: Vec<(ChatId, MessageId, StreamEnd)>,
    /// Replies that are to be stopped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    stops: Vec<MessageId>,
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
            Event::StreamDelta(delta) => self.add_delta(delta),
            Event::StreamEnded { .. } if self.anything => {}
            Event::StreamEnded {
                chat_id,
                stream_id,
                end,
            } => self.ended.push((chat_id.clone(), *stream_id, *end)),
            Event::StreamStopRequested { stream_id } => {
                if self.stops.len() >= MOST_STOPS {
                    return false;
                }
                self.stops.push(*stream_id);
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
        if self.chats.len() + self.accounts.len() + self.ended.len() > MOST_NAMED {
            self.name_nothing();
        }
        true
    }

    /// Adds a piece of a reply to what is already known of it.
    fn add_delta(&mut self, new: &StreamDelta) {
        let waiting: usize = self.deltas.iter().map(|delta| delta.text.len()).sum();
        if waiting + new.text.len() > LONGEST_PIECES {
            self.drop_pieces();
        }
        let mut known = self.deltas.iter_mut();
        match known.find(|delta| delta.stream_id == new.stream_id) {
            // It only says that the text is stored.
            Some(delta) if new.text.is_empty() => delta.is_stored |= new.is_stored,
            Some(delta) if delta.offset + delta.text.len() == new.offset => {
                delta.text.push_str(&new.text);
                delta.is_stored |= new.is_stored;
            }
            Some(delta) => {
                let is_stored = delta.is_stored | new.is_stored;
                *delta = StreamDelta {
                    is_stored,
                    ..new.clone()
                };
            }
            None => self.deltas.push(new.clone()),
        }
    }

    /// Drops the pieces of replies. What is stored of them is still told.
    fn drop_pieces(&mut self) {
        self.deltas.retain(|delta| delta.is_stored);
        for delta in &mut self.deltas {
            delta.offset += delta.text.len();
            delta.text.clear();
        }
    }

    /// Replaces the names of what has changed.
    fn name_nothing(&mut self) {
        self.chats.clear();
        self.accounts.clear();
        self.ended.clear();
        self.anything = true;
    }

    /// Leaves out what would not fit into a notification.
    fn fitting(mut self) -> Self {
        let reductions: [fn(&mut Self); 6] = [
            Self::drop_pieces,
            |news| news.typing.clear(),
            |news| news.viewing.clear(),
            |news| news.deltas.clear(),
            |news| news.stops.clear(),
            Self::name_nothing,
        ];
        for reduce in reductions {
            let json = serde_json::to_string(&self);
            if json.is_ok_and(|json| json.len() <= LONGEST) {
                break;
            }
            reduce(&mut self);
        }
        self
    }

    /// Returns the events that tell a process what another one has done.
    fn events(self) -> impl Iterator<Item = Event> {
        let chats = self.chats.into_iter();
        let accounts = self.accounts.into_iter();
        let ended = self.ended.into_iter();
        let ended = ended.map(|(chat_id, stream_id, end)| Event::StreamEnded {
            chat_id,
            stream_id,
            end,
        });
        let stops = self.stops.into_iter();
        let stops = stops.map(|stream_id| Event::StreamStopRequested { stream_id });
        (self.work.then_some(Event::RemoteWork).into_iter())
            .chain(self.anything.then_some(Event::AnythingChanged))
            .chain(chats.map(|chat_id| Event::ChatChanged { chat_id }))
            .chain(accounts.map(|account_id| Event::AccountChanged { account_id }))
            .chain(self.typing.into_iter().map(Event::Typing))
            .chain(self.viewing.into_iter().map(Event::Viewing))
            .chain(self.deltas.into_iter().map(Event::StreamDelta))
            // After the changes of the chats, among which are the finished messages.
            .chain(ended)
            .chain(stops)
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

    /// A piece of the reply `stream_id`.
    fn delta(stream_id: MessageId, offset: usize, text: &str, is_stored: bool) -> Event {
        Event::StreamDelta(StreamDelta {
            chat_id: "chat".into(),
            stream_id,
            offset,
            text: text.to_owned(),
            is_stored,
        })
    }

    #[test]
    fn pieces_of_a_reply_are_joined_and_come_before_its_end() {
        let (id, other) = (MessageId::new(), MessageId::new());
        let end = Event::StreamEnded {
            chat_id: "chat".into(),
            stream_id: id,
            end: StreamEnd::Stopped,
        };
        let mut news = News::default();
        for event in [
            delta(id, 0, "Žl", true),
            end.clone(),
            delta(id, 3, "uť", false),
            // It was stored in the meantime.
            delta(id, 3, "", true),
            delta(other, 7, "gap", false),
            delta(other, 12, "later", false),
        ] {
            assert!(news.add(&event));
        }
        let told: Vec<Event> = news.fitting().events().collect();
        let expected = [
            delta(id, 0, "Žluť", true),
            delta(other, 12, "later", false),
            end,
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn pieces_that_do_not_fit_are_dropped_first() {
        let (stored, other) = (MessageId::new(), MessageId::new());
        let mut news = News::default();
        for number in 0..40 {
            news.add(&Event::ChatChanged {
                chat_id: format!("chat-{number}").into(),
            });
        }
        // Line breaks are longer in JSON.
        news.add(&delta(stored, 0, &"\n".repeat(4_000), true));
        news.add(&delta(other, 5, "x", false));
        let fitting = news.fitting();
        assert_eq!(fitting.chats.len(), 40);
        let Event::StreamDelta(hint) = delta(stored, 4_000, "", true) else {
            unreachable!()
        };
        assert_eq!(fitting.deltas, [hint]);
    }

    #[test]
    fn pieces_that_cannot_be_sent_are_bounded() {
        let id = MessageId::new();
        let mut news = News::default();
        for number in 0..1_000 {
            news.add(&delta(id, number * 1_000, &"x".repeat(1_000), false));
        }
        assert!(
            news.deltas
                .iter()
                .map(|delta| delta.text.len())
                .sum::<usize>()
                <= LONGEST_PIECES
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
