//! The compiled binary `unicom`, run as a person runs it, on both engines.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod channels;
mod checks;
mod home;
mod migrations;
mod quickstart;
mod requests;
mod send;
mod serve;
mod server;
mod settings;
mod users;
mod visitor;
mod wrong_use;
