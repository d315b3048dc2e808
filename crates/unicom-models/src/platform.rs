//! Names of platforms.

use crate::id::text_newtype;

text_newtype! {
    /// The name of a platform, for example `WebChat` or `Telegram`.
    ///
    /// The set is open: a crate that adds a platform chooses its name, and this crate does not
    /// change.
    PlatformKind
}
