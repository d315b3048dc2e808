//! Tests of the compiled binary `unicom`, run as a user would run it, on both engines.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod audit;
mod backup;
#[path = "../fixtures/before_leases.rs"]
mod before_leases;
mod bots;
mod bucket;
mod busy;
mod categories;
mod channels;
mod checks;
mod databases;
mod deliveries;
mod descriptions;
mod files;
mod groups;
mod limits;
mod logs;
mod members;
mod migrations;
mod newer_schema;
mod old_database;
mod outgoing_calls;
mod own_sessions;
mod personal_data;
mod printing;
#[cfg(unix)]
mod progress;
mod proxy_sample;
#[cfg(unix)]
mod questions;
mod quickstart;
mod requests;
mod restore;
mod restored_access;
mod retention;
mod sample_data;
mod send;
mod serve;
mod server;
mod settings;
mod stopping;
mod suggestions;
#[cfg(unix)]
mod tables;
#[cfg(unix)]
mod terminal;
mod tokens;
mod transfer;
#[cfg(unix)]
mod two_owners;
mod two_processes;
mod unclaimed_messages;
mod users;
mod visitor;
mod weaknesses;
mod webhook;
mod widget;
mod widget_identity;
mod workspace;
mod wrong_use;
