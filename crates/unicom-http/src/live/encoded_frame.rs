//! [`EncodedFrame`]: what a client is told, as text.

use std::sync::Arc;

use bytestring::ByteString;

/// A frame as text. Cheap to clone: the connections that are told the same share it.
#[derive(Debug, Clone)]
pub(super) struct EncodedFrame {
    /// The `type` of the frame.
    pub event: &'static str,
    /// The cursor after the frame, if it is about one chat.
    pub id: Option<Arc<str>>,
    /// The frame as JSON, without line breaks.
    pub json: ByteString,
}
