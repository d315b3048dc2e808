//! Middleware that checks the target of a request, its host and path, before other code reads them.

mod hosts;
mod path;

pub use hosts::{AllowedHosts, InvalidHost, allowed_hosts};
pub use path::plain_paths;
