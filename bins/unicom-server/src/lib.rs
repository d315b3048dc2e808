#![doc = include_str!("../README.md")]
// They panic if nothing reads the output: `output` prints.
#![warn(clippy::print_stderr, clippy::print_stdout)]

mod app;
mod cli;
mod commands;
mod demo;
mod failure;
mod file_permissions;
mod health;
mod housekeeping;
mod logging;
mod metrics;
mod most_like;
mod no_route;
mod openapi;
mod output;
mod parts;
mod paths;
mod printable;
mod progress;
mod request_id;
mod request_log;
mod routes;
mod secret;
mod server;
mod settings;
mod signals;
mod sockets;
mod table;
mod tls;
mod weaknesses;
mod wiring;

/// The libraries whose types appear in this API, in the versions that it uses.
pub use {actix_web, clap};

pub use app::App;
pub use commands::Context;
pub use failure::Failure;
pub use logging::{LogFormat, LoggedAddresses, SecurityLog};
pub use metrics::Metrics;
pub use openapi::openapi;
pub use request_id::current_request_id;
pub use routes::Routes;
pub use server::Server;
pub use settings::{
    AccessLog, Options, RateLimit, RateOptions, RateSetting, Registration, Settings,
};
pub use signals::Signals;
pub use wiring::{open_database, platforms};
