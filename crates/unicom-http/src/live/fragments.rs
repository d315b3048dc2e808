//! [`Fragments`]: a message that arrives in several frames (RFC 6455, 5.4).

use actix_http::ws::{CloseCode, Item, ProtocolError};
use actix_web::web::{Bytes, BytesMut};

use super::closing::{Closing, violation};

/// Maximum size of a message of a client, in bytes.
pub(super) const LARGEST: usize = 64 << 10;

/// The part of a message that has arrived.
#[derive(Default)]
pub(super) struct Fragments {
    text: Option<BytesMut>,
}

impl Fragments {
    /// Returns `true` if a message has begun and not ended.
    pub fn are_open(&self) -> bool {
        self.text.is_some()
    }

    /// Adds a frame. Returns the message if it is whole.
    ///
    /// # Errors
    /// How to close the connection, if the message is too long, is not text or has not begun.
    pub fn add(&mut self, item: Item) -> Result<Option<Bytes>, Closing> {
        let (part, is_last) = match item {
            Item::FirstText(bytes) => {
                self.text = Some(BytesMut::new());
                (bytes, false)
            }
            Item::FirstBinary(_) => {
                let why = "messages are JSON in text frames";
                return Err(Closing::new(CloseCode::Unsupported, why));
            }
            Item::Continue(bytes) => (bytes, false),
            Item::Last(bytes) => (bytes, true),
        };
        let text = self.text.as_mut();
        let text = text.ok_or_else(|| violation(&ProtocolError::ContinuationNotStarted))?;
        if text.len() + part.len() > LARGEST {
            return Err(violation(&ProtocolError::Overflow));
        }
        text.extend_from_slice(&part);
        Ok(if is_last {
            self.text.take().map(BytesMut::freeze)
        } else {
            None
        })
    }
}
