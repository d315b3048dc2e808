#![doc = include_str!("../README.md")]

mod cli;
mod commands;
mod failure;
mod output;
mod server;
mod service;
mod settings;
mod signals;
mod wiring;

pub use cli::{Cli, run};
pub use failure::Failure;
pub use server::Server;
pub use settings::{Options, Settings};
pub use signals::Signals;
pub use wiring::{bots, open_database, platforms};
