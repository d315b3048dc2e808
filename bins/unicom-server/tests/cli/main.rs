//! The compiled binary `unicom`, run as a person runs it, on both engines.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod audit;
mod bots;
mod categories;
mod channels;
mod checks;
mod deliveries;
mod groups;
mod home;
mod inbox;
mod members;
mod migrations;
mod quickstart;
mod requests;
mod send;
mod serve;
mod server;
mod settings;
mod sharing;
mod tokens;
mod users;
mod visitor;
mod wrong_use;
