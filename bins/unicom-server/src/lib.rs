#![doc = include_str!("../README.md")]

mod cli;
mod commands;
mod failure;
mod file_permissions;
mod health;
mod housekeeping;
mod logging;
mod metrics;
mod no_route;
mod openapi;
mod output;
mod paths;
mod printable;
mod request_id;
mod request_log;
mod secret;
mod server;
mod settings;
mod signals;
mod sockets;
mod tls;
mod weaknesses;
mod wiring;

pub use cli::{Cli, run};
pub use failure::Failure;
pub use logging::{LogFormat, LoggedAddresses, SecurityLog};
pub use metrics::Metrics;
pub use openapi::openapi;
pub use request_id::current_request_id;
pub use server::Server;
pub use settings::{
    AccessLog, Options, RateLimit, RateOptions, RateSetting, Registration, Settings,
};
pub use signals::Signals;
pub use wiring::{bots, open_database, platforms};
