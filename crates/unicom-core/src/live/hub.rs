//! [`Hub`]: tells the subscribers of this process what has changed of what they watch.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use tokio::sync::Notify;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use unicom_db::{Database, DbError, Event, StreamDelta, StreamEnd, Typing};
use unicom_models::{AccountId, ChatId, MessageId};

use super::open_streams::{OpenStreams, StreamPart};

use super::viewers::{Viewer, Viewers};

/// Something that a subscription watches.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Everything in a chat.
    Chat(ChatId),
    /// The chats and the rights of an account.
    Account(AccountId),
    /// All chats of the installation, and who views them. The news name the chats that have
    /// changed.
    EveryChat,
}

/// What a subscription is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// What has happened since the last notice.
    News(News),
    /// The process stops. Nothing follows.
    Stopping,
}

/// What has happened of what a subscription watches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// The topics that have changed, each at least once.
    pub changed: HashSet<Topic>,
    /// Whether any topic may have changed.
    pub anything: bool,
    /// Who has begun or stopped to write in the chats.
    pub typing: Vec<Typing>,
    /// The chats in which bots have written more of a reply: [`Hub::stream_part`] returns what. If
    /// a reply has ended, its id and how; then its message, if there is one, was stored before.
    pub streams: HashMap<ChatId, Option<(MessageId, StreamEnd)>>,
    /// The chats whose viewers have changed.
    pub viewed: HashSet<ChatId>,
}

/// Tells its subscriptions which of their topics have changed. Cheap to clone.
///
/// A subscription remembers which of its topics have changed, however often, so that a slow
/// subscriber costs memory for its topics and nothing else.
#[derive(Debug, Clone, Default)]
pub struct Hub(Arc<Mutex<Subscribers>>);

#[derive(Debug, Default)]
struct Subscribers {
    by_topic: HashMap<Topic, Watchers>,
    next_id: u64,
    last_version: Version,
    recent: RecentVersions,
    /// Increases whenever anything may have changed.
    everything: Version,
    viewers: Viewers,
    is_stopping: bool,
    open_streams: OpenStreams,
}

/// The versions of chats that have changed while a subscription watches all of them.
#[derive(Debug, Default)]
struct RecentVersions {
    by_chat: HashMap<ChatId, Version>,
    /// The version of all other chats.
    others: Version,
}

impl RecentVersions {
    fn note(&mut self, chat_id: &ChatId, version: Version) {
        if self.by_chat.len() >= MOST_RECENT {
            self.reset(version);
        }
        self.by_chat.insert(chat_id.clone(), version);
    }

    fn reset(&mut self, version: Version) {
        self.by_chat = HashMap::new();
        self.others = version;
    }

    fn of(&self, chat_id: &ChatId) -> Version {
        self.by_chat.get(chat_id).copied().unwrap_or(self.others)
    }
}

/// The subscriptions that watch a topic.
#[derive(Debug)]
struct Watchers {
    mailboxes: HashMap<u64, Arc<Mailbox>>,
    version: Version,
}

/// Differs from all earlier versions of a topic after each of its changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(u64);

/// What one subscription has not been told yet.
#[derive(Debug, Default)]
struct Mailbox {
    pending: Mutex<Pending>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct Pending {
    news: News,
    is_stopping: bool,
}

/// Maximum number of signals of typing that wait for a slow subscriber. Further ones are dropped.
const MOST_TYPING: usize = 20;

/// Maximum number of changed chats that wait for a slow subscriber to all chats. If more have
/// changed, it is told that anything may have.
const MOST_CHANGED: usize = 2_000;

/// Maximum number of chats whose versions are remembered.
const MOST_RECENT: usize = 4_096;

impl Mailbox {
    fn put(&self, topic: &Topic) {
        if lock(&self.pending).news.changed.insert(topic.clone()) {
            self.wake.notify_one();
        }
    }

    fn put_of_every_chat(&self, topic: &Topic) {
        if lock(&self.pending).news.changed.len() < MOST_CHANGED {
            self.put(topic);
        } else {
            self.put_anything();
        }
    }

    fn put_viewed(&self, chat_id: &ChatId) {
        if lock(&self.pending).news.viewed.insert(chat_id.clone()) {
            self.wake.notify_one();
        }
    }

    fn put_anything(&self) {
        let mut pending = lock(&self.pending);
        if !std::mem::replace(&mut pending.news.anything, true) {
            self.wake.notify_one();
        }
    }

    fn put_typing(&self, typing: &Typing) {
        let waiting = &mut lock(&self.pending).news.typing;
        if waiting.len() < MOST_TYPING {
            waiting.push(typing.clone());
            self.wake.notify_one();
        }
    }

    fn put_stream(&self, chat_id: &ChatId, ended: Option<(MessageId, StreamEnd)>) {
        {
            let streams = &mut lock(&self.pending).news.streams;
            let last = streams.entry(chat_id.clone()).or_default();
            *last = ended.or(*last);
        }
        self.wake.notify_one();
    }

    fn stop(&self) {
        lock(&self.pending).is_stopping = true;
        self.wake.notify_one();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    /// Starts a hub that listens to the changes that are committed to `database`, by this process
    /// and, on PostgreSQL, by others. Its thread ends with the database.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] if the thread cannot be started.
    pub fn start(database: &Database) -> Result<Self, DbError> {
        let hub = Self::default();
        let subscribers = Arc::downgrade(&hub.0);
        let events = database.subscribe();
        database.listen_to_peers();
        std::thread::Builder::new()
            .name("unicom-live".to_owned())
            .spawn(move || listen(events, &subscribers))
            .map_err(|error| DbError::Unavailable {
                reason: format!("cannot start a thread: {error}"),
            })?;
        Ok(hub)
    }

    /// Creates a subscription without topics.
    pub fn subscribe(&self) -> Subscription {
        let mut subscribers = lock(&self.0);
        subscribers.next_id += 1;
        let subscription = Subscription {
            hub: self.clone(),
            id: subscribers.next_id,
            topics: HashSet::new(),
            mailbox: Arc::default(),
        };
        if subscribers.is_stopping {
            subscription.mailbox.stop();
        }
        subscription
    }

    /// Returns the part of the reply that a bot is writing in the chat which a reader does not
    /// have, who has a stream up to a position in bytes. Returns `None` if no reply is known in
    /// this process.
    pub fn stream_part(
        &self,
        chat_id: &ChatId,
        known: Option<(MessageId, usize)>,
    ) -> Option<StreamPart> {
        lock(&self.0).open_streams.part(chat_id, known)
    }

    /// Returns the id of the reply that a bot is writing in the chat, as far as this process knows,
    /// and whether its text is complete.
    pub fn known_stream(&self, chat_id: &ChatId) -> Option<(MessageId, bool)> {
        lock(&self.0).open_streams.known(chat_id)
    }

    /// Notes the text so far of a reply, which was read from the database.
    pub fn learn_stream(&self, chat_id: &ChatId, stream_id: MessageId, text: &str) {
        lock(&self.0).open_streams.learn(chat_id, stream_id, text);
    }

    /// Notes that a reply is no longer being written: it is not in the database.
    pub fn forget_stream(&self, chat_id: &ChatId, stream_id: MessageId) {
        lock(&self.0).open_streams.forget(chat_id, stream_id);
    }

    /// Tells all subscriptions that the process stops, also those that begin later.
    pub fn stop(&self) {
        let mut subscribers = lock(&self.0);
        subscribers.is_stopping = true;
        let watchers = subscribers.by_topic.values();
        for mailbox in watchers.flat_map(|watchers| watchers.mailboxes.values()) {
            mailbox.stop();
        }
    }
}

fn listen(mut events: Receiver<Event>, subscribers: &Weak<Mutex<Subscribers>>) {
    loop {
        let event = events.blocking_recv();
        let Some(subscribers) = subscribers.upgrade() else {
            return;
        };
        let mut subscribers = lock(&subscribers);
        match event {
            Ok(Event::ChatChanged { chat_id }) => subscribers.tell(&Topic::Chat(chat_id)),
            Ok(Event::AccountChanged { account_id }) => {
                subscribers.tell(&Topic::Account(account_id));
            }
            Ok(Event::Typing(typing)) => subscribers.tell_typing(&typing),
            Ok(Event::StreamDelta(delta)) => subscribers.tell_stream_delta(delta),
            Ok(Event::StreamEnded {
                chat_id,
                stream_id,
                end,
            }) => {
                subscribers.open_streams.end(&chat_id, stream_id);
                subscribers.tell_stream(&chat_id, Some((stream_id, end)));
            }
            Ok(Event::Viewing(viewing)) => {
                let chats = subscribers.viewers.note(viewing, Instant::now());
                subscribers.tell_viewed(&chats);
            }
            // Whatever was missed has changed one of the topics.
            Ok(Event::AnythingChanged) | Err(RecvError::Lagged(_)) => subscribers.tell_all(),
            Err(RecvError::Closed) => return,
            Ok(_) => {}
        }
    }
}

impl Subscribers {
    fn next_version(&mut self) -> Version {
        self.last_version.0 += 1;
        self.last_version
    }

    fn tell(&mut self, topic: &Topic) {
        let version = self.next_version();
        if let Some(watchers) = self.by_topic.get_mut(topic) {
            watchers.version = version;
            for mailbox in watchers.mailboxes.values() {
                mailbox.put(topic);
            }
        }
        if let Topic::Chat(chat_id) = topic
            && let Some(watchers) = self.by_topic.get_mut(&Topic::EveryChat)
        {
            self.recent.note(chat_id, version);
            for mailbox in watchers.mailboxes.values() {
                mailbox.put_of_every_chat(topic);
            }
        }
    }

    fn tell_viewed(&self, chats: &[ChatId]) {
        let watchers = self.by_topic.get(&Topic::EveryChat).into_iter();
        for mailbox in watchers.flat_map(|watchers| watchers.mailboxes.values()) {
            for chat_id in chats {
                mailbox.put_viewed(chat_id);
            }
        }
    }

    fn tell_typing(&self, typing: &Typing) {
        let topic = Topic::Chat(typing.chat_id.clone());
        let watchers = self.by_topic.get(&topic).into_iter();
        for mailbox in watchers.flat_map(|watchers| watchers.mailboxes.values()) {
            mailbox.put_typing(typing);
        }
    }

    fn tell_stream_delta(&mut self, delta: StreamDelta) {
        let chat_id = delta.chat_id.clone();
        if self.open_streams.apply(delta) {
            self.tell_stream(&chat_id, None);
        }
    }

    fn tell_stream(&self, chat_id: &ChatId, ended: Option<(MessageId, StreamEnd)>) {
        let watchers = self.by_topic.get(&Topic::Chat(chat_id.clone())).into_iter();
        for mailbox in watchers.flat_map(|watchers| watchers.mailboxes.values()) {
            mailbox.put_stream(chat_id, ended);
        }
    }

    fn tell_all(&mut self) {
        let version = self.next_version();
        self.recent.reset(version);
        self.everything = version;
        for watchers in self.by_topic.values_mut() {
            watchers.version = version;
            for mailbox in watchers.mailboxes.values() {
                mailbox.put_anything();
            }
        }
    }
}

/// A subscription to the changes of some topics. Dropping it ends it.
#[derive(Debug)]
pub struct Subscription {
    hub: Hub,
    id: u64,
    topics: HashSet<Topic>,
    mailbox: Arc<Mailbox>,
}

impl Subscription {
    /// Adds a topic. Changes that are committed from now on are reported, so that a state that is
    /// read afterwards misses none.
    pub fn add(&mut self, topic: Topic) {
        if self.topics.insert(topic.clone()) {
            let mut subscribers = lock(&self.hub.0);
            if subscribers.is_stopping {
                self.mailbox.stop();
            }
            let version = subscribers.next_version();
            if topic == Topic::EveryChat && !subscribers.by_topic.contains_key(&topic) {
                // Changes were not noted before.
                subscribers.recent.reset(version);
            }
            let watchers = subscribers.by_topic.entry(topic).or_insert(Watchers {
                mailboxes: HashMap::new(),
                version,
            });
            let mailbox = Arc::clone(&self.mailbox);
            watchers.mailboxes.insert(self.id, mailbox);
        }
    }

    /// Returns a version of these topics of the subscription. It differs from all earlier ones
    /// after one of them has changed.
    pub fn version(&self, topics: &[Topic]) -> Version {
        let subscribers = lock(&self.hub.0);
        let versions = topics.iter().map(|topic| {
            let watched = subscribers.by_topic.get(topic);
            let watched = watched.map_or(Version::default(), |watchers| watchers.version);
            match topic {
                Topic::Chat(chat_id) => watched.max(subscribers.recent.of(chat_id)),
                _ => watched,
            }
        });
        versions.max().unwrap_or_default()
    }

    /// Returns a version that differs from all earlier ones after the subscription was told that
    /// anything may have changed.
    pub fn version_of_everything(&self) -> Version {
        lock(&self.hub.0).everything
    }

    /// Returns the admins who view the chat, each once.
    pub fn viewers(&self, chat_id: &ChatId) -> Vec<Viewer> {
        lock(&self.hub.0).viewers.of(chat_id)
    }

    /// Returns the chats that admins view.
    pub fn viewed_chats(&self) -> Vec<ChatId> {
        lock(&self.hub.0).viewers.chats()
    }

    /// Forgets viewers whose process has ended without saying so.
    pub fn forget_old_viewers(&self) {
        let mut subscribers = lock(&self.hub.0);
        let chats = subscribers.viewers.forget_old(Instant::now());
        subscribers.tell_viewed(&chats);
    }

    /// Removes a topic.
    pub fn remove(&mut self, topic: &Topic) {
        if self.topics.remove(topic) {
            self.forget(topic);
            if !self.contains(&Topic::EveryChat) {
                lock(&self.mailbox.pending).news.changed.remove(topic);
            }
            if let Topic::Chat(chat_id) = topic {
                lock(&self.mailbox.pending).news.streams.remove(chat_id);
            }
        }
    }

    /// Returns `true` if the topic was added.
    pub fn contains(&self, topic: &Topic) -> bool {
        self.topics.contains(topic)
    }

    /// Waits until at least one of the topics has changed, or the process stops.
    ///
    /// Nothing is lost if the future is dropped before it is ready.
    pub async fn next(&self) -> Notice {
        loop {
            {
                let mut pending = lock(&self.mailbox.pending);
                if pending.is_stopping {
                    return Notice::Stopping;
                }
                if pending.news != News::default() {
                    return Notice::News(std::mem::take(&mut pending.news));
                }
            }
            self.mailbox.wake.notified().await;
        }
    }

    fn forget(&self, topic: &Topic) {
        let mut subscribers = lock(&self.hub.0);
        if let Some(watchers) = subscribers.by_topic.get_mut(topic) {
            watchers.mailboxes.remove(&self.id);
            if watchers.mailboxes.is_empty() {
                subscribers.by_topic.remove(topic);
            }
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        for topic in &self.topics {
            self.forget(topic);
        }
    }
}
