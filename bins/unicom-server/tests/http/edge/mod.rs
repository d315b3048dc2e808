//! What is refused before a request reaches a route: hosts that are not this server's, and paths in disguise.

mod encoded_paths;
mod hosts;
mod readiness;
