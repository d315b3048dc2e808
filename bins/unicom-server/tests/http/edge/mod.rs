//! Tests of what is refused before a request reaches a route: hosts of other servers, and paths in
//! disguise.

mod encoded_paths;
mod hosts;
mod readiness;
