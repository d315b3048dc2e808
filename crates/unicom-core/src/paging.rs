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
    /// The page contains this message, about as many older and newer ones, and fewer where the chat
    /// ends.
    Around(MessageId),
}

impl Anchor {
    /// Returns the id of the message.
    pub fn message(self) -> MessageId {
        match self {
            Self::Before(id) | Self::After(id) | Self::Around(id) => id,
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
    /// Whether more messages follow in the direction of the walk, or older ones with
    /// [`Anchor::Around`].
    pub has_more: bool,
    /// The message to continue from: pass it as [`Anchor::Before`] or, when walking forward, as
    /// [`Anchor::After`]. `None` if no more messages follow.
    pub next: Option<MessageId>,
    /// Whether there are messages newer than the page, which [`Anchor::After`] its newest one
    /// reads. Only with [`Anchor::Around`].
    pub has_newer: Option<bool>,
}

impl Paging {
    /// Reads the page. `position` is that of the anchor, if there is an anchor. `read` returns up
    /// to the given number of messages in the order of the walk, and `id` the id of a message. A
    /// page around a message is read with two walks, any other one with one.
    ///
    /// # Errors
    /// The errors of `position` and `read`.
    pub fn read<M, E>(
        &self,
        position: impl FnOnce(MessageId) -> Result<Position, E>,
        mut read: impl FnMut(Walk, i64) -> Result<Vec<M>, E>,
        id: impl Fn(&M) -> MessageId,
    ) -> Result<Page<M>, E> {
        let limit = self.limit.clamp(1, 100);
        let (walk, walked) = match (self.anchor, self.order) {
            (Some(Anchor::Around(message)), _) => {
                return self.read_around(position(message)?, limit, read, id);
            }
            (Some(Anchor::Before(id)), _) => (Walk::Before(position(id)?), Order::NewestFirst),
            (Some(Anchor::After(id)), _) => (Walk::After(position(id)?), Order::OldestFirst),
            (None, Order::NewestFirst) => (Walk::FromNewest, Order::NewestFirst),
            (None, Order::OldestFirst) => (Walk::FromOldest, Order::OldestFirst),
        };
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
            has_newer: None,
        })
    }

    /// Reads a page around the message at this position.
    fn read_around<M, E>(
        &self,
        position: Position,
        limit: u32,
        mut read: impl FnMut(Walk, i64) -> Result<Vec<M>, E>,
        id: impl Fn(&M) -> MessageId,
    ) -> Result<Page<M>, E> {
        let older = (limit / 2) as usize;
        // The message itself counts as one of the newer ones.
        let newer = limit as usize - older;
        let mut messages = read(Walk::Before(position), older as i64 + 1)?;
        let has_more = messages.len() > older;
        messages.truncate(older);
        messages.reverse();
        let mut from_message = read(Walk::From(position), newer as i64 + 1)?;
        let has_newer = Some(from_message.len() > newer);
        from_message.truncate(newer);
        messages.append(&mut from_message);
        let next = messages.first().filter(|_| has_more).map(id);
        if self.order == Order::NewestFirst {
            messages.reverse();
        }
        Ok(Page {
            messages,
            has_more,
            next,
            has_newer,
        })
    }
}
