//! [`Viewers`]: which admin views which chat.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use unicom_db::Viewing;
use unicom_models::{ChatId, Id};

/// How long a connection counts that does not say again what it shows. Its process may have died.
const FORGOTTEN: Duration = Duration::from_secs(75);

/// Maximum number of connections that are remembered.
const MOST: usize = 10_000;

/// An admin who views a chat.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Viewer {
    /// The admin's name.
    pub name: String,
    /// The host's id of the admin, if it is a user.
    pub user_id: Option<String>,
}

/// What the connections of all processes show.
#[derive(Debug, Default)]
pub(super) struct Viewers(HashMap<Id, Shown>);

#[derive(Debug)]
struct Shown {
    chat_id: ChatId,
    viewer: Viewer,
    told_at: Instant,
}

impl Viewers {
    /// Notes what a connection shows. Returns the chats whose viewers have changed.
    pub fn note(&mut self, viewing: Viewing, now: Instant) -> Vec<ChatId> {
        let Viewing {
            connection,
            chat_id,
            user_id,
            name,
        } = viewing;
        if !self.0.contains_key(&connection) && self.0.len() >= MOST {
            return Vec::new();
        }
        let before = match &chat_id {
            Some(chat_id) => {
                let shown = Shown {
                    chat_id: chat_id.clone(),
                    viewer: Viewer { name, user_id },
                    told_at: now,
                };
                self.0.insert(connection, shown)
            }
            None => self.0.remove(&connection),
        };
        let before = before.map(|before| before.chat_id);
        if before == chat_id {
            return Vec::new();
        }
        before.into_iter().chain(chat_id).collect()
    }

    /// Forgets connections that have not said for long what they show. Returns the chats whose
    /// viewers have changed.
    pub fn forget_old(&mut self, now: Instant) -> Vec<ChatId> {
        let old = |shown: &Shown| now.duration_since(shown.told_at) > FORGOTTEN;
        let gone = self.0.extract_if(|_, shown| old(shown));
        gone.map(|(_, shown)| shown.chat_id).collect()
    }

    /// Returns who views a chat, each admin once, by name.
    pub fn of(&self, chat_id: &ChatId) -> Vec<Viewer> {
        let in_chat = self.0.values().filter(|shown| shown.chat_id == *chat_id);
        let mut viewers: Vec<Viewer> = in_chat.map(|shown| shown.viewer.clone()).collect();
        viewers.sort();
        viewers.dedup();
        viewers
    }

    /// Returns the chats that someone views, by id.
    pub fn chats(&self) -> Vec<ChatId> {
        let mut chats: Vec<ChatId> = self.0.values().map(|shown| shown.chat_id.clone()).collect();
        chats.sort();
        chats.dedup();
        chats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewing(connection: Id, chat_id: Option<&str>, name: &str) -> Viewing {
        Viewing {
            connection,
            chat_id: chat_id.map(ChatId::from),
            user_id: None,
            name: name.to_owned(),
        }
    }

    fn names(viewers: &Viewers, chat_id: &str) -> Vec<String> {
        let viewers = viewers.of(&chat_id.into()).into_iter();
        viewers.map(|viewer| viewer.name).collect()
    }

    #[test]
    fn viewers_follow_their_connections() {
        let (mut viewers, now) = (Viewers::default(), Instant::now());
        let [first, second, third] = [Id::new(), Id::new(), Id::new()];
        assert_eq!(
            viewers.note(viewing(first, Some("a"), "Ann"), now),
            ["a".into()]
        );
        // The same person in two windows, and the same again.
        viewers.note(viewing(second, Some("a"), "Ann"), now);
        assert!(
            viewers
                .note(viewing(first, Some("a"), "Ann"), now)
                .is_empty()
        );
        viewers.note(viewing(third, Some("a"), "Bob"), now);
        assert_eq!(names(&viewers, "a"), ["Ann", "Bob"]);
        let moved = viewers.note(viewing(third, Some("b"), "Bob"), now);
        assert_eq!(moved, ["a".into(), "b".into()]);
        assert_eq!(viewers.chats(), ["a".into(), "b".into()]);
        viewers.note(viewing(first, None, "Ann"), now);
        assert_eq!(names(&viewers, "a"), ["Ann"]);
        assert_eq!(
            viewers.note(viewing(second, None, "Ann"), now),
            ["a".into()]
        );
        assert!(names(&viewers, "a").is_empty());
    }

    #[test]
    fn connections_of_dead_processes_are_forgotten() {
        let (mut viewers, start) = (Viewers::default(), Instant::now());
        let [dead, alive] = [Id::new(), Id::new()];
        viewers.note(viewing(dead, Some("a"), "Ann"), start);
        viewers.note(viewing(alive, Some("b"), "Bob"), start);
        let later = start + Duration::from_secs(50);
        viewers.note(viewing(alive, Some("b"), "Bob"), later);
        assert!(viewers.forget_old(later).is_empty());
        let later = start + Duration::from_secs(100);
        assert_eq!(viewers.forget_old(later), ["a".into()]);
        assert_eq!(viewers.chats(), ["b".into()]);
    }
}
