//! The name of a platform.

use crate::id::text_newtype;

text_newtype! {
    /// The name of a platform, for example `WebChat` or `Telegram`.
    ///
    /// An open set: a crate that adds a platform chooses a name, and nothing here changes.
    PlatformKind
}
