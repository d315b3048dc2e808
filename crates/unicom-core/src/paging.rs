//! Paging through the messages of a chat, in either direction.

use unicom_db::queries::messages::{Position, Walk};
use unicom_models::MessageId;

/// Which page of a chat is requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// The message next to which the page begins. By default the page begins at an end of the chat,
    /// which depends on `order`.
    pub anchor: Option<Anchor>,
    /// The order of the messages on the page.
    pub order: Order,
    /// Maximum number of messages, 1 to 100. Values outside this range are clamped.
    pub limit: u32,
}

/// The message next to which a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The page contains the messages directly before (older than) this one.
    Before(MessageId),
    /// The page contains the messages directly after (newer than) this one.
    After(MessageId),
}

impl Anchor {
    /// Returns the id of the message.
    pub fn message(self) -> MessageId {
        match self {
            Self::Before(id) | Self::After(id) => id,
        }
    }
}

/// The order of the messages on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Newest first.
    #[default]
    NewestFirst,
    /// Oldest first. Without an anchor, the page begins at the oldest message.
    OldestFirst,
}

/// A page of messages.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page<M> {
    /// The messages, in the requested order.
    pub messages: Vec<M>,
    /// Whether more messages follow in the direction of the walk.
    pub has_more: bool,
    /// The message to continue from: pass it as [`Anchor::Before`] or, when walking forward, as
    /// [`Anchor::After`]. `None` if no more messages follow.
    pub next: Option<MessageId>,
}

impl Paging {
    /// Reads the page. `position` is that of the anchor, if there is an anchor. `read` returns up
    /// to the given number of messages in the order of the walk, and `id` the id of a message.
    ///
    /// # Errors
    /// The errors of `position` and `read`.
    pub fn read<M, E>(
        &self,
        position: impl FnOnce(MessageId) -> Result<Position, E>,
        read: impl FnOnce(Walk, i64) -> Result<Vec<M>, E>,
        id: impl Fn(&M) -> MessageId,
    ) -> Result<Page<M>, E> {
        let (walk, walked) = match (self.anchor, self.order) {
            (Some(Anchor::Before(id)), _) => (Walk::Before(position(id)?), Order::NewestFirst),
            (Some(Anchor::After(id)), _) => (Walk::After(position(id)?), Order::OldestFirst),
            (None, Order::NewestFirst) => (Walk::FromNewest, Order::NewestFirst),
            (None, Order::OldestFirst) => (Walk::FromOldest, Order::OldestFirst),
        };
        let limit = self.limit.clamp(1, 100);
        // One message more than requested shows whether more follow.
        let mut messages = read(walk, i64::from(limit) + 1)?;
        let has_more = messages.len() > limit as usize;
        messages.truncate(limit as usize);
        let next = messages.last().filter(|_| has_more).map(id);
        if walked != self.order {
            messages.reverse();
        }
        Ok(Page {
            messages,
            has_more,
            next,
        })
    }
}
