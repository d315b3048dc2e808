//! What a request is sent to: its host and its path, checked before anything else looks at them.

mod hosts;
mod path;

pub use hosts::{AllowedHosts, InvalidHost, allowed_hosts};
pub use path::plain_paths;
