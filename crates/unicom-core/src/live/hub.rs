//! [`Hub`]: tells the subscribers of this process which of their chats have changed.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::Notify;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use unicom_db::{Database, DbError, Event};
use unicom_models::ChatId;

/// Tells its subscriptions which of their chats have changed. Cheap to clone.
///
/// A subscription remembers which of its chats have changed, however often, so that a slow
/// subscriber costs memory for its chats and nothing else.
#[derive(Debug, Clone, Default)]
pub struct Hub(Arc<Mutex<Subscribers>>);

#[derive(Debug, Default)]
struct Subscribers {
    by_chat: HashMap<ChatId, HashMap<u64, Arc<Mailbox>>>,
    next_id: u64,
}

/// The chats of one subscription that have changed.
#[derive(Debug, Default)]
struct Mailbox {
    changed: Mutex<HashSet<ChatId>>,
    wake: Notify,
}

impl Mailbox {
    fn put(&self, chat_id: &ChatId) {
        if lock(&self.changed).insert(chat_id.clone()) {
            self.wake.notify_one();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    /// Starts a hub that listens to the changes that are committed to `database`. Its thread ends
    /// with the database.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] if the thread cannot be started.
    pub fn start(database: &Database) -> Result<Self, DbError> {
        let hub = Self::default();
        let subscribers = Arc::downgrade(&hub.0);
        let events = database.subscribe();
        std::thread::Builder::new()
            .name("unicom-live".to_owned())
            .spawn(move || listen(events, &subscribers))
            .map_err(|error| DbError::Unavailable {
                reason: format!("cannot start a thread: {error}"),
            })?;
        Ok(hub)
    }

    /// Creates a subscription without chats.
    pub fn subscribe(&self) -> Subscription {
        let mut subscribers = lock(&self.0);
        subscribers.next_id += 1;
        Subscription {
            hub: self.clone(),
            id: subscribers.next_id,
            chats: HashSet::new(),
            mailbox: Arc::default(),
        }
    }
}

fn listen(mut events: Receiver<Event>, subscribers: &Weak<Mutex<Subscribers>>) {
    loop {
        let event = events.blocking_recv();
        let Some(subscribers) = subscribers.upgrade() else {
            return;
        };
        match event {
            Ok(Event::ChatChanged { chat_id }) => lock(&subscribers).tell(&chat_id),
            // Whatever was missed has changed one of the chats.
            Err(RecvError::Lagged(_)) => lock(&subscribers).tell_all(),
            Err(RecvError::Closed) => return,
            Ok(_) => {}
        }
    }
}

impl Subscribers {
    fn tell(&self, chat_id: &ChatId) {
        for mailbox in self
            .by_chat
            .get(chat_id)
            .into_iter()
            .flat_map(HashMap::values)
        {
            mailbox.put(chat_id);
        }
    }

    fn tell_all(&self) {
        for chat_id in self.by_chat.keys() {
            self.tell(chat_id);
        }
    }
}

/// A subscription to the changes of some chats. Dropping it ends it.
#[derive(Debug)]
pub struct Subscription {
    hub: Hub,
    id: u64,
    chats: HashSet<ChatId>,
    mailbox: Arc<Mailbox>,
}

impl Subscription {
    /// Adds a chat. Changes that are committed from now on are reported, so that a state that is
    /// read afterwards misses none.
    pub fn add(&mut self, chat_id: ChatId) {
        if self.chats.insert(chat_id.clone()) {
            let mut subscribers = lock(&self.hub.0);
            let of_chat = subscribers.by_chat.entry(chat_id).or_default();
            of_chat.insert(self.id, Arc::clone(&self.mailbox));
        }
    }

    /// Removes a chat.
    pub fn remove(&mut self, chat_id: &ChatId) {
        if self.chats.remove(chat_id) {
            self.forget(chat_id);
            lock(&self.mailbox.changed).remove(chat_id);
        }
    }

    /// Returns the number of chats.
    pub fn len(&self) -> usize {
        self.chats.len()
    }

    /// Returns `true` if the subscription has no chats.
    pub fn is_empty(&self) -> bool {
        self.chats.is_empty()
    }

    /// Waits until at least one of the chats has changed. Returns those that have since the last
    /// call, each once.
    ///
    /// Nothing is lost if the future is dropped before it is ready.
    pub async fn changed(&self) -> HashSet<ChatId> {
        loop {
            let changed = std::mem::take(&mut *lock(&self.mailbox.changed));
            if !changed.is_empty() {
                return changed;
            }
            self.mailbox.wake.notified().await;
        }
    }

    fn forget(&self, chat_id: &ChatId) {
        let mut subscribers = lock(&self.hub.0);
        if let Some(of_chat) = subscribers.by_chat.get_mut(chat_id) {
            of_chat.remove(&self.id);
            if of_chat.is_empty() {
                subscribers.by_chat.remove(chat_id);
            }
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        for chat_id in &self.chats {
            self.forget(chat_id);
        }
    }
}
