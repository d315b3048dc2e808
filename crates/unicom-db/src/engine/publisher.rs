//! `Publisher`: reports the events of committed writes to listeners and other processes, and counts
//! the stored messages.

use std::sync::Arc;

use metrics::{Counter, counter};
use tokio::sync::broadcast;
use unicom_models::Direction;

use crate::engine::bus::Bus;
use crate::engine::notify::PeerNotifier;
use crate::{DbError, Event};

/// Events buffered for a slow listener. A listener that falls further behind receives a `Lagged`
/// error.
const EVENT_BACKLOG: usize = 4096;

/// Publishes the events of committed writes.
pub(crate) struct Publisher {
    listeners: broadcast::Sender<Event>,
    /// Notifies other processes on the same database. Set if there is a bus.
    peers: Option<PeerNotifier>,
    incoming: Counter,
    outgoing: Counter,
}

impl Publisher {
    /// Creates a publisher that reaches other processes by `bus`.
    pub fn new(bus: Option<Arc<dyn Bus>>) -> Result<Self, DbError> {
        let messages = |direction| {
            counter!(
                description: "Messages that this process stored",
                "unicom_messages_total",
                "direction" => direction
            )
        };
        Ok(Self {
            listeners: broadcast::Sender::new(EVENT_BACKLOG),
            peers: bus.map(PeerNotifier::new).transpose()?,
            incoming: messages("incoming"),
            outgoing: messages("outgoing"),
        })
    }

    /// Subscribes to the events that are published from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.listeners.subscribe()
    }

    /// Publishes [`Event::RemoteWork`] from now on when another process has written new work.
    pub fn listen_to_peers(&self) {
        if let Some(peers) = &self.peers {
            peers.listen(&self.listeners);
        }
    }

    /// Publishes `events`, in order.
    pub fn publish(&self, events: Vec<Event>) {
        if let Some(peers) = &self.peers {
            peers.announce(&events);
        }
        for event in events {
            if let Event::MessageSaved { direction, .. } = event {
                match direction {
                    Direction::Incoming => self.incoming.increment(1),
                    Direction::Outgoing => self.outgoing.increment(1),
                    _ => {}
                }
            }
            // An error means that there are no listeners.
            let _ = self.listeners.send(event);
        }
    }
}
