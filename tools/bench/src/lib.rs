//! Shared code of the tools that test a real server.
//!
//! Starts the server, speaks HTTP over loopback, creates and fills a temporary database, measures
//! what a process uses, and stops early on a signal.

pub mod fill;
pub mod http;
pub mod interrupt;
pub mod launch;
pub mod process;
pub mod scratch_db;
pub mod summary;
