//! The compiled binary `unicom`, run as a person runs it, on both engines.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod audit;
mod backup;
mod bots;
mod bucket;
mod busy;
mod categories;
mod channels;
mod checks;
mod deliveries;
mod files;
mod groups;
mod home;
mod hook;
mod inbox;
mod limits;
mod logs;
mod members;
mod migrations;
mod newer;
mod own_sessions;
mod personal_data;
mod printing;
mod proxy_sample;
mod quickstart;
mod requests;
mod restore;
mod restored_access;
mod retention;
mod rich;
mod send;
mod serve;
mod server;
mod settings;
mod sharing;
mod stopping;
mod tokens;
mod transfer;
#[cfg(unix)]
mod two_owners;
mod users;
mod visitor;
mod weaknesses;
mod wrong_use;
