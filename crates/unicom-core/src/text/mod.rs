//! Text that people enter: contact addresses in canonical form, and invisible characters.

mod contact;
mod invisible;

pub use contact::{email_address, phone_number};
pub use invisible::{is_invisible, without_invisible};
