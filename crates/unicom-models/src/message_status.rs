//! [`MessageStatus`]: what has become of a message.

use crate::text_enum::text_enum;

text_enum! {
    /// What has become of a message, in the order in which one follows the other.
    #[derive(PartialOrd, Ord)]
    pub enum MessageStatus ("message status") {
        /// It could not be delivered.
        Failed => "failed",
        /// It is stored, or on its way.
        Sent => "sent",
        /// A client of its reader has received it.
        Delivered => "delivered",
        /// Its reader has read it.
        Seen => "seen",
    }
}
