//! Visitors of other sites, who have tokens in the place of cookies: browsers do not send cookies
//! from pages of other sites.
//!
//! A token is signed and not stored. A guest's token names a random guest, whose account is created
//! by the first message. The token of a user names the user whom a site has identified with a JSON
//! Web Token. Each is valid for one channel, and for pages of the sites that the channel allows.

pub(crate) mod bearer;
pub(crate) mod files;
mod identify;
pub(crate) mod revoked;
mod routes;
mod site_config;
mod token;
mod web_channels;

pub(crate) use bearer::{ENTRANCES, visitor_tokens};
pub use revoked::delete_old_revocations;
pub(crate) use revoked::revoke_all_of;
pub use routes::SITE_ROUTES;
pub(crate) use token::VisitorToken;
pub(crate) use web_channels::WebChannels;
