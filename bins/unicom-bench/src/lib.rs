//! What measuring shares with other tools that ask a real server: HTTP over loopback, a database of its own, stopping early.

pub mod http;
pub mod interrupt;
pub mod stage;
