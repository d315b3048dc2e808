//! Reads of single rows, and of all channels, for host applications.
//!
//! They check no access: what visitors may see is read with the functions of `unicom-webchat`.
//!
//! ```
//! use unicom_db::{Database, lookups};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let url = format!("sqlite://{}", folder.path().join("unicom.db").display());
//! let database = Database::connect(&url)?;
//! database.migrate(&[&unicom_db::MIGRATIONS])?;
//! let account = database.read(|db| lookups::account(db, &"sms_49170".into())).wait()?;
//! assert_eq!(account, None);
//! # Ok(())
//! # }
//! ```

pub use crate::queries::accounts::get as account;
pub use crate::queries::channels::{get as channel, list as channels};
pub use crate::queries::chats::get as chat;
pub use crate::queries::deliveries::get as delivery;
pub use crate::queries::members::{by_user as member_of_user, get as member};
pub use crate::queries::messages::get_unchecked as message;
pub use crate::queries::requests::{get as request, of_message as request_of_message};
