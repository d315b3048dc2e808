//! The platform `Internal`: conversations of admins, bots and programs that stay in unicom's
//! database, and the notices that unicom itself writes.
//!
//! The crate `unicom-internal` has the platform. This module has what the pipeline and other
//! platforms need to know about it: its accounts, and [`notify`].

mod account;
mod notify;

use unicom_models::PlatformKind;

pub use account::{Writer, account_of};
pub(crate) use notify::has_notice;
pub use notify::{SYSTEM_NAME, Topic, notify};

/// Returns the name of the platform.
pub fn platform_kind() -> PlatformKind {
    "Internal".into()
}
