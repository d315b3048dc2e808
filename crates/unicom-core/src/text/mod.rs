//! Text that people enter: contact addresses in canonical form, invisible characters, and where a
//! text may be cut.

mod contact;
mod cut;
mod invisible;

pub use contact::{email_address, phone_number};
pub use cut::cut;
pub use invisible::{has_visible, is_invisible, without_invisible};
